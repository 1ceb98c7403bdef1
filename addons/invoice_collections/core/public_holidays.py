"""Public holidays of a country and its parts, from the ``holidays`` package."""

from collections.abc import Iterable
from datetime import date

#: What the dates are credited to.
SOURCE = "holidays"


class UnknownPlace(Exception):
    """The package knows no such country or part."""


def days(country: str, part: str | None, years: Iterable[int]) -> dict[date, str]:
    """Return ``{date: name}`` of the public holidays, those of the whole country included.

    :param country: ISO 3166-1 code of two letters
    :param part: ISO 3166-2 code of the part, ``BY`` or ``DE-BY``; ``None`` for the whole country
    :raise UnknownPlace: for a place the package does not know
    :raise ImportError: where the package is not installed

    >>> issubclass(UnknownPlace, Exception)
    True
    """
    # Read once a month by a job, not at every start of every process.
    from holidays import country_holidays  # noqa: PLC0415

    part = part and part.removeprefix(f"{country}-")
    try:
        found = country_holidays(country, subdiv=part, years=tuple(years))
    except NotImplementedError as error:
        if part is None:
            raise UnknownPlace(country) from error
        return days(country, None, years)
    return dict(found)
