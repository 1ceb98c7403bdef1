"""What people's decisions taught us about who pays, and for whom.

Only decisions of people enter: what we book alone proves nothing about itself. Everything is
counted, so that a decision that is undone can be taken out again.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from .names import words

#: How many confirmations an account counts for that a person has put on file.
DECLARED = 100
#: How much of an account or a name is compared; what is longer is no account and no name.
KEY_LENGTH = 140
#: The three things known of a payer: whose account, whose name, for whom it has paid.
ACCOUNT, ALIAS, PAID_FOR = "account", "alias", "paid_for"
#: What is known as (thing, account or name, partner, confirmations, last confirmed).
Row = tuple[str, str, int, int, date | None]

_NOBODY: Mapping[int, int] = MappingProxyType({})


def account_key(account: str) -> str:
    """Return an account number as it is compared: letters and digits, upper case.

    >>> account_key("de89 3704-0044")
    'DE8937040044'
    """
    return "".join(filter(str.isalnum, account.upper()))[:KEY_LENGTH]


def name_key(name: str) -> str:
    """Return a name as it is compared: its telling words in alphabetical order.

    >>> name_key("Tilleul, Maison S.A.R.L.") == name_key("MAISON TILLEUL")
    True
    """
    # Payers come again; what is too long for a name would fill the memory.
    return _name_key(name) if len(name) <= KEY_LENGTH else _name_key.__wrapped__(name)


@lru_cache(maxsize=16_384)
def _name_key(name: str) -> str:
    return " ".join(sorted(words(name)))[:KEY_LENGTH].rstrip()


class Knowledge:
    """Payer accounts, names and families, each with partners and confirmations.

    >>> known = Knowledge()
    >>> known.learn_payment("DE89 3704 0044", "Bäckerei Ost GmbH", 7, date(2026, 5, 4))
    >>> known.accounts("de8937040044"), known.aliases("BACKEREI OST")
    (mappingproxy({7: 1}), mappingproxy({7: 1}))
    >>> known.forget_payment("DE89 3704 0044", "Bäckerei Ost GmbH", 7, date(2026, 5, 4))
    >>> list(known.rows())
    []
    """

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], dict[int, int]] = {}
        self._days: dict[tuple[str, str, int], date] = {}

    def learn_payment(
        self, account: str, name: str, partner: int, day: date, *, family: bool = False
    ) -> None:
        """Count one payment that a person said is ``partner``'s.

        :param family: the payer is somebody else: a parent company, a relative, a factor
        """
        for thing, key in self._keys(account, name, family=family):
            self._add(thing, key, partner, 1, day)

    def forget_payment(
        self, account: str, name: str, partner: int, day: date, *, family: bool = False
    ) -> None:
        """Take out one payment whose decision was undone; never counts below zero."""
        for thing, key in self._keys(account, name, family=family):
            self._add(thing, key, partner, -1, day)

    def accounts(self, account: str) -> Mapping[int, int]:
        """Return whose account it is: partner → confirmations."""
        return self._look_up(ACCOUNT, account_key(account))

    def aliases(self, name: str) -> Mapping[int, int]:
        """Return who has paid under this name: partner → confirmations."""
        return self._look_up(ALIAS, name_key(name))

    def paid_for(self, payer: str) -> Mapping[int, int]:
        """Return for whom a payer, by account or name, has paid: partner → confirmations.

        >>> known = Knowledge()
        >>> known.learn_payment("", "Holding AG", 7, date(2026, 5, 4), family=True)
        >>> dict(known.paid_for("HOLDING")), dict(known.aliases("HOLDING"))
        ({7: 1}, {})
        """
        return self._look_up(PAID_FOR, account_key(payer)) or self._look_up(
            PAID_FOR, name_key(payer)
        )

    def add_account(self, account: str, partner: int, count: int, day: date | None = None) -> None:
        """Add what is known of an account; ``DECLARED`` where a person put it on file."""
        self._add(ACCOUNT, account_key(account), partner, count, day)

    def add_alias(self, name: str, partner: int, count: int, day: date | None = None) -> None:
        """Add a name under which a partner pays."""
        self._add(ALIAS, name_key(name), partner, count, day)

    def rows(self) -> Iterator[Row]:
        """Yield all that is known, in a fixed order, for ``from_rows``."""
        for (thing, key), partners in sorted(self._counts.items()):
            for partner, count in sorted(partners.items()):
                yield thing, key, partner, count, self._days.get((thing, key, partner))

    @classmethod
    def from_rows(cls, rows: Iterable[Row], *, since: date | None = None) -> "Knowledge":
        """Return the knowledge kept in rows.

        :param since: for whom somebody else has paid is forgotten when last confirmed earlier

        >>> old = [("paid_for", "HOLDING", 7, 3, date(2024, 1, 1))]
        >>> dict(Knowledge.from_rows(old, since=date(2025, 1, 1)).paid_for("Holding AG"))
        {}
        """
        known = cls()
        for thing, key, partner, count, day in rows:
            if thing == PAID_FOR and since and day and day < since:
                continue
            known._add(thing, key, partner, count, day)
        return known

    @staticmethod
    def _keys(account: str, name: str, *, family: bool) -> tuple[tuple[str, str], ...]:
        things = (PAID_FOR, PAID_FOR) if family else (ACCOUNT, ALIAS)
        return tuple(zip(things, (account_key(account), name_key(name)), strict=True))

    def _add(self, thing: str, key: str, partner: int, count: int, day: date | None) -> None:
        if not key:
            return
        partners = self._counts.setdefault((thing, key), {})
        partners[partner] = partners.get(partner, 0) + count
        if day and count > 0:
            self._days[thing, key, partner] = max(
                day, self._days.get((thing, key, partner), date.min)
            )
        if partners[partner] <= 0:
            del partners[partner]
            self._days.pop((thing, key, partner), None)
        if not partners:
            del self._counts[thing, key]

    def _look_up(self, thing: str, key: str) -> Mapping[int, int]:
        partners = self._counts.get((thing, key))
        return MappingProxyType(partners) if partners else _NOBODY
