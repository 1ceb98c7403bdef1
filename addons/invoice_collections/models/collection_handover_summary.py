import io
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from odoo import models

_RULED = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, 0), 1, colors.HexColor("#1f3f5e")),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.HexColor("#d9dee5")),
        ("ALIGN", (-1, 0), (-1, -1), "RIGHT"),
        ("FONTSIZE", (0, 0), (-1, -1), 9),
    ]
)


class CollectionHandover(models.Model):
    _inherit = "collection.handover"

    # === BUSINESS METHODS === #

    def _package_summary(self, claims, charges):
        """Return a page a person can read, as PDF: who owes whom what, and since when."""
        env, styles = self.env, getSampleStyleSheet()
        parties = self._package_parties()
        lines = [
            Paragraph(escape(env._("Claim H%(number)s", number=self.id)), styles["Title"]),
            Paragraph(_address(env._("Creditor"), parties["creditor"]), styles["Normal"]),
            Spacer(1, 8),
            Paragraph(_address(env._("Debtor"), parties["debtor"]), styles["Normal"]),
            Spacer(1, 14),
            self._summary_table(
                (env._("Document"), env._("Due"), env._("Final notice"), env._("Open")),
                [
                    (row["document"], row["due_on"], row["final_notice_on"], row["open"])
                    for row in claims
                ],
            ),
            Spacer(1, 6),
            Paragraph(
                f"<b>{escape(env._('Total'))}: {escape(self.currency_id.name)}"
                f" {self.amount:.{self.currency_id.decimal_places}f}</b>",
                styles["Normal"],
            ),
        ]
        if charges:
            columns = (env._("Document"), env._("Charge"), env._("How"), env._("Amount"))
            rows = [
                (
                    row["document"],
                    row["kind"],
                    Paragraph(escape(row["explanation"]), styles["BodyText"]),
                    row["amount"],
                )
                for row in charges
            ]
            lines += [Spacer(1, 14), self._summary_table(columns, rows)]
        stream = io.BytesIO()
        # Invariant: the same claim gives the same bytes.
        SimpleDocTemplate(stream, pagesize=A4, invariant=1, title=f"H{self.id}").build(lines)
        return stream.getvalue()

    def _summary_table(self, columns, rows):
        return Table([columns, *rows], style=_RULED, hAlign="LEFT", repeatRows=1)


def _address(title, party):
    parts = (party["name"], party["street"], f"{party['zip']} {party['city']}", party["country"])
    return f"<b>{escape(title)}</b><br/>" + "<br/>".join(
        escape(part) for part in parts if part.strip()
    )
