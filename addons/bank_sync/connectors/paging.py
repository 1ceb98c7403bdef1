"""Follow a bank's links from page to page, through everything banks do wrong with them.

Source of the habits: public reports against real interfaces. A ``next`` that points to itself, to
another resource or to nowhere; pages that overlap because entries were booked in between.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .base import Page
from .errors import BankError, ContractViolation, Permanent, Temporary
from .transport import Answer, Transport

#: Pages of one stretch before we call it endless.
MAX_PAGES = 2_000
#: How often a stretch is read again because its books moved meanwhile.
MAX_RESTARTS = 2
#: How banks say that the place in their list is gone: it must be read from the beginning.
_MOVED_STATUSES = {409, 410}


class BooksMoved(Exception):
    """Pages fetched so far do not belong together any more."""


def follow(
    transport: Transport,
    address: str,
    *,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    next_of: Callable[[Answer], str | None],
    entries_of: Callable[[Answer], list[Any]],
) -> Iterator[Page]:
    """Yield the pages of one stretch, each before it is read.

    :param address: path of the first page; every further one must lie at or below it
    :param next_of: returns the link to the next page
    :param entries_of: returns the booked entries as they came, to notice pages that overlap
    :raise ContractViolation: when a link repeats, leads elsewhere, or never ends
    :raise Temporary: ``books_moved`` when the bank cannot hold still
    """
    for attempt in range(MAX_RESTARTS + 1):
        walk = _Walk(transport, address, headers, next_of, entries_of)
        walk.tolerant = attempt == MAX_RESTARTS
        try:
            for number, answer in enumerate(walk.answers(query)):
                yield Page(
                    answer.content,
                    answer.media_type,
                    answer.request_id,
                    starts_over=attempt > 0 and number == 0,
                )
                walk.understand(answer)
        except BooksMoved:
            continue
        return
    raise Temporary("books_moved", "The bank's books moved each time they were read.")


class _Walk:
    """One attempt to read a stretch from its first page to its last."""

    tolerant = False

    def __init__(
        self,
        transport: Transport,
        address: str,
        headers: Mapping[str, str],
        next_of: Callable[[Answer], str | None],
        entries_of: Callable[[Answer], list[Any]],
    ) -> None:
        self._transport = transport
        self._root = transport.resolve(address)
        self._headers = headers
        self._next_of = next_of
        self._entries_of = entries_of
        self._visited: set[str] = set()
        self._known: set[str] = set()
        self._here = self._root
        self._following: str | None = None

    def answers(self, query: Mapping[str, str]) -> Iterator[Answer]:
        """Yield the answers; ``understand`` has to be called between two of them."""
        answer = self._transport.get(self._root, headers=self._headers, query=query)
        yield answer
        for _number in range(MAX_PAGES - 1):
            if not self._following:
                return
            try:
                answer = self._transport.get(self._following, headers=self._headers)
            except (Permanent, ContractViolation) as error:
                raise self._broken(error) from error
            yield answer
        if self._following:
            raise ContractViolation("page_loop", f"The bank sends more than {MAX_PAGES} pages.")

    def understand(self, answer: Answer) -> None:
        """Find the next page and notice that books have moved."""
        fresh = {key for entry in self._entries_of(answer) if (key := _key(entry))}
        overlap = fresh & self._known
        if overlap and not self.tolerant:
            raise BooksMoved
        if overlap and overlap == fresh:
            self._refuse("The bank's next page brings the same entries again.", answer)
        self._known |= fresh
        href = self._next_of(answer)
        self._following = None
        if not href:
            return
        following = self._transport.resolve(href, at=self._here)
        if following in self._visited or following == self._here:
            self._refuse("The bank's link to the next page leads back.", answer)
        path = following.partition("?")[0]
        if path != self._root and not path.startswith(self._root + "/"):
            self._refuse("The bank's link to the next page leads to something else.", answer)
        self._visited.add(following)
        self._here = self._following = following

    def _refuse(self, detail: str, answer: Answer) -> None:
        raise ContractViolation("page_loop", detail, answer.request_id)

    def _broken(self, error: BankError) -> Exception:
        """Return what a page stands for that the bank itself linked to and does not give.

        Pages that are gone make the stretch incomplete; nothing says the account is.
        """
        if error.status in _MOVED_STATUSES:
            return BooksMoved()
        if isinstance(error, Permanent) and error.code not in {"tls", "client_certificate"}:
            return Temporary("page_missing", error.detail, error.request_id)
        return error


def _key(entry: Any) -> str | None:
    """Return what tells an entry from all others; ``None`` where nothing does.

    Without an id, two equal entries may be two payments.
    """
    if not isinstance(entry, dict):
        return None
    names = ("transactionId", "entryReference", "TransactionId")
    if not any(isinstance(entry.get(name), str) and entry[name].strip() for name in names):
        return None
    return json.dumps(entry, sort_keys=True)
