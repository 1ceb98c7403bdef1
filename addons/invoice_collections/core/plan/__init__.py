"""Payment plans: terms, schedules, what they cost, and what becomes of them.

Money is ``int`` minor units, a rate is a :class:`~decimal.Decimal` share of one a year (0.12 is
12 %), days are arguments. Nothing here knows Odoo or the clock.
"""
