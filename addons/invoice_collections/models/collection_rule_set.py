from odoo import api, fields, models
from odoo.exceptions import UserError

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {"draft": {"verified"}, "verified": {"superseded"}, "superseded": set()}


class CollectionRuleSet(models.Model):
    """What the law of one country lets a creditor charge for late payment.

    A set without a company comes with the addon and is not edited; a company's own verified set
    of the same country takes its place. A set that is not verified is not used.
    """

    _name = "collection.rule.set"
    _description = "Late-Payment Rules"
    _order = "name, id"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", default=lambda self: self.env.company
    )
    country_id = fields.Many2one("res.country", ondelete="restrict", index="btree_not_null")
    line_ids = fields.One2many("collection.rule.line", "rule_set_id", "Rules", copy=True)
    note = fields.Text()
    state = fields.Selection(
        [("draft", "Draft"), ("verified", "Verified"), ("superseded", "Superseded")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )

    _one_verified = models.UniqueIndex(
        "(country_id, COALESCE(company_id, 0)) WHERE state = 'verified'",
        "A country has one verified set of rules.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create sets; a user's are drafts."""
        if not self.env.su:
            vals_list = [{**vals, "state": "draft"} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        """Write; the state only moves by its buttons."""
        if "state" in vals and not self.env.su:
            raise UserError(self.env._("The state of a rule set moves by its buttons only."))
        return super().write(vals)

    def copy_data(self, default=None):
        """Copy a set as a draft of the current company."""
        return super().copy_data({"company_id": self.env.company.id, **(default or {})})

    # === ACTION METHODS === #

    def action_verify(self):
        """Use these rules from now on, instead of the company's earlier ones of the country."""
        self.check_access("write")
        for rules in self:
            if not any(rules.line_ids.mapped("verified")):
                raise UserError(
                    self.env._("No rule of %(set)s is verified yet.", set=rules.display_name)
                )
            earlier = self.search(
                [
                    ("country_id", "=", rules.country_id.id),
                    ("company_id", "=", rules.company_id.id),
                    ("state", "=", "verified"),
                ]
            )
            earlier._transition("superseded")
            rules._transition("verified")

    def action_supersede(self):
        """Use these rules no more."""
        self.check_access("write")
        self._transition("superseded")

    # === BUSINESS METHODS === #

    def _transition(self, target):
        """Move all sets to ``target``, or none, and record it: the only writer of ``state``."""
        refused = self.filtered(lambda rules: target not in TRANSITIONS[rules.state])
        if refused:
            raise UserError(
                self.env._(
                    "%(set)s cannot become %(state)s.",
                    set=refused[0].display_name,
                    state=dict(self._fields["state"]._description_selection(self.env))[target],
                )
            )
        rows = [(f"rule_set_{target}", rules, {"from": rules.state}) for rules in self]
        self.sudo().write({"state": target})
        self.env["collection.event"]._log_many(rows, company=self.env.company)

    @api.model
    def _for_companies(self, companies):
        """Return ``{company: {country: set}}`` of what may be used; own sets win. One query."""
        sets = self.sudo().search(
            [("state", "=", "verified"), ("company_id", "in", [*companies.ids, False])],
            order="company_id NULLS FIRST, id",
        )
        found = {company: {} for company in companies}
        for rules in sets:
            for company in rules.company_id or companies:
                found[company][rules.country_id] = rules
        return found
