"""The reminders of the main job: the night run, and the mails that really arrived."""

import email
import email.policy
import re
from collections import Counter

NIGHT_RUN = "invoice_collections.collection_case_cron_nightly"
MAIL_QUEUE = "mail.ir_cron_mail_scheduler_action"


class Letters:
    """What the night sends, and what the mail sink received."""

    def __init__(self, people, mail_dir, say):
        self.admin = people["admin"]
        self.collector = people["collector"]
        self.mail_dir = mail_dir
        self.say = say

    def remind(self):
        """Run the nightly job and the mail queue, as Odoo's scheduler would."""
        for name in (NIGHT_RUN, MAIL_QUEUE):
            module, xml_id = name.split(".")
            [cron] = self.admin.search_read(
                "ir.model.data", [("module", "=", module), ("name", "=", xml_id)], ["res_id"]
            )
            self.admin.call("ir.cron", "method_direct_trigger", [cron["res_id"]])

    def summary(self):
        """Return what was sent and held back, and compare with the mails that arrived."""
        touchpoints = self.collector.search_read(
            "collection.touchpoint", [], ["state", "block_reason", "partner_id"]
        )
        states = Counter(touchpoint["state"] for touchpoint in touchpoints)
        blocked = Counter(
            touchpoint["block_reason"]
            for touchpoint in touchpoints
            if touchpoint["state"] == "blocked"
        )
        arrived = self._company_mails()
        problems = []
        if len(arrived) != states["sent"]:
            problems.append(f"{states['sent']} reminders were sent, {len(arrived)} mails arrived")
        if states["failed"]:
            problems.append(f"{states['failed']} reminders failed")
        held = ", ".join(f"{count} {reason}" for reason, count in blocked.most_common()) or "none"
        self.say(f"Reminders   {states['sent']} sent, {len(arrived)} arrived; held back: {held}")
        return {
            "sent": states["sent"],
            "mails": len(arrived),
            "blocked": dict(blocked),
            "problems": problems,
        }

    def debtor_page(self):
        """Return the signed link of the last letter, or ``None`` without letters."""
        for message in reversed(self._company_mails()):
            text = message.get_body(("html", "plain")).get_content()
            if link := re.search(r"https?://[^\"'\s<>]+/collections/[^\"'\s<>]+", text):
                return link[0]
        return None

    def _company_mails(self):
        """Return the mails of the collector's company in the order they arrived.

        Odoo's other demo companies and its own notices write to the same sink.
        """
        [company] = self.collector.search_read(
            "res.company", [("id", "in", self.collector.context["allowed_company_ids"])], ["email"]
        )
        mails = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in sorted(self.mail_dir.glob("*.eml"))
        ]
        return [mail for mail in mails if company["email"] in str(mail["From"])]
