"""Whose clock counts for a debtor whose own time zone nobody knows."""

from collections.abc import Mapping, Sequence


def zones(
    own: str | None,
    country: str | None,
    house: str | None,
    zones_of: Mapping[str, Sequence[str]],
) -> tuple[str, ...]:
    """Return the zones in all of which it must be a decent hour.

    The debtor's own; else all of the debtor's country (a large one has many, and the debtor may be
    in any); else ours.

    :param zones_of: time zones by country code

    >>> known = {"DE": ["Europe/Berlin", "Europe/Busingen"]}
    >>> zones("Europe/Paris", "DE", None, known), zones(None, "DE", "Asia/Tokyo", known)
    (('Europe/Paris',), ('Europe/Berlin', 'Europe/Busingen'))
    >>> zones(None, "XX", "Asia/Tokyo", known), zones(None, None, None, known)
    (('Asia/Tokyo',), ('UTC',))
    """
    if own:
        return (own,)
    of_country = tuple(zones_of.get(country or "", ()))
    return of_country or (house or "UTC",)
