from collections import namedtuple
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from ..core.plan.consumer import consumer_refusals
from ..core.plan.quote import quote
from ..core.plan.refusal import PlanRefusedError
from ..core.plan.terms import Terms
from .collection_plan_refusal import InternalRefusalError

#: One way to pay: an offer and what it costs with so many installments. ``quote`` is the core's,
#: amounts in minor units; the others are amounts of the currency, ``apr`` in percent.
Scenario = namedtuple(
    "Scenario",
    "offer count frequency first_due last_due installment deposit total_interest total_fees"
    " total_cost total_payable apr quote",
)

#: What must not be in a plan while it is not decided.
_HINDRANCES = ("dispute", "handed_over")


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    # === BUSINESS METHODS - WHAT MAY BE OFFERED === #

    @api.model
    def _scenarios(self, lines, today):
        """Return the ways in which these open items may be paid, the cheapest first.

        Every offer the customer may get, with its fewest, its most and a middle number of
        installments; what the law or arithmetic refuses is left out.

        :param lines: open items of one customer
        :return: list of :class:`Scenario`, perhaps empty
        :raise UserError: when these items cannot be in a plan
        """
        case_sudo = self._plan_case(lines)
        lines_sudo = self._check_plan_lines(case_sudo, lines.sudo())
        found = []
        for offer in self._suiting_offers(case_sudo, lines_sudo):
            middle = (offer.count_min + offer.count_max) // 2
            for count in sorted({offer.count_min, middle, offer.count_max}):
                try:
                    found.append(self._scenario(offer, lines_sudo, count, today=today))
                except UserError:
                    continue
        return sorted(found, key=lambda one: (one.total_cost, one.last_due))

    @api.model
    def _scenario(self, offer, lines, count, first_due=None, today=None):
        """Return what one offer costs for these items with so many installments.

        :param first_due: day of the first installment; that of the offer when not given
        :raise UserError: with one sentence, when the offer, the law or arithmetic refuses it
        """
        case_sudo = self._plan_case(lines)
        today = today or case_sudo.company_id._collection_today()
        terms = self._terms_of(offer.sudo(), lines.sudo(), count, first_due, today)
        self._check_terms(case_sudo, offer.sudo(), lines.sudo(), terms, today)
        try:
            found = quote(terms, self._working_day_shift(case_sudo, today))
        except PlanRefusedError as refusal:
            raise UserError(self._refusal_text(refusal.code, refusal.facts)) from refusal
        return self._as_scenario(offer, lines.currency_id, found)

    @api.model
    def _as_scenario(self, offer, currency, found):
        """Return a core quote in amounts of the currency."""
        factor = 10**currency.decimal_places
        return Scenario(
            offer=offer,
            count=found.terms.count,
            frequency=found.terms.frequency,
            first_due=found.installments[0].due,
            last_due=found.last_due,
            installment=max(one.total for one in found.installments) / factor,
            deposit=found.terms.deposit / factor,
            total_interest=found.total_interest / factor,
            total_fees=found.total_fees / factor,
            total_cost=found.total_cost / factor,
            total_payable=found.total_payable / factor,
            apr=float(found.apr_percent or 0),
            quote=found,
        )

    @api.model
    def _plan_case(self, lines):
        """Return the case (sudo) of the customer of these items.

        :raise UserError: when there are none, or of several customers or companies
        """
        lines_sudo = lines.sudo()
        customers = lines_sudo.partner_id.commercial_partner_id
        if len(customers) != 1 or len(lines_sudo.company_id) != 1:
            raise UserError(self.env._("A plan is about open invoices of one customer."))
        case_sudo = (
            self.env["collection.case"]
            .sudo()
            .search(
                [("partner_id", "=", customers.id), ("company_id", "=", lines_sudo.company_id.id)]
            )
        )
        if not case_sudo:
            lines_sudo.company_id._collection_evaluate(customers.ids)
            case_sudo = case_sudo.search(
                [("partner_id", "=", customers.id), ("company_id", "=", lines_sudo.company_id.id)]
            )
        if not case_sudo:
            raise UserError(
                self.env._("This invoice is not open, or not of %s.", customers.display_name)
            )
        return case_sudo

    @api.model
    def _suiting_offers(self, case, lines):
        """Return the offers this customer may get for these items."""
        return (
            self.env["collection.plan.offer"]
            .sudo()
            ._suiting(
                case.company_id,
                case.partner_id._collection_kind(),
                case.risk_band,
                lines._collection_amount(),
            )
        )

    # === BUSINESS METHODS - WHAT IS REFUSED === #

    @api.model
    def _check_plan_lines(self, case, lines, own=None):
        """Return the items, refused unless a plan may be made of them.

        :param own: a plan they may be in already: its own, or the one it takes the place of
        :raise UserError: with one sentence that says which invoice and why
        """
        if not lines:
            raise UserError(self.env._("Please choose at least one invoice."))
        lines = case._own_items(lines)
        company = case.company_id
        foreign = lines.filtered(lambda line: line.currency_id != company.currency_id)
        if foreign:
            raise UserError(
                self.env._(
                    "%(invoice)s is in %(currency)s: a plan can only be made in %(own)s.",
                    invoice=foreign[0].move_id.name,
                    currency=foreign[0].currency_id.name,
                    own=company.currency_id.name,
                )
            )
        self._check_not_planned(lines, own)
        stops = case.partner_id._collection_stops(company._collection_today())
        if "legal_stop" in stops.get(case.partner_id.id, ()):
            raise InternalRefusalError(
                self.env._(
                    "%(customer)s is under insolvency or a legal stop: no plan can be agreed.",
                    customer=case.partner_id.name,
                )
            )
        return lines

    @api.model
    def _check_not_planned(self, lines, own):
        """Refuse items that are in another running plan, disputed, or with an agency."""
        for line, parts in lines._collection_withholdings().items():
            codes = {part.code for part in parts} & set(_HINDRANCES)
            if codes:
                move = lines.browse(line).move_id
                raise InternalRefusalError(
                    self.env._(
                        "%(invoice)s is disputed or with an agency: decide on that first.",
                        invoice=move.name,
                    )
                )
        taken = self.env["collection.plan.line"].search(
            [("move_line_id", "in", lines.ids), ("is_running", "=", True)]
        )
        taken = taken.filtered(lambda line: line.plan_id != own)
        if taken:
            raise UserError(
                self.env._(
                    "%(invoice)s is in the payment plan %(plan)s already.",
                    invoice=taken[0].label,
                    plan=taken[0].plan_id.name,
                )
            )

    @api.model
    def _check_terms(self, case, offer, lines, terms, today):
        """Refuse what the offer does not foresee and what the law forbids for a consumer."""
        if offer not in self._suiting_offers(case, lines):
            raise InternalRefusalError(
                self.env._("“%(offer)s” is not for this customer or amount.", offer=offer.name)
            )
        if not offer.count_min <= terms.count <= offer.count_max:
            raise UserError(
                self.env._(
                    "“%(offer)s” allows from %(least)s to %(most)s installments.",
                    offer=offer.name,
                    least=offer.count_min,
                    most=offer.count_max,
                )
            )
        if terms.first_due < today or (terms.first_due - today).days > max(offer.first_days, 45):
            raise UserError(
                self.env._(
                    "The first installment has to be due within %(days)s days.",
                    days=max(offer.first_days, 45),
                )
            )
        codes = self._consumer_codes(case, offer, lines, terms, today)
        if codes:
            raise InternalRefusalError(self._refusal_text(codes[0], {}))

    @api.model
    def _consumer_codes(self, case, offer, lines, terms, today):
        """Return the codes for which the law forbids these terms for this customer."""
        return list(
            consumer_refusals(
                terms,
                b2c=case.partner_id._collection_kind() == "b2c",
                third_party_funded=offer.third_party_funded,
                supply_date=min(
                    line.move_id.delivery_date or line.move_id.invoice_date or line.date
                    for line in lines
                ),
                country=(case.partner_id.country_id or case.company_id.country_id).code,
                licensed=case.company_id._collection_policy()._may_grant_consumer_credit(),
                shift=self._working_day_shift(case, today),
            )
        )

    # === BUSINESS METHODS - QUOTE === #

    @api.model
    def _terms_of(self, offer, lines, count, first_due, today):
        """Return the core terms of an offer for these items."""
        currency = lines.currency_id
        factor = 10**currency.decimal_places
        principal = round(lines._collection_amount() * factor)

        def share(percent):
            return round(principal * percent / 100)

        return Terms(
            principal=principal,
            start=today,
            first_due=first_due or today + timedelta(days=offer.first_days),
            count=count,
            frequency=offer.frequency,
            method=offer.method,
            rate=offer._rate() if offer.method != "interest_free" else offer._rate() * 0,
            day_count=offer.day_count,
            upfront_fee=round(offer.upfront_fee * factor) + share(offer.upfront_percent),
            fee_financed=offer.fee_financed,
            installment_fee=round(offer.installment_fee * factor),
            deposit=share(offer.deposit_percent),
            grace=offer.grace if offer.rate and offer.method != "interest_free" else 0,
            balloon=share(offer.balloon_percent) if offer.method == "balloon" else 0,
            digits=currency.decimal_places,
        )

    @api.model
    def _working_day_shift(self, case, today):
        """Return what moves a day off to the next working day where the customer is."""
        calendars = self.env["collection.holiday"]._calendars(case.company_id, today)
        partner = case.partner_id
        country = partner.country_id or case.company_id.country_id
        return calendars.of(country.id, partner.state_id.id).next_working

    @api.model
    def _quote(self, lines, offer, count, first_due=None, source="phone", note=""):
        """Prepare a plan for these items: a quote nobody has seen yet.

        :param lines: open items of one customer; the right to write the case is checked
        :return: the plan
        :raise UserError: with one sentence, when there can be no such plan
        """
        self._plan_case(lines).with_env(self.env).check_access("write")
        case_sudo = self._plan_case(lines)
        today = case_sudo.company_id._collection_today()
        lines_sudo = self._check_plan_lines(case_sudo, lines.sudo())
        scenario = self._scenario(offer, lines_sudo, count, first_due, today)
        plan_sudo = self._create_quote(case_sudo, lines_sudo, offer, scenario.quote, source, note)
        return plan_sudo.with_env(self.env)

    @api.model
    def _quote_for_debtor(self, lines, offer, count, first_due=None, note=""):
        """Prepare the plan a customer chose on their page, and offer it where no one has to agree.

        Call it on sudo. It is offered at once up to the amount the offer says; else it waits, as a
        quote, with a task for a person.

        :return: the plan, ``offered`` or ``quote``
        :raise UserError: with one sentence for the customer
        """
        case = self._plan_case(lines)
        case._debtor_not_too_often("plan_quote")
        plan = self._quote(lines, offer, count, first_due, "customer", note)
        amount = plan.principal
        if plan.currency_id.compare_amounts(amount, offer.sudo().auto_amount) <= 0:
            plan._offer()
        else:
            case._debtor_ask(
                self.env._("Asks for installments"),
                self.env._("%(plan)s waits for your offer.", plan=plan.display_name),
            )
        return plan

    @api.model
    def _create_quote(self, case, lines, offer, found, source, note):
        """Create a plan in quote with its first version (sudo)."""
        amount = lines._collection_amount()
        limit = offer.sudo().approval_amount
        currency = lines.currency_id
        plan = self.sudo().create(
            {
                "case_id": case.id,
                "partner_id": case.partner_id.id,
                "company_id": case.company_id.id,
                "currency_id": currency.id,
                "offer_id": offer.id,
                "source": source,
                "user_id": False if source == "customer" else self.env.uid,
                "note": note or False,
                "principal": amount,
                "open_amount": (found.total_payable + found.terms.deposit)
                / 10**currency.decimal_places,
                "needs_approval": bool(limit) and currency.compare_amounts(amount, limit) > 0,
            }
        )
        self.env["collection.plan.line"].sudo().create(
            [
                {
                    "plan_id": plan.id,
                    "move_line_id": line.id,
                    "label": line.move_id.name or line.name,
                    "amount": line.amount_residual_currency,
                }
                for line in lines
            ]
        )
        plan.version_id = plan._create_version("start", found)
        self.env["collection.event"]._log("plan_quote", plan, payload=plan._told())
        return plan
