from functools import partial

from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _send(self, auto_commit=False, **how):
        """Send reminders one by one, each claimed before it is handed to the server.

        Only in the queue, which commits after each mail: a transaction of somebody else stays
        whole.
        """
        touchpoints = self._collection_touchpoints() if auto_commit else None
        if not touchpoints:
            return super()._send(auto_commit=auto_commit, **how)
        others = self - touchpoints.mail_id
        if others:
            super(MailMail, others)._send(auto_commit=True, **how)
        for mail, of_mail in touchpoints.grouped("mail_id").items():
            of_mail._hand_over(partial(super(MailMail, mail)._send, auto_commit=True, **how))
        return True
