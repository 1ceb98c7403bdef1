from odoo import api, models

from ..core import incoming_mail


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Let cases know how dead the address is; a server that is still trying is no bounce."""
        failure = incoming_mail.read_failure(email_message)
        model = message_dict["bounced_message"].model if message_dict["bounced_message"] else ""
        if failure.delayed and model == "collection.case":
            return None
        self = self.with_context(collection_failure=failure)  # noqa: PLW0642
        return super()._routing_handle_bounce(email_message, message_dict)

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Let cases know whether a person answered or a machine."""
        automatic = incoming_mail.is_automatic(
            dict(message.items()), message_dict.get("subject") or ""
        )
        self = self.with_context(collection_automatic=automatic)  # noqa: PLW0642
        return super()._message_route_process(message, message_dict, routes)
