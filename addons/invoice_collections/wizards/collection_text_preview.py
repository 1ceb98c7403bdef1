from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..core import text_length
from ..models.mail_template import SUBJECT


class CollectionTextPreview(models.TransientModel):
    """What a text says to a real customer today, as e-mail, text message and letter."""

    _name = "collection.text.preview"
    _description = "Preview of a Text"

    template_id = fields.Many2one(
        "mail.template",
        "Text",
        required=True,
        domain=[("model", "=", SUBJECT)],
        ondelete="cascade",
    )
    case_id = fields.Many2one(
        "collection.case",
        "Customer",
        domain="[('open_amount', '>', 0), ('company_id', 'in', allowed_company_ids)]",
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        "Language",
        help="Empty: the one in which the customer is written to.",
    )
    would = fields.Char("Today", compute="_compute_words")
    subject = fields.Char(compute="_compute_words")
    mail_html = fields.Html("E-mail", compute="_compute_words", sanitize=False)
    letter_html = fields.Html("Letter", compute="_compute_words", sanitize=False)
    short_text = fields.Text("Text message", compute="_compute_words")
    short_length = fields.Char("Length", compute="_compute_words")

    @api.model
    def _open(self, template):
        """Open the preview of a text with the customer who owes most.

        :raise AccessError: for everybody but a manager
        """
        self._check_manager()
        template.ensure_one()
        case = self.env["collection.case"].search(
            [("company_id", "=", self.env.company.id), ("open_amount", ">", 0)],
            order="overdue_amount desc, open_amount desc, id",
            limit=1,
        )
        preview = self.create({"template_id": template.id, "case_id": case.id})
        return {
            "type": "ir.actions.act_window",
            "name": template.name,
            "res_model": self._name,
            "res_id": preview.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _check_manager(self):
        if not self.env.user.has_group("invoice_collections.group_manager"):
            raise AccessError(self.env._("Only a collections manager can preview texts."))

    @api.depends("template_id", "case_id", "lang")
    def _compute_words(self):
        self._check_manager()
        for preview in self:
            found = preview._found()
            preview.would = preview._would(found)
            preview.subject = found and found.subject
            preview.mail_html = found and found.frame
            preview.letter_html = found and found.letter
            preview.short_text = found and found.words
            preview.short_length = found and preview._length(found.words)

    def _found(self):
        """Return what the text says to the customer, or ``None``; what is read was checked."""
        self.ensure_one()
        if not self.case_id or not self.template_id:
            return None
        case = self.case_id._origin or self.case_id
        case.check_access("read")
        touchpoints = self.env["collection.touchpoint"].sudo().with_company(case.company_id)
        return touchpoints._preview_text(
            case.sudo(), self.template_id._origin.sudo(), self.lang or None
        )

    def _would(self, found):
        """Return in a sentence what would become of the message today."""
        if not found:
            return self.env._("Choose a customer who owes something.")
        touchpoint, code = found.touchpoint, found.verdict.code
        if code:
            labels = dict(touchpoint._fields["block_reason"]._description_selection(self.env))
            return self.env._("Would be held back: %(reason)s.", reason=labels.get(code, code))
        channels = dict(touchpoint._fields["channel"]._description_selection(self.env))
        return self.env._(
            "Would go to %(address)s by %(channel)s.",
            address=touchpoint.address,
            channel=channels[touchpoint.channel],
        )

    def _length(self, words):
        """Return how long a text message is, and what it is counted as."""
        return self.env._(
            "%(characters)s characters, paid for as %(parts)s text messages",
            characters=len(words),
            parts=text_length.parts(words),
        )
