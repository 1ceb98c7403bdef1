from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core import seal

#: Rows are added, never changed or removed; the one exception is the seal, which is written once
#: and only together with nothing else.
_TRIGGER = """
CREATE OR REPLACE FUNCTION collection_event_append_only() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.hash IS NULL AND NEW.hash IS NOT NULL
       AND to_jsonb(NEW) - ARRAY['sequence', 'prev_hash', 'hash']
         = to_jsonb(OLD) - ARRAY['sequence', 'prev_hash', 'hash'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'collection_event is append-only: % refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS collection_event_append_only_rows ON collection_event;
CREATE TRIGGER collection_event_append_only_rows BEFORE UPDATE OR DELETE ON collection_event
    FOR EACH ROW EXECUTE FUNCTION collection_event_append_only();
DROP TRIGGER IF EXISTS collection_event_append_only_table ON collection_event;
CREATE TRIGGER collection_event_append_only_table BEFORE TRUNCATE ON collection_event
    FOR EACH STATEMENT EXECUTE FUNCTION collection_event_append_only();
"""

#: First key of the advisory lock under which a company's events are sealed; the second is the
#: company's id.
_SEAL_LOCK = 190_119


class CollectionEvent(models.Model):
    """What happened, once and for all: who did what, when, to what.

    The database itself refuses UPDATE, DELETE and TRUNCATE. Events are chained company by
    company: each seal covers the event and the seal before it, so that a row that was changed,
    removed or slipped in behind Odoo's back shows (:meth:`_verify`).
    """

    _name = "collection.event"
    _description = "Collection Event"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False

    at = fields.Datetime(
        "Moment", required=True, readonly=True, default=fields.Datetime.now, help="In UTC."
    )
    kind = fields.Char(required=True, readonly=True, index=True, help="Code of what happened.")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict", index=True
    )
    case_id = fields.Many2one(
        "collection.case", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    res_model = fields.Char("Document type", readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="res_model", readonly=True)
    payload = fields.Json("Details", readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    sequence = fields.Integer(readonly=True, help="Position in the chain of the company.")
    prev_hash = fields.Char("Previous seal", readonly=True)
    hash = fields.Char("Seal", readonly=True)

    _sequence_uniq = models.UniqueIndex("(company_id, sequence) WHERE hash IS NOT NULL")
    _unsealed_idx = models.Index("(company_id, id) WHERE hash IS NULL")

    def init(self):
        """Put the refusal into the database. Safe to repeat."""
        self.env.cr.execute(_TRIGGER)

    # === CRUD METHODS === #

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: see the class."""
        raise UserError(self.env._("Collection events cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Collection events cannot be deleted."))

    # === ACTION METHODS === #

    def action_open_document(self):
        """Open what the event is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _log(self, kind, record=None, company=None, payload=None):
        """Record that ``kind`` happened, to ``record`` where there is one.

        :param kind: stable code in snake_case, such as ``touchpoint_sent``
        :param record: one record, or none for what concerns the whole company
        :param company: the company; that of ``record`` when not given
        :param payload: JSON-able details; amounts as whole minor units or text, never floats
        :return: the event
        """
        return self._log_many([(kind, record, payload)], company=company)

    @api.model
    def _log_many(self, rows, company=None):
        """Record many events at once: ``rows`` are ``(kind, record or None, payload or None)``."""
        return self.sudo().create(
            [
                {
                    "kind": kind,
                    "company_id": (company or record.company_id or self.env.company).id,
                    "case_id": self._case_of(record).id if record else False,
                    "res_model": record._name if record else False,
                    "res_id": record.id if record else False,
                    "payload": payload or {},
                    "user_id": self.env.uid,
                }
                for kind, record, payload in rows
            ]
        )

    @api.model
    def _case_of(self, record):
        """Return the case a record belongs to: itself, its ``case_id``, or none."""
        if record._name == "collection.case":
            return record
        return record.case_id if "case_id" in record._fields else self.env["collection.case"]

    @api.model
    def _seal(self, company):
        """Chain the company's events that are not sealed yet, in the order they were written.

        Another process that is sealing is not waited for: it takes ours along, or the next night
        does.

        :return: how many were sealed
        """
        [(locked,)] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", _SEAL_LOCK, company.id)
        )
        if not locked:
            return 0
        self.env.flush_all()
        sealed = [("company_id", "=", company.id), ("hash", "!=", False)]
        last = self.sudo().search(sealed, order="sequence desc", limit=1)
        sequence, previous = last.sequence, last.hash or seal.GENESIS
        rows = []
        for event in self.sudo().search(
            [("company_id", "=", company.id), ("hash", "=", False)], order="id"
        ):
            sequence += 1
            value = seal.seal(previous, event._sealed_body())
            rows.append((event.id, sequence, previous, value))
            previous = value
        self._write_seals(rows)
        return len(rows)

    @api.model
    def _write_seals(self, rows):
        if not rows:
            return
        self.env.execute_query(
            SQL(
                """
                UPDATE collection_event event
                   SET sequence = row.sequence, prev_hash = row.prev_hash, hash = row.hash
                  FROM unnest(%s, %s, %s, %s) AS row(id, sequence, prev_hash, hash)
                 WHERE event.id = row.id
             RETURNING event.id
                """,
                *(list(column) for column in zip(*rows, strict=True)),
            )
        )
        self.browse([row[0] for row in rows]).invalidate_recordset(
            ["sequence", "prev_hash", "hash"]
        )

    def _sealed_body(self):
        """Return what a seal covers: everything the event says."""
        self.ensure_one()
        return {
            "id": self.id,
            "at": fields.Datetime.to_string(self.at),
            "kind": self.kind,
            "company": self.company_id.id,
            "case": self.case_id.id or None,
            "document": [self.res_model or None, self.res_id or None],
            "user": self.user_id.id,
            "payload": self.payload or {},
        }

    @api.model
    def _verify(self, company):
        """Walk the company's chain from its beginning.

        :return: ``(sealed, broken)``: how many rows are sealed, and the sequence number of the
            first one that does not fit, or ``None``
        """
        domain = [("company_id", "=", company.id), ("hash", "!=", False)]
        events = self.sudo().search(domain, order="sequence")
        rows = (
            (event.sequence, event.prev_hash, event.hash, event._sealed_body()) for event in events
        )
        return len(events), seal.first_broken(rows)
