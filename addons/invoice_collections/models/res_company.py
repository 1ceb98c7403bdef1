from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_policy_ids = fields.One2many(
        "collection.policy",
        "company_id",
        "Collection policy",
        readonly=True,
        groups="invoice_collections.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Create companies, each with its own policy and copy of the standard cadence."""
        companies = super().create(vals_list)
        companies._collection_setup()
        return companies

    # === BUSINESS METHODS === #

    def _collection_setup(self):
        """Give the companies what they lack of policy, cadences and channels. Safe to repeat."""
        self.env["collection.channel"]._setup(self)
        policy_sudo = self.env["collection.policy"].sudo()
        standard_sudo = self.env.ref(
            "invoice_collections.cadence_standard", raise_if_not_found=False
        )
        missing = self - policy_sudo.search([("company_id", "in", self.ids)]).company_id
        if not standard_sudo or not missing:
            return
        standard_sudo = standard_sudo.sudo()
        library_sudo = standard_sudo.search([("company_id", "=", False)])
        for company in missing:
            copies = {
                cadence: cadence.copy(
                    {"company_id": company.id, "name": cadence.name, "state": "active"}
                )
                for cadence in library_sudo
            }
            policy_sudo.create({"company_id": company.id, "cadence_id": copies[standard_sudo].id})

    def _collection_policy(self):
        """Return the policy of the company (sudo: any employee's screens may need it)."""
        self.ensure_one()
        return self.sudo().collection_policy_ids[:1]

    def _collection_today(self):
        """Return today's date where the company is, whoever runs the code."""
        self.ensure_one()
        timezone = self.sudo().partner_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=timezone))

    def _collection_feed_reason(self):
        """Return why nobody can know whether due items are paid already, or ``False``.

        Hook: an addon that reads the bank answers ``stale_feed`` or ``unproven_feed``; then
        overdue reminders wait, and only notes before the due date go out.
        """
        self.ensure_one()
        return False

    def _collection_run(self, today=None, commit=None, customers=None):
        """Run the reminders of one day: evaluate, plan, guard, queue the mails.

        Idempotent: a second run on the same day sends nothing again; what was blocked and is free
        now is sent. Queries do not grow with the number of open items.

        :param today: the company's day; its own today when not given
        :param customers: only these, after something happened to them; all when not given
        :param commit: called after each batch, which is whole or not there at all
        :return: ``{"planned": n, "sent": n, "blocked": {code: n}, "cases": n}``; "sent" means
            handed to the mail queue
        """
        self.ensure_one()
        return (
            self.env["collection.engine"]
            .sudo()
            .with_company(self)
            .with_context(allowed_company_ids=self.ids, tracking_disable=True)
            ._run(
                self.sudo(),
                today or self._collection_today(),
                commit=commit,
                customers=customers and customers.sudo().commercial_partner_id,
            )
        )

    def _collection_evaluate(self, customer_ids=None, today=None):
        """Bring the cases of these customers (all when ``None``) in line with the books.

        Missing cases are opened; cases without open debts become clear.

        :return: the cases with something open (sudo)
        """
        self.ensure_one()
        today = today or self._collection_today()
        policy = self._collection_policy()
        balances = self.env["collection.ledger"]._balances(self, policy, today, customer_ids)
        case_model_sudo = self.env["collection.case"].sudo().with_context(tracking_disable=True)
        domain = [("company_id", "=", self.id)]
        if customer_ids is not None:
            domain.append(("partner_id", "in", list(customer_ids)))
        # Read at once: cases would be read by the thousand otherwise.
        cases_sudo = case_model_sudo.search_fetch(domain, case_model_sudo._EVALUATED)
        known = set(cases_sudo.partner_id.ids)
        opened_sudo = case_model_sudo.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True
        ).create(
            [
                {
                    "partner_id": customer,
                    "company_id": self.id,
                    # Not left to NULL: that would sort before every amount.
                    "open_amount": 0.0,
                    "overdue_amount": 0.0,
                }
                for customer in sorted(balances)
                if customer not in known
            ]
        )
        self.env["collection.event"]._log_many(
            [("case_opened", case, None) for case in opened_sudo]
        )
        cases_sudo |= opened_sudo.with_env(cases_sudo.env)
        self._collection_apply(cases_sudo, balances, today)
        return cases_sudo.filtered(lambda case: case.partner_id.id in balances)

    def _collection_apply(self, cases_sudo, balances, today):
        """Write states and figures that differ from the facts: one write a target state."""
        moving = {}
        retries = cases_sudo._retry_days(today)
        standings = cases_sudo._standings(balances, today)
        over = cases_sudo.filtered(
            lambda case: (
                case.pause_reason
                and (standings[case.id].state == "clear" or not case._is_paused(today))
            )
        )
        over._end_pause()
        for case_sudo in cases_sudo:
            balance = balances.get(case_sudo.partner_id.id)
            stand = standings[case_sudo.id]
            values = {
                **case_sudo._figures(balance),
                **case_sudo._standing_values(stand, balance, retries.get(case_sudo.id), today),
            }
            if stand.state != case_sudo.state:
                moving.setdefault(stand.state, []).append(case_sudo.id)
            changed = {name: value for name, value in values.items() if case_sudo[name] != value}
            if changed:
                case_sudo.write(changed)
        for target, case_ids in moving.items():
            cases_sudo.browse(case_ids)._transition(target)

    def _collection_dashboard(self):
        """Return what the dashboard shows, as plain data. Hook: extend the dict.

        See :meth:`collection.dashboard._data` for its keys. Access is checked by the caller.
        """
        self.ensure_one()
        return self.env["collection.dashboard"].sudo().with_company(self)._data(self.sudo())
