from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..core import cadence

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {"draft": {"active", "archived"}, "active": {"archived"}, "archived": set()}

#: What only the buttons write.
_DERIVED = {"state", "version", "family_id"}


class CollectionCadence(models.Model):
    """An ordered set of contacts around a due date, for a company or for one of its customers.

    What is in use is not edited: a new version is, and takes over when it is activated. Cases that
    are being reminded keep the version they run on. Cadences without a company are the library:
    read by all, edited by none, copied into each company.
    """

    _name = "collection.cadence"
    _inherit = "collection.lifecycle"
    _description = "Cadence"
    _order = "sequence, version desc, id"
    _transitions = TRANSITIONS

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In use"), ("archived", "Archived")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="Only a draft is edited. Activating it retires the version before it.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    family_id = fields.Many2one(
        "collection.cadence",
        "First version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company, copy=False
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    step_ids = fields.One2many("collection.cadence.step", "cadence_id", "Steps", copy=True)
    summary = fields.Char(compute="_compute_summary")
    running_case_count = fields.Integer(compute="_compute_running_case_count")
    is_default = fields.Boolean(
        "For everybody",
        compute="_compute_is_default",
        help="The policy names it: customers follow it whose case names no other.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Write; states and versions come from the buttons only.

        :raise AccessError: for a user who writes them
        """
        derived = _DERIVED.intersection(vals)
        if derived and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(fields)s of a cadence cannot be written by hand.",
                    fields=", ".join(sorted(derived)),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        kept = self.filtered(lambda record: record.state != "draft")
        if kept and not self.env.su:
            raise UserError(
                self.env._(
                    "The cadence %(cadence)s was used: archive it instead of deleting it.",
                    cadence=kept[0].display_name,
                )
            )

    # === COMPUTE METHODS === #

    @api.depends("name", "version")
    def _compute_display_name(self):
        for record in self:
            record.display_name = (
                f"{record.name} (v{record.version})" if record.version > 1 else record.name
            )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for record in self:
            record.currency_id = (record.company_id or self.env.company).currency_id

    @api.depends("step_ids.offset_days", "step_ids.repeat_days", "step_ids.repeat_times")
    def _compute_summary(self):
        for record in self:
            offsets = sorted({step.offset_days for step in record._core_steps()})
            record.summary = " · ".join(f"{offset:+d}" if offset else "0" for offset in offsets)

    def _compute_running_case_count(self):
        counts = dict(
            self.env["collection.case"]._read_group(
                [("running_cadence_id", "in", self.ids)], ["running_cadence_id"], ["__count"]
            )
        )
        for record in self:
            record.running_case_count = counts.get(record, 0)

    @api.depends("company_id")
    def _compute_is_default(self):
        used = self.env["collection.policy"].search([("cadence_id", "in", self.ids)]).cadence_id
        for record in self:
            record.is_default = record in used

    # === ACTION METHODS === #

    def action_new_version(self):
        """Open a draft that is to take over from this cadence."""
        self.ensure_one()
        self.check_access("write")
        first = self.family_id or self
        versions = self.with_context(active_test=False).search(
            ["|", ("id", "=", first.id), ("family_id", "=", first.id)]
        )
        draft_sudo = self.sudo().copy(
            {
                "name": self.name,
                "company_id": self.company_id.id,
                "version": max(versions.mapped("version")) + 1,
                "family_id": first.id,
            }
        )
        return draft_sudo._open_form()

    def action_activate(self):
        """Put this version into use; the version before it is archived."""
        self.check_access("write")
        for record_sudo in self.sudo():
            record_sudo._check_complete()
            record_sudo._take_over()
            record_sudo._transition("active")

    def action_archive(self):
        """Take cadences out of use.

        :raise UserError: when a policy still names one
        """
        self.check_access("write")
        used_sudo = self.env["collection.policy"].sudo().search([("cadence_id", "in", self.ids)])
        if used_sudo:
            raise UserError(
                self.env._(
                    "The cadence %(cadence)s is the one of the policy: choose another there first.",
                    cadence=used_sudo[0].cadence_id.display_name,
                )
            )
        self.sudo().filtered(lambda record: record.state != "archived")._transition("archived")
        return super().action_archive()

    def action_move_running_cases(self):
        """Have cases that still run on earlier versions go on with this one."""
        self.ensure_one()
        self.check_access("write")
        cases_sudo = (
            self.env["collection.case"]
            .sudo()
            .search([("running_cadence_id", "in", self._earlier_versions().ids)])
        )
        cases_sudo.write({"running_cadence_id": False})
        self.env["collection.event"]._log_many(
            [("case_version_moved", case, {"cadence": self.id}) for case in cases_sudo]
        )
        cases_sudo._evaluate()

    def action_preview(self):
        """Show who would get what today and until the end of the month with this cadence."""
        self.ensure_one()
        return self.env["collection.run.preview"]._open(
            self.company_id or self.env.company, cadence=self
        )

    def _open_form(self):
        """Return the action that opens this cadence."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    def _transition(self, target):
        """Move all records to ``target``, or none, and record it: the only writer of ``state``.

        :raise UserError: when one record may not go there
        """
        self._check_may_become(target)
        rows = [
            (f"cadence_{target}", record, {"from": record.state, "version": record.version})
            for record in self
        ]
        self.write({"state": target, "active": target != "archived"})
        self.env["collection.event"]._log_many(rows)

    def _check_complete(self):
        """Refuse to put a cadence into use that would say nothing."""
        self.ensure_one()
        if not self.step_ids:
            raise UserError(
                self.env._("The cadence %(cadence)s has no step yet.", cadence=self.display_name)
            )

    def _earlier_versions(self):
        """Return the other versions of the same cadence (sudo, archived ones included)."""
        self.ensure_one()
        first = self.family_id or self
        versions_sudo = (
            self.sudo()
            .with_context(active_test=False)
            .search(["|", ("id", "=", first.id), ("family_id", "=", first.id)])
        )
        return versions_sudo - self

    def _take_over(self):
        """Let this version follow the one in use; cases that are being reminded keep that one."""
        self.ensure_one()
        used = self._earlier_versions().filtered(lambda record: record.state == "active")
        if not used:
            return
        policies = self.env["collection.policy"].search([("cadence_id", "in", used.ids)])
        cases = self.env["collection.case"]
        for record in used:
            running = cases.search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("state", "in", cases._RUNNING_STATES),
                    ("running_cadence_id", "=", False),
                    ("cadence_id", "in", [record.id, False] if policies else [record.id]),
                ]
            )
            running.write({"running_cadence_id": record.id})
        cases.search([("cadence_id", "in", used.ids)]).write({"cadence_id": self.id})
        policies.write({"cadence_id": self.id})
        used._transition("archived")

    @api.model
    def _learn_languages(self, langs):
        """Take over the library's names in these languages where a copy still has none.

        Companies get their copies when they are created, in the languages of that day.
        """
        cadences_sudo = self.sudo().with_context(active_test=False, lang="en_US")
        library = cadences_sudo.search([("company_id", "=", False)]).grouped("name")
        for record in cadences_sudo.search([("company_id", "!=", False)]):
            original = library.get(record.name)
            if not original:
                continue
            _take_translations(original[:1], record, langs)
            steps = original[:1].step_ids.grouped(lambda step: (step.offset_days, step.name))
            for step in record.step_ids:
                same = steps.get((step.offset_days, step.name))
                if same:
                    _take_translations(same[:1], step, langs)

    def _core_steps(self):
        """Return the steps as the core knows them, repetitions included, in the order of days."""
        return tuple(
            sorted(
                (
                    one
                    for step in self.step_ids
                    for one in cadence.repeated(
                        step._core_step(), step.repeat_days, step.repeat_times
                    )
                ),
                key=lambda step: (step.offset_days, step.tone),
            )
        )


def _take_translations(source, target, langs):
    """Write the names of ``source`` where ``target`` only has the untranslated one."""
    known = {
        lang: source.with_context(lang=lang).name
        for lang in langs
        if target.with_context(lang=lang).name == target.name
    }
    missing = {lang: name for lang, name in known.items() if name != target.name}
    if missing:
        target.update_field_translations("name", missing)
