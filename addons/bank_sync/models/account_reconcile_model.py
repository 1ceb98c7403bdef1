import logging

from odoo import api, models
from odoo.exceptions import ValidationError

from ..core.matching.partner_rules import PartnerRule
from ..core.pattern_guard import HostilePatternError, checked
from .bank_entry_values import to_minor
from .match_order import REFUSALS

_logger = logging.getLogger(__name__)


class AccountReconcileModel(models.Model):
    """Odoo's presets: those that map a text to a partner tell the matching whose a line is."""

    _inherit = "account.reconcile.model"

    @api.constrains("match_label", "match_label_param")
    def _check_match_label_is_safe(self):
        """Refuse a pattern whose search could take for ever."""
        for rule in self.filtered(lambda rule: rule.match_label == "match_regex"):
            try:
                checked(rule.match_label_param or "")
            except HostilePatternError:
                sentence = self.env._(REFUSALS["pattern"])
                raise ValidationError(sentence % {"preset": rule.name}) from None

    @api.model
    def _partner_rules(self, company):
        """Return the company's rules as values of the matching core, in their order.

        A pattern from before it was checked, and that is not safe, is passed over.
        """
        rules_sudo = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("mapped_partner_id", "!=", False),
                ("match_label_param", "not in", [False, ""]),
            ]
        )
        found = []
        for rule in rules_sudo:
            value = rule._partner_rule(company.currency_id.name)
            try:
                value.check()
            except HostilePatternError as error:
                _logger.info("rule %s is not asked: %s", rule.id, error)
                continue
            found.append(value)
        return found

    def _partner_rule(self, currency):
        least, most = self.match_amount_min, self.match_amount_max
        return PartnerRule(
            partner=self.mapped_partner_id.commercial_partner_id.id,
            how=self.match_label,
            what=self.match_label_param,
            journals=frozenset(self.match_journal_ids.ids),
            least=to_minor(least, currency) if self.match_amount in {"greater", "between"} else 0,
            most=to_minor(most, currency) if self.match_amount in {"lower", "between"} else None,
        )
