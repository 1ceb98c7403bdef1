from odoo import api, fields, models
from odoo.exceptions import UserError

from .match_reasons import reason_text

_TRIGGER = """
CREATE OR REPLACE FUNCTION bank_event_append_only() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'bank_event is append-only: % refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS bank_event_append_only_rows ON bank_event;
CREATE TRIGGER bank_event_append_only_rows BEFORE UPDATE OR DELETE ON bank_event
    FOR EACH ROW EXECUTE FUNCTION bank_event_append_only();
DROP TRIGGER IF EXISTS bank_event_append_only_table ON bank_event;
CREATE TRIGGER bank_event_append_only_table BEFORE TRUNCATE ON bank_event
    FOR EACH STATEMENT EXECUTE FUNCTION bank_event_append_only();
"""


class BankEvent(models.Model):
    """What happened, once and for all: rows are added, never changed or removed.

    The database itself refuses UPDATE, DELETE and TRUNCATE, so not even the server can rewrite
    the past by accident.
    """

    _name = "bank.event"
    _description = "Bank Event"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False

    happened_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, help="Moment in UTC."
    )
    kind = fields.Selection(
        [
            ("connection_state", "Connection changed"),
            ("breaker_state", "Breaker changed"),
            ("consent_asked", "Consent asked for"),
            ("consent_status", "Consent changed"),
            ("consent_state_refused", "Way back from the bank refused"),
            ("sign_in_refused", "Sign-in refused"),
            ("id_token_refused", "Identity of a sign-in refused"),
            ("host_key_confirmed", "Server's key confirmed"),
            ("host_key_refused", "Server's key refused"),
            ("account_linked", "Account linked"),
            ("account_coverage", "Account covered or not"),
            ("document_received", "Document looked at again"),
            ("document_booking", "Document being booked"),
            ("document_forced", "Document imported against its balances"),
            ("document_parsed", "Document read"),
            ("document_refused", "Document refused"),
            ("document_quarantined", "Document quarantined"),
            ("document_withdrawn", "Import undone"),
            ("run_done", "Run done"),
            ("run_failed", "Run failed"),
            ("run_partial", "Run broken off"),
            ("run_quarantined", "Run quarantined"),
            ("entry_ids_untrusted", "Bank used one id twice"),
            ("entry_changed", "Bank changed an entry"),
            ("entry_removed", "Bank removed an entry"),
            ("entry_state", "Entry changed state"),
            ("entry_doubt", "Doubt about an entry decided"),
            ("signs_reversed", "Source tells its signs the other way round"),
            ("line_booked", "Line booked"),
            ("match_undone", "Match undone"),
            ("suggestion_approved", "Suggestion accepted by the first of two"),
            ("suggestion_rejected", "Suggestion rejected"),
            ("situation_state", "Situation released or taken back"),
            ("situation_forgiven", "Wrong matches of a situation forgiven"),
            ("payer_forgotten", "Payer forgotten"),
            ("decision_forgotten", "Lesson of a decision forgotten"),
            ("weights_state", "Weights of reasons changed"),
            ("outbox_state", "Order changed"),
            ("outbox_status", "Bank said something about an order"),
            ("notice_done", "Notice looked at"),
            ("notice_failed", "Notice not looked at"),
        ],
        string="What Happened",
        required=True,
        readonly=True,
        index=True,
    )
    res_model = fields.Char(string="Document Type", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True, index=True
    )
    payload = fields.Json(string="Details", readonly=True)
    actor_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict", default=lambda s: s.env.uid
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict", index=True
    )

    payload_text = fields.Char(compute="_compute_payload_text", string="In Short")

    @api.depends_context("lang")
    def _compute_payload_text(self):
        """Say the plain values of the payload; reasons in words, ids not at all."""
        for event in self:
            payload = event.payload if isinstance(event.payload, dict) else {}
            parts = [reason_text(self.env, payload["reasons"])] if payload.get("reasons") else []
            parts += [
                f"{key}: {value}"
                for key, value in payload.items()
                if isinstance(value, str | float) and value and key != "version"
            ]
            event.payload_text = ", ".join(parts)

    def init(self):
        """Put the refusal into the database. Safe to repeat."""
        self.env.cr.execute(_TRIGGER)

    @api.model
    def _record(self, kind, records, payload=None, company=None):
        """Record that ``kind`` happened to each of ``records``.

        :param payload: one dict for all, or a dict of record id → dict
        :param company: for records without a company of their own
        """
        by_record = (
            payload if isinstance(payload, dict) and set(payload) == set(records.ids) else None
        )
        return self.sudo().create(
            [
                {
                    "kind": kind,
                    "res_model": records._name,
                    "res_id": record.id,
                    "payload": by_record[record.id] if by_record else payload,
                    "company_id": (company or record.company_id).id,
                }
                for record in records
            ]
        )

    def write(self, vals):
        """Refuse in words; the database would refuse anyway."""
        self._refuse()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    def _refuse(self):
        raise UserError(self.env._("Bank events cannot be changed or deleted."))

    def action_open_document(self):
        """Open what the event is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
