from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from ..core.matching.knowledge import (
    ACCOUNT,
    ALIAS,
    DECLARED,
    KEY_LENGTH,
    PAID_FOR,
    Knowledge,
    account_key,
    name_key,
)

#: Days after which "has paid for" is no longer believed without a new confirmation.
PAID_FOR_DAYS = 365
#: What is counted, and therefore not written by hand.
_COUNTED = frozenset({"key", "count", "last_day", "declared"})


class BankMatchPayer(models.Model):
    """One thing known of a payer: whose an account or a name is, or for whom it has paid.

    Learnt by counting what people decide, or entered by a person. Everybody who matches may see,
    correct and delete it.
    """

    _name = "bank.match.payer"
    _description = "Known Payer"
    _order = "text, thing, count desc, id"
    _rec_name = "text"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    thing = fields.Selection(
        [(ACCOUNT, "Account of"), (ALIAS, "Name of"), (PAID_FOR, "Has paid for")],
        string="Known As",
        required=True,
        default=ALIAS,
        index=True,
        help="Account or name of the partner itself, or a payer who has paid for the partner.",
    )
    text = fields.Char(
        string="Account or Name", required=True, help="As the bank writes it; spelling is ignored."
    )
    key = fields.Char(compute="_compute_key", store=True, help="Account or name as it is compared.")
    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade", check_company=True
    )
    count = fields.Integer(
        string="Confirmed",
        readonly=True,
        copy=False,
        default=0,
        help="How often people have confirmed it.",
    )
    last_day = fields.Date(string="Last Confirmed", readonly=True, copy=False)
    declared = fields.Boolean(
        string="Entered by Hand", readonly=True, copy=False, help="Believed without confirmations."
    )

    _payer_uniq = models.UniqueIndex(
        "(company_id, thing, key, partner_id)", "This is known of the payer already."
    )

    @api.depends("thing", "text")
    def _compute_key(self):
        for payer in self:
            payer.key = key_of(payer.thing, payer.text or "")

    @api.constrains("thing", "text")
    def _check_key(self):
        if silent := self.filtered(lambda payer: not payer.key):
            raise ValidationError(
                self.env._(
                    "“%(text)s” tells nobody apart. Enter an account number, or a name with more "
                    "than a title and a legal form.",
                    text=silent[0].text,
                )
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create what people enter; counts come from decisions alone."""
        self._check_counted(set().union(*vals_list))
        return super().create([{**vals, "declared": True} for vals in vals_list])

    def write(self, vals):
        """Correct what is known; what a person corrects is as if entered by hand."""
        self._check_counted(vals)
        if {"thing", "text", "partner_id"}.intersection(vals):
            vals = {**vals, "declared": True}
        return super().write(vals)

    def _check_counted(self, names):
        if not self.env.su and (counted := sorted(_COUNTED.intersection(names))):
            names = ", ".join(counted)
            raise AccessError(self.env._("%(fields)s cannot be written by hand.", fields=names))

    @api.ondelete(at_uninstall=False)
    def _unlink_remembered(self):
        """Keep that somebody made us forget it, and what it was."""
        payload = {
            payer.id: {
                "thing": payer.thing,
                "text": payer.text,
                "partner": payer.partner_id.display_name,
                "confirmed": payer.count,
            }
            for payer in self
        }
        self.env["bank.event"]._record("payer_forgotten", self, payload)

    # === KNOWLEDGE === #

    @api.model
    def _knowledge(self, company):
        """Return everything the company knows of payers, in two queries.

        Accounts on file at partners count as entered by hand.
        """
        self.env["res.partner.bank"].flush_model()
        self.flush_model()
        known = Knowledge.from_rows(
            self.env.execute_query(
                SQL(
                    """
                    SELECT payer.thing, payer.key, partner.commercial_partner_id,
                           payer.count + CASE WHEN payer.declared THEN %(declared)s ELSE 0 END,
                           CASE WHEN payer.declared THEN NULL ELSE payer.last_day END
                      FROM bank_match_payer payer
                      JOIN res_partner partner ON partner.id = payer.partner_id
                     WHERE payer.company_id = %(company)s
                     ORDER BY payer.id
                    """,
                    declared=DECLARED,
                    company=company.id,
                )
            ),
            since=company._bank_today() - timedelta(days=PAID_FOR_DAYS),
        )
        accounts = self.env.execute_query(
            SQL(
                """
                SELECT account.sanitized_acc_number, partner.commercial_partner_id
                  FROM res_partner_bank account
                  JOIN res_partner partner ON partner.id = account.partner_id
                 WHERE account.active AND account.sanitized_acc_number IS NOT NULL
                   AND (account.company_id IS NULL OR account.company_id = %(company)s)
                 ORDER BY account.id
                """,
                company=company.id,
            )
        )
        for number, partner in accounts:
            known.add_account(number, partner, DECLARED)
        return known

    # === LEARNING === #

    @api.model
    def _learn(self, lessons):
        """Count payments that people decided on, in one query.

        Safe beside others who learn the same: who comes second adds to what is there.

        :param lessons: dicts of ``company``, ``account``, ``name``, ``day`` (ISO) and
            ``partners``, a list of (partner id, whether the payer is somebody else)
        """
        rows = _counted(lessons)
        if not rows:
            return
        self.flush_model()
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s::date, FALSE, %s, %s, now() at time zone 'UTC',"
                " now() at time zone 'UTC')",
                *key,
                text,
                count,
                day,
                self.env.uid,
                self.env.uid,
            )
            for key, (text, count, day) in sorted(rows.items())
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO bank_match_payer AS known
                       (company_id, thing, key, partner_id, text, count, last_day, declared,
                        create_uid, write_uid, create_date, write_date)
                VALUES %s
                    ON CONFLICT (company_id, thing, key, partner_id) DO UPDATE
                   SET count = known.count + EXCLUDED.count,
                       last_day = GREATEST(known.last_day, EXCLUDED.last_day),
                       write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                """,
                values,
            )
        )
        self.invalidate_model()

    @api.model
    def _unlearn(self, lessons):
        """Take payments out again whose decision was undone; what is left of none goes."""
        rows = _counted(lessons)
        if not rows:
            return
        self.flush_model()
        values = SQL(", ").join(
            SQL("(%s, %s, %s, %s, %s)", *key, count)
            for key, (_text, count, _day) in sorted(rows.items())
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE bank_match_payer AS known
                   SET count = GREATEST(0, known.count - gone.count)
                  FROM (VALUES %s) AS gone (company_id, thing, key, partner_id, count)
                 WHERE (known.company_id, known.thing, known.key, known.partner_id)
                     = (gone.company_id, gone.thing, gone.key, gone.partner_id)
                """,
                values,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM bank_match_payer
                 WHERE count = 0 AND declared IS NOT TRUE AND company_id IN %s
                """,
                tuple({key[0] for key in rows}),
            )
        )
        self.invalidate_model()


def key_of(thing, text):
    """Return an account or a name as it is compared, or "" when it tells nobody apart.

    Who "has paid for" somebody is an account where the text has digits, else a name.
    """
    if thing == ACCOUNT or (thing == PAID_FOR and any(c.isdigit() for c in text)):
        return account_key(text)
    return name_key(text)


def _counted(lessons):
    """Return (company, thing, key, partner) → (text, count, last day)."""
    rows = {}
    for lesson in lessons:
        for partner, family in lesson["partners"]:
            for thing, text in ((ACCOUNT, lesson["account"]), (ALIAS, lesson["name"])):
                key = (account_key if thing == ACCOUNT else name_key)(text or "")
                if key:
                    known_as = PAID_FOR if family else thing
                    row = (lesson["company"], known_as, key, partner)
                    _text, count, day = rows.get(row, (text, 0, lesson["day"]))
                    rows[row] = (text[:KEY_LENGTH], count + 1, max(day, lesson["day"]))
    return rows
