"""Whoever reads French or German never meets a word of English, nor a sentence without its values.

What a text must be made of is asked of the files alone; that the template holds every string of
the code is asked where the addon is installed, next to the addon.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import polib
import pytest

ADDONS = Path(__file__).parents[2] / "addons"
LANGUAGES = ("de", "fr")
FILES = [
    pytest.param(addon.name, language, id=f"{addon.name}-{language}")
    for addon in sorted(ADDONS.iterdir())
    if (addon / "__manifest__.py").exists()
    for language in LANGUAGES
]

#: What a translation repeats exactly: values, rendered expressions and the tags of a view.
_KEPT = (
    re.compile(r"%\(\w+\)[a-z]|%[sd](?!\w)"),
    re.compile(r"\{\{.*?\}\}|t-(?:out|esc|att-\w+)=\"[^\"]*\"|<field [^>]*>"),
    re.compile(r"</?[a-z]\w*(?=[\s/>])|(?:class|role|invisible|href)=\"[^\"]*\""),
)


def _words(addon: str, name: str) -> polib.POFile:
    return polib.pofile(str(ADDONS / addon / "i18n" / name))


def _sentences(addon: str, language: str) -> list[polib.POEntry]:
    return [entry for entry in _words(addon, f"{language}.po") if not entry.obsolete]


def _kept(text: str) -> list[Counter[str]]:
    return [Counter(pattern.findall(text)) for pattern in _KEPT]


def _edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


@pytest.mark.parametrize(("addon", "language"), FILES)
def test_every_string_of_the_template_is_translated_and_no_other(addon: str, language: str) -> None:
    """A string that left the template leaves the translations too."""
    template = {entry.msgid for entry in _words(addon, f"{addon}.pot")}
    translated = {entry.msgid for entry in _sentences(addon, language)}
    assert translated - template == set()
    assert template - translated == set()


@pytest.mark.parametrize(("addon", "language"), FILES)
def test_no_translation_is_empty_doubtful_or_given_twice(addon: str, language: str) -> None:
    """Odoo would show the English source, or whichever came last."""
    words = _words(addon, f"{language}.po")
    times = Counter(entry.msgid for entry in words)
    assert [entry.msgid for entry in words.untranslated_entries()] == []
    assert [entry.msgid for entry in words.fuzzy_entries()] == []
    assert [entry.msgid for entry in words.obsolete_entries()] == []
    assert [msgid for msgid, count in times.items() if count > 1] == []


@pytest.mark.parametrize(("addon", "language"), FILES)
def test_a_translation_holds_the_same_values_as_its_source(addon: str, language: str) -> None:
    """A lost placeholder hides an amount; a lost tag breaks the view."""
    assert [
        (entry.msgid, entry.msgstr)
        for entry in _sentences(addon, language)
        if _kept(entry.msgid) != _kept(entry.msgstr)
    ] == []


@pytest.mark.parametrize(("addon", "language"), FILES)
def test_a_translation_keeps_the_blanks_at_its_edges(addon: str, language: str) -> None:
    """Some strings are the beginning or the end of a longer sentence."""
    assert [
        entry.msgid
        for entry in _sentences(addon, language)
        if _edges(entry.msgid) != _edges(entry.msgstr)
    ] == []


#: Where a debtor reads it: the page, mails, letters, the few words, names of steps as subjects.
_READ_BY_DEBTORS = re.compile(
    r"mail\.template,(subject|body_html|collection_short_text)|collection\.cadence(\.step)?,name"
    r"|arch_db:invoice_collections\.(mail_layout|letter_|short_text|debtor_|opt_out)"
)


@pytest.mark.parametrize("language", ["es", "nl"])
def test_what_debtors_read_is_there_in_their_language(language: str) -> None:
    """A Spanish or Dutch customer gets no reminder half in English."""
    addon = "invoice_collections"
    known = {entry.msgid for entry in _words(addon, f"{language}.po") if entry.msgstr}
    missing = {
        entry.msgid
        for entry in _words(addon, f"{addon}.pot")
        if any(_READ_BY_DEBTORS.search(place) for place, _line in entry.occurrences)
    } - known
    assert missing == set()
