from odoo import api, fields, models
from odoo.tools import format_date, formatLang


class CollectionChargeWords(models.AbstractModel):
    """Says in the reader's language how a charge was worked out, or why there is none."""

    _name = "collection.charge.words"
    _description = "Words about Charges"

    @api.model
    def _explain(self, computation, currency):
        """Return one sentence about a computation (:attr:`collection.charge.computation`)."""
        code = computation.get("code")
        if code == "rate_unknown":
            return self.env._(
                "No interest is claimed: the rate of %(day)s is not known yet.",
                day=self._day(computation["unknown"]),
            )
        if code == "interest":
            return "; ".join(
                self.env._(
                    "%(percent)s %% on %(amount)s for %(days)s days until %(day)s",
                    percent=self._percent(segment["percent"]),
                    amount=currency.format(segment["principal"] / 10**currency.decimal_places),
                    days=segment["days"],
                    day=self._day(segment["last"]),
                )
                for segment in computation["segments"]
            )
        if code == "fixed_sum":
            return self.env._(
                "Compensation for the costs of recovering %(amount)s paid late",
                amount=currency.format(computation["principal"] / 10**currency.decimal_places),
            )
        return self.env._("Fee for a reminder")

    @api.model
    def _percent(self, text):
        """Return a rate with as many decimals as it has, as the language writes numbers."""
        return formatLang(self.env, float(text), digits=len(text.partition(".")[2]))

    @api.model
    def _day(self, text):
        return format_date(self.env, fields.Date.to_date(text))
