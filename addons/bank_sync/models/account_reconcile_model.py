import logging

from odoo import api, models
from odoo.exceptions import ValidationError

from ..core.matching.partner_rules import PartnerRule
from ..core.matching.values import Receipt
from ..core.pattern_guard import HostilePatternError, checked
from .bank_entry_values import to_minor
from .match_order import REFUSALS

_logger = logging.getLogger(__name__)


class AccountReconcileModel(models.Model):
    """Odoo's presets: whose a line is by its text, and what a rest is written off with."""

    _inherit = "account.reconcile.model"

    @api.constrains("match_label", "match_label_param")
    def _check_match_label_is_safe(self):
        """Refuse a pattern whose search could take for ever."""
        for rule in self.filtered(lambda rule: rule.match_label == "match_regex"):
            try:
                checked(rule.match_label_param or "")
            except HostilePatternError:
                # Two steps: the export of strings reads the key as one when it stands in the call.
                refusal = REFUSALS["pattern"]
                sentence = self.env._(refusal)
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
                # A rule about lines of certain partners says nothing of a line without one.
                ("match_partner_ids", "=", False),
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

    def _meant_for(self, line):
        """Return the presets that are made for lines like this one.

        A preset that says nothing of the lines it is for is made for none in particular.
        """
        receipt = Receipt(
            line.id,
            line.currency_id.name,
            to_minor(line.amount, line.currency_id.name),
            texts=(line.payment_ref or "",),
            journal=line.journal_id.id,
        )
        return self.filtered(lambda preset: preset._is_meant_for(line, receipt))

    def _is_meant_for(self, line, receipt):
        asks = self.match_label or self.match_amount
        if not (asks or self.match_journal_ids or self.match_partner_ids):
            return False
        if self.match_partner_ids and line.partner_id not in self.match_partner_ids:
            return False
        try:
            return self._partner_rule(receipt.currency).fits(receipt)
        except HostilePatternError:
            return False

    def _partner_rule(self, currency):
        least, most = self.match_amount_min, self.match_amount_max
        return PartnerRule(
            partner=self.mapped_partner_id.commercial_partner_id.id,
            how=self.match_label or "contains",
            what=self.match_label_param or "",
            journals=frozenset(self.match_journal_ids.ids),
            least=to_minor(least, currency) if self.match_amount in {"greater", "between"} else 0,
            most=to_minor(most, currency) if self.match_amount in {"lower", "between"} else None,
        )
