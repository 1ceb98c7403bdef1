from odoo import fields, models
from odoo.tools import SQL

#: First key of the advisory lock held while a message is on its way to a server; the second is
#: the touchpoint's id. It belongs to the connection: it ends when its process is killed.
_LOCK = 190_120


class CollectionTouchpoint(models.Model):
    """A message on its way to a server: claimed before, and never sent again blindly.

    No server takes a mail or a text, and our commit, in one go. What was claimed by a process that
    was killed before it knew the outcome has perhaps left: a person is asked, nobody gets it twice.
    """

    _inherit = "collection.touchpoint"

    claimed_at = fields.Datetime(
        readonly=True, copy=False, help="When it was about to be handed to a server. In UTC."
    )

    # === BUSINESS METHODS === #

    def _hand_over(self, send):
        """Claim these messages, have ``send`` hand them to a server, keep what came of it.

        Commits before and after. What another process has in hand is left to it. After an error
        they stay claimed: nobody knows what the server has taken.
        """
        if not self._claim():
            return
        try:
            send()
        except Exception:
            self.env.cr.rollback()
            self._let_go()
            raise
        self._unclaim()

    def _claim(self):
        """Claim these messages, for good: whatever happens now, they are not sent again blindly.

        :return: whether all could be claimed; another process may have one in hand
        """
        if not all(one._lock_claim() for one in self):
            self._let_go()
            return False
        self.write({"claimed_at": fields.Datetime.now()})
        # Before the server is spoken to.
        self.env["ir.cron"]._commit_progress(0)
        return True

    def _unclaim(self):
        """Let go of messages whose outcome is known; what did not leave may be tried again."""
        self.filtered(lambda one: one.state in ("queued", "failed")).write({"claimed_at": False})
        # The outcome is kept before anybody else may look.
        self.env["ir.cron"]._commit_progress(0)
        self._let_go()

    def _settle_claims(self):
        """Ask a person about what a killed process has perhaps sent.

        :return: the touchpoints another process has in hand at this moment
        """
        in_hand = self.browse()
        for one in self.filtered(lambda one: one.claimed_at and one.state in ("queued", "failed")):
            if not one._lock_claim():
                in_hand |= one
                continue
            one._let_go()
            one._withdraw_mails()
            one._transition("unknown")
            one._ask(self.env._("Perhaps a reminder left, perhaps not: please look"))
        return in_hand

    def _lock_claim(self):
        """Take the lock of one touchpoint; return whether it was free."""
        query = SQL("SELECT pg_try_advisory_lock(%s, %s)", _LOCK, self.id)
        return self.env.execute_query(query)[0][0]

    def _let_go(self):
        """Give the locks back that this process holds on these touchpoints."""
        for one in self:
            self.env.execute_query(SQL("SELECT pg_advisory_unlock(%s, %s)", _LOCK, one.id))
