import hashlib
import json

from odoo import fields, models
from odoo.exceptions import UserError

from ..core import sealed_archive, tables
from .collection_handover import KNOWN_STATES

_TYPES = {"application/pdf": "pdf", "text/html": "html"}


class CollectionHandover(models.Model):
    _inherit = "collection.handover"

    # === BUSINESS METHODS - THE ARCHIVE === #

    def _keep_package(self):
        """Make the archive of an approved hand-over and keep it with its hash (sudo)."""
        self.ensure_one()
        content = self._package()
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"H{self.id}.zip",
                "raw": content,
                "mimetype": "application/zip",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        digest = hashlib.sha256(content).hexdigest()
        self.write({"package_id": attachment.id, "package_hash": digest})
        self.env["collection.event"]._log("handover_packed", self, payload={"sha256": digest})

    def _package(self):
        """Return the signed archive: claims, charges, what was said, and the invoices."""
        self.ensure_one()
        claims = self._package_claims()
        charges = [charge for claim in claims for charge in claim["charges"]]
        log = self._package_log()
        files = {
            "claims.json": _json({**self._package_parties(), "claims": claims}),
            "claims.csv": _csv(
                claims,
                (
                    "document",
                    "issued_on",
                    "due_on",
                    "currency",
                    "invoiced",
                    "open",
                    "final_notice_on",
                ),
            ),
            "charges.csv": _csv(charges, ("document", "kind", "currency", "amount", "explanation")),
            "log.json": _json(log),
            "log.csv": _csv(log, ("at", "what", "document", "details")),
            "summary.pdf": self._package_summary(claims, charges),
            **self._package_documents(),
        }
        about = {
            "reference": f"H{self.id}",
            "creditor": self.company_id.name,
            "made_on": str(self.company_id._collection_today()),
        }
        return sealed_archive.build(files, about, self.company_id._collection_seal_seed())

    def _package_parties(self):
        """Return who claims from whom."""
        creditor, debtor = self.company_id.partner_id, self.partner_id
        return {
            "reference": f"H{self.id}",
            "creditor": _party(creditor),
            "debtor": {
                **_party(debtor),
                "reference": debtor.ref or "",
                "is_business": debtor.is_company,
                "language": debtor.lang or "",
            },
            "note": self.note or "",
        }

    def _package_claims(self):
        """Return the items with what each costs the debtor by law."""
        today = self.company_id._collection_today()
        items = self.line_ids.move_line_id
        charges = items._collection_charges(today) if hasattr(items, "_collection_charges") else {}
        places = self.currency_id.decimal_places
        return [
            {
                "document": line.label,
                "issued_on": str(line.move_id.invoice_date or line.move_id.date),
                "due_on": str(line.due_date),
                "currency": self.currency_id.name,
                "invoiced": f"{line.move_line_id.amount_currency:.{places}f}",
                "open": f"{line.amount:.{places}f}",
                "final_notice_on": str(line.noticed_on or ""),
                "charges": [
                    {
                        "document": line.label,
                        "kind": kind,
                        "currency": self.currency_id.name,
                        "amount": f"{minor / 10**places:.{places}f}",
                        "explanation": str(explanation),
                    }
                    for kind, minor, _rule, explanation in charges.get(line.move_line_id.id, ())
                    if minor
                ],
            }
            for line in self.line_ids
        ]

    def _package_log(self):
        """Return what was said and done about these items, the oldest first."""
        labels = dict(self.env["collection.touchpoint"]._fields["state"].selection)
        documents = set(self.line_ids.mapped("label"))
        rows = []
        for touchpoint in self.case_id.touchpoint_ids.sorted("id"):
            told = documents & set(touchpoint.item_ids.mapped("label"))
            if told and touchpoint.sent_at:
                rows.append(
                    {
                        "at": fields.Datetime.to_string(touchpoint.sent_at),
                        "what": f"{touchpoint.channel}: {touchpoint.subject or ''}",
                        "document": ", ".join(sorted(told)),
                        "details": labels[touchpoint.state],
                    }
                )
        rows += [
            {
                "at": fields.Datetime.to_string(event.at),
                "what": event.kind,
                "document": "",
                "details": json.dumps(event.payload, ensure_ascii=False, sort_keys=True),
            }
            for event in self.case_id.event_ids
            if event.kind.startswith(("promise_", "dispute_"))
        ]
        return sorted(rows, key=lambda row: row["at"])

    def _package_documents(self):
        """Return ``{name in the archive: bytes}`` of the invoices."""
        files = {}
        for move in self.line_ids.move_id:
            if not move.is_invoice(include_receipts=True):
                continue
            content, media_type = move._collection_document()
            name = f"{sealed_archive.file_name(move.name)}-{move.id}.{_TYPES[media_type]}"
            files[f"invoices/{name}"] = content if isinstance(content, bytes) else content.encode()
        return files

    # === BUSINESS METHODS - TELLING THE AGENCY === #

    def _send_package(self):
        """Hand the archive to the agency (sudo).

        :raise UserError: when everything is stopped
        """
        self.ensure_one()
        policy = self.company_id._collection_policy()
        if policy.kill_switch or policy.dry_run:
            raise UserError(self.env._("Nothing is sent: the policy stops everything."))
        self._transition("sent", {"sent_at": fields.Datetime.now()})
        self.activity_ids.action_feedback()
        self._tell_agency(
            self.env._("We hand over the claims in the archive attached."), self.package_id
        )

    def _tell_agency(self, text, attachment=None):
        """Send news to the agency, or leave whoever is responsible a task to do so."""
        self.ensure_one()
        if self.agency_id.delivery == "email":
            self.message_post(
                body=text,
                subject=self.env._("Claim H%(number)s", number=self.id),
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.agency_id.partner_id.ids,
                attachment_ids=attachment.ids if attachment else [],
            )
            return
        self.message_post(body=text)
        policy = self.company_id._collection_policy()
        user = self.case_id.user_id or policy.user_id or self.approved_by_id
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Tell the agency"),
            note=text,
            date_deadline=self.company_id._collection_today(),
            user_id=(user or self.env.ref("base.user_admin")).id,
        )

    def _tell_of_stop(self):
        """Tell the agencies that have a claim on a customer under a legal stop (sudo)."""
        for handover in self.filtered(lambda one: one.state in KNOWN_STATES):
            handover._tell_agency(
                self.env._("The customer is insolvent or under a legal stop: please stop, ask us.")
            )

    def _report_payments(self, today):
        """Tell the agency what is open now; a claim that is settled ends (sudo)."""
        self.ensure_one()
        currency = self.currency_id
        if currency.is_zero(self.open_amount):
            text = self.env._("Everything was paid. Please stop collecting the claim.")
            self._transition("collected", {"closed_on": today})
        else:
            text = self.env._(
                "The claim has changed: %(amount)s is open now.",
                amount=currency.format(self.open_amount),
            )
            self.env["collection.event"]._log("handover_payment", self, payload=self._told())
        self._tell_agency(text)


def _party(partner):
    return {
        "name": partner.name or "",
        "street": ", ".join(filter(None, (partner.street, partner.street2))),
        "zip": partner.zip or "",
        "city": partner.city or "",
        "country": partner.country_id.code or "",
        "vat": partner.vat or "",
        "email": partner.email or "",
        "phone": partner.phone or "",
    }


def _json(value):
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _csv(rows, columns):
    """Return a CSV file; no cell of it runs as a formula."""
    cells = [[str(row[column]) for column in columns] for row in rows]
    return tables.to_csv([tables.Table("", columns, cells)])
