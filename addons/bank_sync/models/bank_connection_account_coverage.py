from odoo import fields, models

from ..connectors.base import BankError
from .problems import problem_code, problem_sentence

#: Codes with which a bank says of its own accord that an account is no longer in use.
CLOSED_CODES = frozenset({"ACCOUNT_CLOSED", "RESOURCE_BLOCKED"})
#: Problem of a run that ended an account, and nothing but that account.
ACCOUNT_ENDED = "account_ended"


class BankConnectionAccount(models.Model):
    """Whether the bank still lets us read an account; the others go on without it."""

    _inherit = "bank.connection.account"

    coverage = fields.Selection(
        [
            ("covered", "Read"),
            ("not_covered", "Not in the consent"),
            ("closed", "Closed at the bank"),
        ],
        string="Access",
        default="covered",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )

    def _cover(self, target):
        """Move the accounts to ``target`` and record it; being there already changes nothing."""
        moved = self.filtered(lambda account: account.coverage != target)
        before = {account.id: {"from": account.coverage, "to": target} for account in moved}
        moved.sudo().write({"coverage": target})
        self.env["bank.event"]._record("account_coverage", moved, before)

    def _note_unreadable(self, error):
        """Find out why the bank refuses this one account; return problem code and sentence.

        An account it no longer lists has ended, and only that one. One it lists under another
        name is read under that name from now on.
        """
        self.ensure_one()
        listed = None
        if error.code not in CLOSED_CODES:
            try:
                listed = self._find_listed()
            except BankError as again:
                return problem_code(again), problem_sentence(self.env, again)
        if not listed:
            self._cover("closed")
            return ACCOUNT_ENDED, self.env._(
                "%(account)s can no longer be read: the bank has closed or blocked it. What was "
                "read stays; the other accounts go on.",
                account=self.name,
            )
        if listed.resource_id != self.resource_id:
            self.sudo().resource_id = listed.resource_id
            return "unreachable", self.env._(
                "The bank has renamed %(account)s. It is read again by itself.", account=self.name
            )
        return problem_code(error), problem_sentence(self.env, error)

    def _find_listed(self):
        """Return how the bank lists this account now, or ``None``.

        :raise BankError: when the bank does not answer
        """
        connection = self.connection_id
        listed = connection._adapter().accounts(connection.consent_id.external_id)
        return next((remote for remote in listed if remote.usable and self._is_of(remote)), None)

    def _is_of(self, remote):
        """Return whether ``remote`` is this account: by number and currency, never by id alone."""
        number = remote.iban or remote.resource_id
        return (self.iban or self.resource_id, self.currency_id.name) == (number, remote.currency)
