"""The reminders of the main job: the night run, and the mails that really arrived."""

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
        """Return what was sent and what was held back, and compare with the mails that arrived."""
        touchpoints = self.collector.search_read(
            "collection.touchpoint", [], ["state", "block_reason", "partner_id"]
        )
        states = Counter(touchpoint["state"] for touchpoint in touchpoints)
        blocked = Counter(
            touchpoint["block_reason"] for touchpoint in touchpoints if touchpoint["block_reason"]
        )
        mails = len(list(self.mail_dir.glob("*.eml")))
        held = ", ".join(f"{count} {reason}" for reason, count in blocked.most_common())
        self.say(
            f"Reminders   {states['sent']} sent, {mails} mails arrived; held back: {held or '0'}"
        )
        problems = []
        if mails != states["sent"]:
            problems.append(f"{states['sent']} reminders were sent, {mails} mails arrived")
        return {
            "sent": states["sent"],
            "mails": mails,
            "blocked": dict(blocked),
            "problems": problems,
        }
