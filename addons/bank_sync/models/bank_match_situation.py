from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..core.matching.shipped import PRIOR
from ..core.matching.trust import Trust
from .match_kinds import KIND_LABELS
from .match_reasons import reason_text

#: What a manager may write; everything else follows from decisions.
_BY_HAND = frozenset({"held"})


class BankMatchSituation(models.Model):
    """Experience with one situation: how often its proposals were right, and what that earned.

    Only what people decided is counted. A situation books itself once it is released; a wrong
    automatic booking takes it back.
    """

    _name = "bank.match.situation"
    _description = "Matching Experience"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, right_count desc, id"
    _rec_name = "situation"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    situation = fields.Char(required=True, readonly=True, help="The kind and all reason codes.")
    kind = fields.Selection(KIND_LABELS, readonly=True, index=True)
    reason_text = fields.Char(compute="_compute_reason_text", string="Reasons")
    right_count = fields.Float(string="Right", readonly=True, digits=(16, 0))
    wrong_count = fields.Float(
        string="Wrong",
        readonly=True,
        digits=(16, 0),
        help="A wrong booking that nobody had been asked about counts twenty-fold.",
    )
    state = fields.Selection(
        [
            ("earning", "Proposed only"),
            ("released", "Books itself"),
            ("taken_back", "Taken back"),
        ],
        required=True,
        readonly=True,
        default="earning",
        index=True,
        help="What experience allows; the company's settings and the single match must allow it "
        "too.",
    )
    held = fields.Boolean(
        string="Always Ask", help="Never book this by itself, whatever experience says."
    )
    changed_at = fields.Datetime(string="Since", readonly=True)
    level = fields.Float(compute="_compute_level", string="Right Share (%)", digits=(5, 1))
    lower_bound = fields.Float(
        compute="_compute_level",
        string="At Least (%)",
        digits=(5, 2),
        help="With 95 % certainty no smaller share is right.",
    )

    _situation_uniq = models.UniqueIndex(
        "(company_id, situation)", "The company has experience with this situation already."
    )

    @api.depends("situation")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for experience in self:
            experience.reason_text = reason_text(self.env, experience.situation.split("+")[1:])

    @api.depends("situation", "right_count", "wrong_count", "company_id")
    def _compute_level(self):
        for company, experiences in self.grouped("company_id").items():
            trust = experiences._as_trust(company)
            for experience in experiences:
                experience.level = 100 * trust.level(experience.situation)
                experience.lower_bound = 100 * trust.lower_bound(experience.situation)

    def write(self, vals):
        """Write what a manager decides.

        :raise AccessError: for a user who writes what is counted
        """
        if not self.env.su and not _BY_HAND.issuperset(vals):
            raise AccessError(self.env._("Experience is counted, it cannot be written by hand."))
        result = super().write(vals)
        if "held" in vals:
            self._settle()
        return result

    # === TRUST === #

    @api.model
    def _trust(self, company):
        """Return what may book itself by the company's experience, in one query."""
        return self.sudo().search([("company_id", "=", company.id)])._as_trust(company)

    def _as_trust(self, company):
        trust = Trust.from_rows(
            [(row.situation, row.right_count, row.wrong_count) for row in self],
            company.sudo().bank_auto_threshold,
            PRIOR,
        )
        for row in self:
            if row.held:
                trust.hold(row.situation)
        return trust

    # === LEARNING === #

    @api.model
    def _learn(self, lessons):
        """Count what people decided in one query, and see what it releases or takes back.

        Safe beside others who count the same situation: who comes second adds to what is there.

        :param lessons: dicts of ``company``, ``situation``, ``right`` and ``weight``; those
            without a situation are passed over
        """
        if rows := _counted(lessons):
            self._execute(
                SQL(
                    """
                    INSERT INTO bank_match_situation AS known
                           (company_id, situation, right_count, wrong_count, kind, state,
                            create_uid, create_date)
                    SELECT new.*, split_part(new.situation, '+', 1), 'earning', %(user)s,
                           now() at time zone 'UTC'
                      FROM (VALUES %(rows)s)
                           AS new (company_id, situation, right_count, wrong_count)
                        ON CONFLICT (company_id, situation) DO UPDATE
                       SET right_count = known.right_count + EXCLUDED.right_count,
                           wrong_count = known.wrong_count + EXCLUDED.wrong_count
                 RETURNING known.id
                    """,
                    user=self.env.uid,
                    rows=rows,
                )
            )

    @api.model
    def _unlearn(self, lessons):
        """Take out again what was counted; never below zero."""
        if rows := _counted(lessons):
            self._execute(
                SQL(
                    """
                    UPDATE bank_match_situation AS known
                       SET right_count = GREATEST(0, known.right_count - gone.right_count),
                           wrong_count = GREATEST(0, known.wrong_count - gone.wrong_count)
                      FROM (VALUES %s) AS gone (company_id, situation, right_count, wrong_count)
                     WHERE known.company_id = gone.company_id
                       AND known.situation = gone.situation
                 RETURNING known.id
                    """,
                    rows,
                )
            )

    def _execute(self, query):
        self.flush_model()
        found = self.env.execute_query(query)
        self.invalidate_model()
        self.sudo().browse([row_id for (row_id,) in found])._settle()

    def _settle(self):
        """Bring the states of the companies' situations in line with all that is counted.

        What one situation may do depends on how much a company has decided altogether, so every
        one of the company is looked at. Each change is kept as an event.
        """
        for company in self.company_id:
            rows_sudo = self.sudo().search([("company_id", "=", company.id)])
            trust = rows_sudo._as_trust(company)
            shipped = Trust(trust.target, PRIOR)
            changed = {}
            for row in rows_sudo:
                state = row._state_by(trust, shipped)
                if state != row.state:
                    changed.setdefault(state, []).append(row.id)
            for state, ids in changed.items():
                self._note_state(rows_sudo.browse(ids), state)

    def _state_by(self, trust, shipped):
        """Return the state the row should have; what was never released is not taken back."""
        if trust.released(self.situation):
            return "released"
        was_released = self.state == "released" or shipped.released(self.situation)
        return "taken_back" if was_released else self.state

    @api.model
    def _note_state(self, rows_sudo, state):
        rows_sudo.write({"state": state, "changed_at": fields.Datetime.now()})
        payload = {row.id: {"situation": row.situation, "state": state} for row in rows_sudo}
        self.env["bank.event"]._record("situation_state", rows_sudo, payload)
        if state == "taken_back":
            rows_sudo.filtered("wrong_count")._ask_about_taken_back()
        elif state == "released":
            rows_sudo.activity_unlink(["mail.mail_activity_data_todo"])

    def _ask_about_taken_back(self):
        """Tell an accountant, by one task each, which matches no longer book themselves."""
        labels = dict(KIND_LABELS)
        for row in self.filtered(lambda row: not row.activity_ids):
            person = row._accountant()
            env = row.with_context(lang=person.lang).env
            kinds = dict(row.with_env(env)._fields["kind"]._description_selection(env))
            kind = kinds.get(row.kind) or labels.get(row.kind) or row.situation
            row.with_env(env).activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=person.id,
                summary=env._("%(kind)s: no longer books itself", kind=kind),
                note=env._(
                    "Matches of the kind %(kind)s with the reasons %(reasons)s no longer book "
                    "themselves, because one of them was wrong. From now on they are proposed to "
                    "you. Right ones bring them back; if the cause of the wrong one is gone, press "
                    "Forgive Wrong Ones under Experience.",
                    kind=kind,
                    reasons=reason_text(env, row.situation.split("+")[1:]),
                ),
            )

    def _accountant(self):
        """Return who is told: whoever found the mistake, else a manager of the company's banks."""
        if self.env.user.has_group("bank_sync.group_user"):
            return self.env.user
        managers = self.env["res.users"].search(
            [
                ("all_group_ids", "in", self.env.ref("bank_sync.group_manager").ids),
                ("company_ids", "in", self.company_id.ids),
                ("share", "=", False),
            ],
            order="id",
            limit=1,
        )
        return managers or self.env.ref("base.user_admin")

    def action_forgive(self):
        """Take the wrong ones out of the count: their cause is known and gone.

        Right decisions stay; the situation is released again if they suffice.
        """
        self.check_access("write")
        payload = {row.id: {"wrong": row.wrong_count} for row in self}
        self.env["bank.event"]._record("situation_forgiven", self, payload)
        self.sudo().wrong_count = 0
        self.sudo()._settle()


def _counted(lessons):
    """Return rows of company, situation, right and wrong for SQL, or None."""
    rows = {}
    for lesson in lessons:
        if lesson.get("situation"):
            row = rows.setdefault((lesson["company"], lesson["situation"]), [0.0, 0.0])
            row[0 if lesson["right"] else 1] += lesson["weight"]
    if not rows:
        return None
    return SQL(", ").join(
        SQL("(%s, %s, %s::float, %s::float)", *key, *counts) for key, counts in sorted(rows.items())
    )
