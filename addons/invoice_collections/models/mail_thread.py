from datetime import timedelta

from odoo import api, fields, models

from ..core import incoming_mail

#: Automatic answers to one case that are kept in so long; more are ignored, and not answered.
_MOST_MACHINES, _MACHINE_SPAN = 20, timedelta(hours=2)


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
        automatic = _is_automatic(message, message_dict)
        self = self.with_context(collection_automatic=automatic)  # noqa: PLW0642
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        """Answer no machine that answers our reminders, and hear the person behind it.

        Odoo refuses whatever comes from an address that wrote often, and writes back.
        """
        cases = [thread for model, thread, *_rest in routes or [] if model == "collection.case"]
        machines = cases and self.env["collection.event"].sudo().search_count(
            [
                ("kind", "=", "auto_reply"),
                ("case_id", "in", cases),
                ("at", ">", fields.Datetime.now() - _MACHINE_SPAN),
            ]
        )
        if cases and _is_automatic(message, message_dict):
            return machines >= _MOST_MACHINES
        return not machines and super()._detect_loop_sender(message, message_dict, routes)


def _is_automatic(message, message_dict):
    """Return whether a machine wrote a mail that came in."""
    return incoming_mail.is_automatic(dict(message.items()), message_dict.get("subject") or "")
