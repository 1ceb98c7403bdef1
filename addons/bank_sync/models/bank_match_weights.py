import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..core.matching.fit import BIAS, ENOUGH, fit
from ..core.matching.shadow import LATEST, disappoints, measure, not_worse
from ..core.matching.shipped import WEIGHTS
from .match_reasons import reason_text

_logger = logging.getLogger(__name__)

#: The newest decisions that are fitted; older habits do not count any more.
FITTED_DECISIONS = 5_000
#: Fewest decisions since the last fit that make a new one worth while.
FRESH_DECISIONS = 50
#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {"shadow": {"live", "retired"}, "live": {"retired"}, "retired": {"live"}}


class BankMatchWeights(models.Model):
    """One version of how much each reason speaks for a proposal, fitted from people's decisions.

    New weights wait in the shadow until they were not worse on the newest decisions. Live ones
    that turn out worse than they promised go back by themselves; a manager can go back at any
    time. A company without live weights uses the shipped ones.
    """

    _name = "bank.match.weights"
    _description = "Weights of Reasons"
    _order = "id desc"
    _rec_name = "version"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    version = fields.Char(required=True, readonly=True, help="Kept with every decision.")
    state = fields.Selection(
        [("shadow", "In the shadow"), ("live", "Live"), ("retired", "Retired")],
        required=True,
        readonly=True,
        default="shadow",
        index=True,
    )
    weights = fields.Json(readonly=True, help="Reason code → log-odds.")
    weights_html = fields.Html(compute="_compute_weights_html", string="Reasons", sanitize=False)
    previous_id = fields.Many2one(
        "bank.match.weights",
        string="Before",
        readonly=True,
        ondelete="set null",
        help="What was live before; empty: the shipped weights.",
    )
    decisions = fields.Integer(
        readonly=True, help="Decisions they were fitted from; the newest ones were held back."
    )
    fitted_until = fields.Integer(readonly=True, help="The newest decision there was.")
    fitted_at = fields.Datetime(string="Fitted", readonly=True)
    live_since = fields.Datetime(readonly=True)
    retired_at = fields.Datetime(string="Retired", readonly=True)
    retired_reason = fields.Selection(
        [
            ("replaced", "Newer ones are better"),
            ("worse", "Worse than what was live"),
            ("disappointed", "More wrong than promised"),
            ("person", "By a person"),
        ],
        string="Why Retired",
        readonly=True,
    )
    cases = fields.Integer(string="Measured on", readonly=True, help="Newest decisions.")
    loss = fields.Float(
        readonly=True, digits=(8, 5), help="How far chances were from what came true; 0 is perfect."
    )
    loss_before = fields.Float(readonly=True, digits=(8, 5))
    first_right = fields.Integer(readonly=True, help="Decisions whose best proposal was right.")
    first_right_before = fields.Integer(readonly=True)
    sure_wrong = fields.Integer(
        string="Surely Wrong",
        readonly=True,
        help="Decisions whose best proposal was wrong, with a score that would book itself.",
    )
    sure_wrong_before = fields.Integer(string="Surely Wrong, Before", readonly=True)

    _one_live = models.UniqueIndex(
        "(company_id, state) WHERE state IN ('live', 'shadow')",
        "A company has one live and one shadow version.",
    )

    def write(self, vals):
        """Refuse what comes from outside: weights are fitted, the actions choose among them."""
        if not self.env.su:
            raise AccessError(self.env._("Weights are fitted, they cannot be written by hand."))
        return super().write(vals)

    @api.depends("weights")
    @api.depends_context("lang")
    def _compute_weights_html(self):
        """Show the fitted weights beside the shipped ones, strongest first."""
        for version in self:
            rows = sorted((version.weights or {}).items(), key=lambda pair: -pair[1])
            version.weights_html = Markup(
                "<table class='table table-sm'><thead><tr><th></th><th class='text-end'>%s</th>"
                "<th class='text-end'>%s</th></tr></thead><tbody>%s</tbody></table>"
            ) % (
                self.env._("Fitted"),
                self.env._("Shipped"),
                Markup().join(
                    Markup("<tr><td>%s</td><td class='text-end'>%s</td>%s</tr>")
                    % (
                        self.env._("Any proposal")
                        if code == BIAS
                        else reason_text(self.env, [code]),
                        f"{weight:.2f}",
                        Markup("<td class='text-end'>%s</td>") % f"{WEIGHTS.get(code, 0):.2f}",
                    )
                    for code, weight in rows
                ),
            )

    # === STATES === #

    def _transition(self, target, reason=None):
        """Move all versions to ``target``, or none; keep it as an event.

        :param reason: why retired
        :raise UserError: when one cannot get there
        """
        if self.filtered(lambda version: target not in TRANSITIONS[version.state]):
            raise UserError(self.env._("These weights have changed meanwhile. Look again."))
        now = fields.Datetime.now()
        values = {"state": target, "retired_reason": reason}
        values["live_since" if target == "live" else "retired_at"] = now
        self.sudo().write(values)
        payload = {version.id: {"version": version.version, "state": target} for version in self}
        self.env["bank.event"]._record("weights_state", self, payload)

    def _go_live(self, reason_for_old):
        """Put these weights in the place of what is live."""
        self.ensure_one()
        live = self._live(self.company_id)
        if live:
            live._transition("retired", reason_for_old)
            live.flush_recordset()
        self._transition("live")
        self.sudo().previous_id = live

    @api.model
    def _live(self, company):
        """Return the company's live version, or none when it uses the shipped weights."""
        return self.sudo().search([("company_id", "=", company.id), ("state", "=", "live")])

    @api.model
    def _live_weights(self, company):
        """Return version and weights the company's matching uses, as (text, dict)."""
        live = self._live(company)
        return (live.version, live.weights) if live else ("shipped", dict(WEIGHTS))

    def action_go_live(self):
        """Use these weights from now on, whatever was live before."""
        self.check_access("write")
        self._go_live("person")

    def action_retire(self):
        """Stop using these weights; what was live before them is live again."""
        self.check_access("write")
        for version in self:
            version._step_back("person")

    def _step_back(self, reason):
        previous = self.previous_id
        self._transition("retired", reason)
        if previous.state == "retired":
            self.flush_recordset()
            previous._transition("live")

    # === LEARNING === #

    @api.model
    def _cron_learn(self):
        """Every night and company: roll back, judge the shadow, fit again. Never raises."""
        groups = self.env["bank.match.decision"]._read_group(
            [("judged", "=", True)], ["company_id"], order="company_id"
        )
        companies = [company for (company,) in groups]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                self._learn(company)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Weights of company %s could not be fitted", company.id)
            if not cron._commit_progress(1):
                break

    @api.model
    def _learn(self, company):
        """Do one night's work for one company."""
        self._roll_back(company)
        self._judge(company)
        self._fit(company)

    @api.model
    def _roll_back(self, company):
        """Take live weights back that are wrong more often than they promised."""
        live = self._live(company)
        if not live:
            return
        judged = self.env["bank.match.decision"]._judged_since(company, live.live_since)
        wrong = sum(not right for right in judged)
        promised = 1 - live.first_right / live.cases if live.cases else 0.0
        if disappoints(wrong, len(judged), promised):
            live._step_back("disappointed")

    @api.model
    def _judge(self, company):
        """Let the shadow go live if it is in no figure worse on the newest decisions."""
        shadow = self.sudo().search([("company_id", "=", company.id), ("state", "=", "shadow")])
        if not shadow:
            return
        cases = [case for case, _ in self.env["bank.match.decision"]._cases(company, LATEST)]
        threshold = company.sudo().bank_auto_threshold
        new = measure(shadow.weights, cases, threshold)
        old = measure(self._live_weights(company)[1], cases, threshold)
        shadow.write(
            {
                "cases": new.cases,
                **{name: getattr(new, name) for name in ("loss", "first_right", "sure_wrong")},
                "loss_before": old.loss,
                "first_right_before": old.first_right,
                "sure_wrong_before": old.sure_wrong,
            }
        )
        if new.cases and not_worse(new, old):
            shadow._go_live("replaced")
        else:
            shadow._transition("retired", "worse")

    @api.model
    def _fit(self, company):
        """Fit new weights into the shadow, when there is enough new to learn from.

        The newest decisions are held back: they judge what the others taught.
        """
        decisions = self.env["bank.match.decision"]
        newest = decisions._newest_judged(company)
        last = self.sudo().search([("company_id", "=", company.id)], limit=1)
        if decisions._count_judged_after(company, last.fitted_until) < FRESH_DECISIONS:
            return
        cases = decisions._cases(company, FITTED_DECISIONS)
        held_back = min(LATEST, len(cases) // 3)
        learnt = cases[: len(cases) - held_back]
        rows = [(reasons, right, weight) for case, weight in learnt for reasons, right in case]
        if len(rows) < ENOUGH:
            return
        weights = fit(rows, WEIGHTS)
        self.sudo().create(
            {
                "company_id": company.id,
                "version": f"w{newest.id}",
                "weights": weights,
                "previous_id": self._live(company).id,
                "decisions": len(learnt),
                "fitted_until": newest.id,
                "fitted_at": fields.Datetime.now(),
            }
        )
