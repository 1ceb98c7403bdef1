import io
import re

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_open
from odoo.tools.translate import trans_export

#: What must be in a translation exactly as in the source: values and rendered expressions.
_PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\{.*?\}\}|t-(?:out|att-\w+)=\"[^\"]*\"|<field [^>]*>")

_FIELDS = "model:ir.model.fields,"


def _words(name):
    with file_open(f"invoice_collections/i18n/{name}", "rb") as stream:
        return polib.pofile(stream.read().decode())


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """A customer or colleague who reads French or German never meets a word of English."""

    def test_every_string_is_translated(self):
        for language in ("fr", "de"):
            words = _words(f"{language}.po")
            with self.subTest(language=language):
                self.assertEqual([entry.msgid for entry in words.untranslated_entries()], [])
                self.assertEqual([entry.msgid for entry in words.fuzzy_entries()], [])

    def test_a_translation_holds_the_same_values_as_its_source(self):
        for language in ("fr", "de"):
            for entry in _words(f"{language}.po"):
                with self.subTest(language=language, source=entry.msgid):
                    self.assertEqual(
                        sorted(_PLACEHOLDER.findall(entry.msgstr)),
                        sorted(_PLACEHOLDER.findall(entry.msgid)),
                    )

    def test_no_string_of_the_addon_is_missing_from_the_files(self):
        """Whoever adds a string exports the template again and translates the new entries."""
        exported = io.BytesIO()
        trans_export(None, ["invoice_collections"], exported, "po", self.env)
        template = {entry.msgid for entry in _words("invoice_collections.pot")}
        ours = {
            entry.msgid
            for entry in polib.pofile(exported.getvalue().decode())
            # Which fields the mixins of other addons bring depends on what is installed.
            if not all(
                place.startswith("model:ir.model.fields,") for place, _line in entry.occurrences
            )
        }
        self.assertEqual(ours - template, set())
        for language in ("fr", "de"):
            self.assertEqual(template - {entry.msgid for entry in _words(f"{language}.po")}, set())
