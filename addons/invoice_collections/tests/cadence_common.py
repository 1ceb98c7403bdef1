from datetime import timedelta

from odoo import Command

from .common import TODAY, CollectionCommon


def day(number):
    """Return the day so many days from today, at noon UTC, as text for the clock."""
    return f"{TODAY + timedelta(days=number)} 12:00:00"


class CadenceCommon(CollectionCommon):
    """The standard cadence, and ways to make others, rules and days off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cadence = cls.policy.cadence_id
        cls.steps = cls.cadence.step_ids.grouped("offset_days")

    def _cadence(self, *steps, **values):
        """Return an active cadence of the company with these steps, as the policy's."""
        words = self.env.ref("invoice_collections.mail_template_reminder")
        cadence = (
            self.env["collection.cadence"]
            .sudo()
            .create(
                {
                    "name": "Own",
                    "company_id": self.company.id,
                    "state": "active",
                    "step_ids": [
                        Command.create(
                            {
                                "name": f"Step {number}",
                                "tone": "3",
                                "template_id": words.id,
                                **step,
                            }
                        )
                        for number, step in enumerate(steps)
                    ],
                    **values,
                }
            )
        )
        self.policy.cadence_id = cadence
        return cadence

    def _rule(self, **values):
        return (
            self.env["collection.contact.rule"]
            .sudo()
            .create({"name": "Rule", "company_id": self.company.id, **values})
        )

    def _day_off(self, date, **values):
        values = {"company_id": False, **values}
        return self.env["collection.holiday"].sudo().create({"name": "Off", "date": date, **values})
