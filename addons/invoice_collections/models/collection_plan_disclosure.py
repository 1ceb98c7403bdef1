import hashlib
import io
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from odoo import models
from odoo.tools import format_date, formatLang

_RULED = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, 0), 1, colors.HexColor("#1f3f5e")),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.HexColor("#d9dee5")),
        ("ALIGN", (2, 0), (-1, -1), "RIGHT"),
        ("FONTSIZE", (0, 0), (-1, -1), 9),
    ]
)


class CollectionPlanVersion(models.Model):
    _inherit = "collection.plan.version"

    # === ACTION METHODS === #

    def action_open_document(self):
        """Open the disclosure as it was sent."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.document_id.id}?download=1",
            "target": "new",
        }

    # === BUSINESS METHODS === #

    def _keep_document(self):
        """Keep what is offered as a PDF with its hash (sudo)."""
        self.ensure_one()
        content = self.with_context(lang=self.lang)._document()
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self.plan_id.name.replace('/', '-')}-{self.number}.pdf",
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": "collection.plan",
                "res_id": self.plan_id.id,
            }
        )
        self.write(
            {
                "document_id": attachment.id,
                "document_hash": hashlib.sha256(content).hexdigest(),
            }
        )

    def _document(self):
        """Return the disclosure as PDF, in the language of the context."""
        self.ensure_one()
        env, plan, styles = self.env, self.plan_id, getSampleStyleSheet()
        said = [
            Paragraph(escape(env._("Payment plan %(number)s", number=plan.name)), styles["Title"]),
            Paragraph(escape(f"{plan.company_id.name} / {plan.partner_id.name}"), styles["Normal"]),
            Spacer(1, 10),
        ]
        for label, value in self._cost_rows():
            said.append(
                Paragraph(f"{escape(label)}: <b>{escape(str(value))}</b>", styles["Normal"])
            )
        said += [Spacer(1, 10), self._document_schedule(), Spacer(1, 10)]
        said += [Paragraph(escape(text), styles["Normal"]) for text in self._plain_words()]
        said.append(Spacer(1, 10))
        said.append(
            Paragraph(escape(env._("Fingerprint of these terms: %s", self.sha256)), styles["Code"])
        )
        buffer = io.BytesIO()
        SimpleDocTemplate(buffer, pagesize=A4, title=plan.name, invariant=1).build(said)
        return buffer.getvalue()

    def _document_schedule(self):
        """Return the schedule as a table."""
        env, money = self.env, self.currency_id.format
        head = (
            env._("No."),
            env._("Due"),
            env._("Of the debt"),
            env._("Interest"),
            env._("Fee"),
            env._("To pay"),
        )
        rows = [
            (
                str(one.number),
                format_date(env, one.due_date),
                money(one.principal),
                money(one.interest),
                money(one.fee),
                money(one.total),
            )
            for one in self.installment_ids.sorted("number")
        ]
        return Table([head, *rows], repeatRows=1, hAlign="LEFT", style=_RULED)

    def _cost_rows(self):
        """Return ``[(label, value as text)]``: what the plan is about and what it costs."""
        self.ensure_one()
        env, money = self.env, self.currency_id.format
        rows = [
            (env._("Invoices"), ", ".join(self.plan_id.line_ids.mapped("label"))),
            (env._("Debt"), money(self.principal)),
            (env._("Number of installments"), self.count),
            (env._("Installment"), money(self.installment_amount)),
            (env._("First due"), format_date(env, self.first_due)),
            (env._("Last due"), format_date(env, self.last_due)),
            (env._("Interest a year"), env._("%s %%", formatLang(env, self.rate, digits=2))),
            (env._("Interest in all"), money(self.total_interest)),
            (env._("Fees in all"), money(self.total_fees)),
            (env._("Cost in all"), money(self.total_cost)),
            (env._("To pay in all"), money(self.total_payable)),
            (
                env._("Annual percentage rate"),
                env._("%s %%", formatLang(env, self.apr, digits=1)),
            ),
        ]
        if not self.currency_id.is_zero(self.deposit):
            rows.insert(2, (env._("Deposit"), money(self.deposit)))
        if self.kind != "start":
            rows.append((env._("More than before"), money(self.extra_cost)))
        return rows

    def _plain_words(self):
        """Return sentences in plain words on what the plan means."""
        self.ensure_one()
        env, offer = self.env, self.plan_id.offer_id
        words = [
            env._("As long as you pay in time, you get no reminders for these invoices."),
            env._("You may pay early at any time, in part or in full. It costs nothing extra."),
            env._(
                "If a payment is more than %(late)s days late, the plan is in arrears; after"
                " %(over)s days it ends, and what is left of the invoices is due at once.",
                late=offer.arrears_days,
                over=offer.default_days,
            ),
        ]
        if offer.pause_months:
            words.append(
                env._(
                    "You may ask for a pause of up to %(months)s months.", months=offer.pause_months
                )
            )
        days = self.plan_id._withdrawal_days(self)
        if days:
            words.append(
                env._(
                    "You may withdraw within %(days)s days after you accept, without a reason.",
                    days=days,
                )
            )
        return words
