"""Regular expressions that people write: searched only where they cannot run away."""

import re

try:
    from re import _constants, _parser  # type: ignore[attr-defined]
except ImportError:  # Python 3.10
    import sre_constants as _constants  # type: ignore[no-redef]
    import sre_parse as _parser  # type: ignore[no-redef]

#: Characters of a text that are searched, and repeats without end a pattern may have: together
#: they bound the steps of a search.
MAX_TEXT = 400
MAX_REPEATS = 3
#: What may be there or not; each doubles the ways to read a text.
MAX_OPTIONS = 8
#: A repeat from here on counts as one without end.
LONG = 50

_REPEATS = {
    getattr(_constants, name)
    for name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
    if hasattr(_constants, name)
}


class HostilePatternError(ValueError):
    """A pattern that is none, or whose search could take for ever."""


def search(pattern: str, text: str) -> re.Match[str] | None:
    """Search ``text``, or as much of it as is safe.

    >>> search(r"BRT: ([\\d,]+)", "R:9672938 BRT: 3358,07 C:").group(1)
    '3358,07'
    >>> search(r"(a+)+$", "a" * 40)
    Traceback (most recent call last):
    ...
    odoo.addons.bank_sync.core.pattern_guard.HostilePatternError: a repeat within a repeat

    :raise HostilePatternError: for what is no pattern, and for one that is not safe
    """
    return checked(pattern).search(text[:MAX_TEXT])


def checked(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that may search up to `MAX_TEXT` characters of any text.

    :raise HostilePatternError: for what is no pattern, and for one that is not safe
    """
    try:
        parsed = _parser.parse(pattern)
        compiled = re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise HostilePatternError(str(error)) from None
    endless, options = _count_repeats(parsed, within=False)
    if endless > MAX_REPEATS or options > MAX_OPTIONS:
        raise HostilePatternError("too many repeats")
    return compiled


def _count_repeats(parsed, *, within: bool) -> tuple[int, int]:
    """Count repeats without end and others; refuse what multiplies within one, and references."""
    endless = options = 0
    for operation, argument in parsed:
        if operation in {_constants.GROUPREF, _constants.GROUPREF_EXISTS}:
            raise HostilePatternError("a reference back")
        if operation is _constants.BRANCH and within:
            raise HostilePatternError("a choice within a repeat")
        inside = within
        if operation in _REPEATS:
            _least, most, _repeated = argument
            if most > 1 and within:
                raise HostilePatternError("a repeat within a repeat")
            inside = within or most > 1
            endless += most >= LONG
            options += most < LONG
        for part in _parts(argument):
            more_endless, more_options = _count_repeats(part, within=inside)
            endless, options = endless + more_endless, options + more_options
    return endless, options


def _parts(argument):
    """Yield the patterns an operation is made of, however deep they lie."""
    if isinstance(argument, _parser.SubPattern):
        yield argument
    elif isinstance(argument, list | tuple):
        for part in argument:
            yield from _parts(part)
