import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {"printed": {"posted", "discarded"}, "posted": set(), "discarded": set()}

_REPORT = "invoice_collections.letter_report"


class CollectionLetterBatch(models.Model):
    """Letters that were printed together: what was printed, and whether it went to the post."""

    _name = "collection.letter.batch"
    _description = "Letters Printed Together"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    state = fields.Selection(
        [("printed", "Printed"), ("posted", "Posted"), ("discarded", "Discarded")],
        default="printed",
        required=True,
        readonly=True,
        copy=False,
    )
    printed_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, help="In UTC."
    )
    touchpoint_ids = fields.One2many(
        "collection.touchpoint", "letter_batch_id", "Letters", readonly=True
    )
    letter_count = fields.Integer("Number of letters", compute="_compute_letter_count")
    document = fields.Binary(readonly=True, attachment=True, copy=False)
    document_name = fields.Char(readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("printed_at")
    def _compute_name(self):
        for batch in self:
            batch.name = self.env._(
                "Letters %(number)s of %(day)s",
                number=batch.id,
                day=fields.Datetime.context_timestamp(batch, batch.printed_at).date(),
            )

    @api.depends("touchpoint_ids")
    def _compute_letter_count(self):
        for batch in self:
            batch.letter_count = len(batch.touchpoint_ids)

    # === ACTION METHODS === #

    def action_posted(self):
        """Record that the letters went to the post.

        Each is looked at once more: what was paid meanwhile is named, to be taken out.

        :raise UserError: naming the letters to take out
        """
        self._check_collector()
        for batch_sudo in self.sudo():
            waiting = batch_sudo.touchpoint_ids.filtered(lambda one: one.state == "queued")
            gone = batch_sudo.touchpoint_ids - waiting
            overtaken = gone.filtered(lambda one: one.state in ("blocked", "superseded"))
            waiting._recheck()
            left = waiting.filtered(lambda one: one.state == "queued")
            left._record_sent()
            batch_sudo._transition("posted")
            overtaken |= waiting - left
            if overtaken:
                batch_sudo.touchpoint_ids -= overtaken
                return self._tell_to_take_out(overtaken)
        return True

    def action_discard(self):
        """Throw the print away: the letters wait for the next one."""
        self._check_collector()
        batches_sudo = self.sudo()
        batches_sudo._transition("discarded")
        batches_sudo.touchpoint_ids.write({"letter_batch_id": False})

    # === BUSINESS METHODS === #

    def _check_collector(self):
        """Refuse who may not write to customers."""
        self.check_access("read")
        self.touchpoint_ids.case_id.check_access("write")

    def _transition(self, target):
        """Move all batches to ``target``, or none: the only writer of ``state``."""
        refused = self.filtered(lambda batch: target not in TRANSITIONS[batch.state])
        if refused:
            raise UserError(
                self.env._("%(batch)s: this is done already.", batch=refused[0].display_name)
            )
        self.write({"state": target})
        self.env["collection.event"]._log_many(
            [(f"letters_{target}", batch, {"letters": len(batch.touchpoint_ids)}) for batch in self]
        )

    @api.model
    def _print(self, letters):
        """Return the batch of these letters (sudo), those that still hold; rendered once.

        :raise UserError: when nothing is left to print
        """
        letters._recheck()
        letters = letters.filtered(lambda one: one.state == "queued" and not one.letter_batch_id)
        if not letters:
            raise UserError(
                self.env._("Nothing to print: these letters were paid, held back or printed.")
            )
        content, suffix = self._render(letters)
        batch = self.sudo().create({"company_id": letters.company_id.id})
        batch.write(
            {
                "document": base64.b64encode(content),
                "document_name": f"letters-{batch.id}.{suffix}",
            }
        )
        letters.write({"letter_batch_id": batch.id})
        self.env["collection.event"]._log(
            "letters_printed", batch, payload={"letters": letters.ids}
        )
        return batch

    @api.model
    def _render(self, letters):
        """Return ``(bytes, suffix)``: a PDF, or a web page where there is no PDF engine."""
        report = self.env["ir.actions.report"].sudo()
        if report.get_wkhtmltopdf_state() == "ok":
            return report._render_qweb_pdf(_REPORT, letters.ids)[0], "pdf"
        return report._render_qweb_html(_REPORT, letters.ids)[0], "html"

    def _open(self):
        """Return the action that opens this batch."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _tell_to_take_out(self, overtaken):
        """Return the notice that names letters which must not be posted."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "Take these letters out, they no longer hold: %(customers)s.",
                    customers=", ".join(overtaken.partner_id.mapped("name")),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
