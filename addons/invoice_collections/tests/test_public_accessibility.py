import json
import os
import pathlib
import unittest
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from .debtor_page_common import DebtorPageCase

#: Where bin/test puts axe-core; nothing of it is shipped.
AXE = pathlib.Path(os.environ.get("AXE_DIR") or "missing") / "axe.min.js"

# Continuous integration sets PEERS_REQUIRED: there a missing axe-core fails instead.
needs_axe = unittest.skipUnless(
    AXE.exists() or os.environ.get("PEERS_REQUIRED"),
    "axe-core is missing (no npm, or not by bin/test): accessibility was NOT tested",
)

#: What WCAG 2.2 AA asks for, as axe names it.
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

#: Loads each page into the window, as a visitor would see it, and asks axe about it.
CHECK = """
(async () => {
    const found = [];
    for (const [name, url, typed] of PAGES) {
        const options = typed ? {method: "POST", body: new URLSearchParams(typed)} : {};
        const answer = await fetch(url, options);
        const text = await answer.text();
        document.open();
        document.write(text.replace(/<script[^]*?<[/]script>/g, ""));
        document.close();
        const sheets = [...document.querySelectorAll("link[rel=stylesheet]")];
        await Promise.all(sheets.map((sheet) => sheet.sheet || new Promise((resolve) => {
            sheet.addEventListener("load", resolve);
            sheet.addEventListener("error", resolve);
            setTimeout(resolve, 5000);
        })));
        if (!document.querySelector("h1")) {
            found.push(`${name}: no page (${answer.status})`);
            continue;
        }
        if (document.documentElement.scrollWidth > document.documentElement.clientWidth) {
            found.push(`${name}: wider than the screen`);
        }
        const {violations} = await axe.run(document, {runOnly: STANDARDS});
        for (const {id, help, nodes} of violations) {
            found.push(`${name}: ${id} (${help}) at ${nodes[0].html.slice(0, 200)}`);
        }
    }
    if (found.length) {
        console.error(found.join(" | "));
    } else {
        console.log("test successful");
    }
})();
"""


class AccessibilityCase(DebtorPageCase):
    """Every page behind the link, asked about by axe-core."""

    def _prepare(self):
        """Return an invoice to transfer, and what the page knows of a payment."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "BE71 0961 2345 6769", "partner_id": self.company.partner_id.id}
        )
        transfer = self._invoice(self.debtor, 55.5, -1, currency=euro)
        transfer.partner_bank_id = bank
        paid = self._invoice(self.debtor, 10.0, -1)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=paid.ids
        ).create({})._create_payments()
        [receipt] = self.case._debtor_receipts()
        self.env.flush_all()
        return transfer, receipt

    def _prepare_plans(self):
        """Return ``(plan, page)`` of a plan on offer and of one that runs and is to be changed."""
        offer = self.env["collection.plan.offer"].create(
            {
                "name": "Monthly",
                "company_id": self.company.id,
                "sequence": -1,
                "count_max": 6,
                "method": "annuity",
                "rate": 12.0,
                "auto_amount": 500.0,
            }
        )
        self.debtor.is_company = True
        items = [
            self._invoice(self.debtor, 60.0, -5).line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            for _number in range(2)
        ]
        offered, running = [
            self.env["collection.plan"]._quote_for_debtor(item, offer, 3) for item in items
        ]
        self.case._debtor_accept(running, running.proposed_id.sha256, "Jeanne Blanche", None)
        running._request_change("pause", "")
        self.env.flush_all()
        return [(offered, ""), (running, ""), (running, "/settle"), (running, "/change")]

    def _check(self):
        transfer, receipt = self._prepare()
        plans = self._prepare_plans()
        pages, sent = self._opened(receipt, plans), self._sent(transfer, plans)
        # It starts from Odoo's own page: ours lets no script fetch anything. The token of the
        # forms is the visitor's, whatever page it is read from.
        pages_code = (
            "const csrf = document.querySelector('input[name=csrf_token]').value;"
            f"const PAGES = {json.dumps(pages)}.concat({json.dumps(sent)}.map("
            "([name, url, typed]) => [name, url, {csrf_token: csrf, ...typed}]));"
        )
        self._ask_axe(pages_code)

    def _opened(self, receipt, plans):
        """Return ``[name, url, None]`` of the pages that are opened."""
        return [
            ["overview", self.path, None],
            ["overview, done", f"{self.path}?done=promise", None],
            ["another language", f"{self.path}?lang=fr_FR", None],
            *[
                [name, f"{self.path}/{name}?lang=en_US", None]
                for name in (
                    "already-paid",
                    "promise",
                    "dispute",
                    "plan",
                    "plan/ask",
                    "details",
                    "payments",
                    "told",
                )
            ],
            ["receipt", f"{self.path}/payments/{receipt['id']}", None],
            *[[f"plan{name}", f"{self.path}/plan/{plan.id}{name}", None] for plan, name in plans],
            ["closed", "/collections/nonsense", None],
        ]

    def _sent(self, transfer, plans):
        """Return ``[name, url, typed]`` of the pages that answer a form."""
        day = str(self.today - timedelta(days=1))
        sent = [
            ["transfer", "transfer", {"invoice": str(transfer.id)}],
            ["payment", "pay", {"invoice": str(self.late.id)}],
            ["nothing chosen", "pay", {}],
            ["promise, wrong", "promise", {"date": day}],
            ["dispute, wrong", "dispute", {"amount": "x", "category": "x"}],
            ["details, wrong", "details", {"email": "x", "phone": "x"}],
            ["plan, changed meanwhile", "plan", {"invoice": str(self.late.id), "seen": "x"}],
            ["acceptance, wrong", f"plan/{plans[0][0].id}/accept", {"name": ""}],
            ["change, wrong", f"plan/{plans[1][0].id}/change", {"note": ""}],
        ]
        return [[name, f"{self.path}/{path}", typed] for name, path, typed in sent]

    def _ask_axe(self, pages_code):
        """Fail if axe finds anything on the pages of ``PAGES``."""
        self.browser_js(
            "/web/login",
            AXE.read_text(encoding="utf-8")
            + ";"
            + pages_code
            + CHECK.replace("STANDARDS", json.dumps(STANDARDS)),
            ready="!!document.querySelector('input[name=csrf_token]')",
            timeout=180,
            error_checker=lambda message: "status of 4" not in message,
        )


@tagged("post_install", "-at_install")
@needs_axe
class TestAccessibilityPhone(AccessibilityCase):
    """On a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_every_page_meets_wcag_2_2_aa(self):
        self._check()


@tagged("post_install", "-at_install")
@needs_axe
class TestAccessibilityDesk(AccessibilityCase):
    """On a screen."""

    browser_size = "1000x900"

    def test_every_page_meets_wcag_2_2_aa(self):
        self._check()

    def test_a_page_with_a_mistake_is_found(self):
        page = "data:text/html,<html lang=en><title>T</title><main><h1>T</h1><img src=x></main>"
        with self.assertRaises(AssertionError) as caught, mute_logger("odoo"):
            self._ask_axe(f"const PAGES = [['bad', {json.dumps(page)}, null]];")
        self.assertIn("image-alt", str(caught.exception))
