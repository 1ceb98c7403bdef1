from odoo import api, fields, models

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {
    "running": {"done", "failed", "partial", "quarantined"},
    "done": set(),
    "partial": set(),
    "failed": set(),
    "quarantined": set(),
}


class BankSyncRun(models.Model):
    """One attempt to bring one account's books up to date, whether it succeeded or not."""

    _name = "bank.sync.run"
    _description = "Bank Sync Run"
    _order = "id desc"
    _rec_name = "started_at"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    connection_id = fields.Many2one(
        "bank.connection", readonly=True, index=True, ondelete="restrict"
    )
    account_id = fields.Many2one(
        "bank.connection.account", readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="account_id.currency_id")
    origin = fields.Selection(
        [("cron", "Schedule"), ("user", "Button"), ("file", "File")],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("partial", "Broken off"),
            ("quarantined", "Quarantined"),
        ],
        default="running",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    attended = fields.Boolean(
        readonly=True, help="A person was waiting; such a read is not one of the day's quota."
    )
    started_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    finished_at = fields.Datetime(readonly=True)
    date_from = fields.Date(string="From", readonly=True, help="First booking day asked for.")
    page_count = fields.Integer(string="Pages", readonly=True)
    seen_count = fields.Integer(string="Seen", readonly=True)
    added_count = fields.Integer(string="New", readonly=True)
    changed_count = fields.Integer(string="Changed", readonly=True)
    doubtful_count = fields.Integer(
        string="Doubtful", readonly=True, help="Entries that may be new or known; see Doubts."
    )
    missing_count = fields.Integer(string="Missing", readonly=True)
    request_ids = fields.Json(
        readonly=True, help="X-Request-ID of every call, for the bank's help."
    )
    proof = fields.Selection(
        selection=lambda self: self.env["bank.connection.account"]._selection_proof(), readonly=True
    )
    difference = fields.Monetary(
        readonly=True, help="The bank's closing balance minus what its entries add up to."
    )
    problem_code = fields.Char(readonly=True)
    problem = fields.Char(readonly=True)
    note = fields.Char(readonly=True, help="What is worth knowing although nothing failed.")
    raw_document_ids = fields.One2many("bank.raw.document", "run_id", readonly=True)
    entry_ids = fields.One2many("bank.entry", "run_id", readonly=True)

    request_text = fields.Char(compute="_compute_request_text", string="Request IDs")

    def _compute_request_text(self):
        for run in self:
            run.request_text = ", ".join(run.request_ids or ())

    @api.model
    def _begin(self, origin, **values):
        """Open a run; runs of the same account that never ended are closed as interrupted."""
        run = self.sudo().create({"origin": origin, **values})
        stale = self.sudo().search(
            [
                ("state", "=", "running"),
                ("account_id", "=", run.account_id.id),
                ("connection_id", "=", run.connection_id.id),
                ("id", "<", run.id),
            ]
        )
        stale._transition(
            "failed",
            problem_code="interrupted",
            problem=self.env._("The server stopped during this run; the next one caught up."),
        )
        return run

    def _transition(self, target, **values):
        """Close the runs and record it with its figures.

        :raise ValueError: when one has been closed before; a run ends once
        """
        for run in self:
            if target not in TRANSITIONS[run.state]:
                message = f"run {run.id} is {run.state} and cannot become {target}"
                raise ValueError(message)
        self.sudo().write({"state": target, "finished_at": fields.Datetime.now(), **values})
        self.env["bank.event"]._record(
            f"run_{target}",
            self,
            {
                run.id: {
                    "account": run.account_id.id,
                    "added": run.added_count,
                    "changed": run.changed_count,
                    "missing": run.missing_count,
                    "proof": run.proof or None,
                    "problem_code": run.problem_code or None,
                }
                for run in self
            },
        )
