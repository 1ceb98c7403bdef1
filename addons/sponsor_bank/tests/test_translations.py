import io

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_open
from odoo.tools.translate import trans_export

#: This addon, and the two it needs: here they are all installed.
ADDONS = ("bank_sync", "invoice_collections", "sponsor_bank")
_FIELDS = "model:ir.model.fields,"


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """The files know every string of the addons; tests/conventions asks what they say."""

    def test_no_string_of_an_addon_is_missing_from_its_template(self):
        """Whoever adds a string exports the template again and translates the new entries."""
        for addon in ADDONS:
            with self.subTest(addon=addon):
                exported = io.BytesIO()
                trans_export(None, [addon], exported, "po", self.env)
                with file_open(f"{addon}/i18n/{addon}.pot", "rb") as stream:
                    template = {entry.msgid for entry in polib.pofile(stream.read().decode())}
                ours = {
                    entry.msgid
                    for entry in polib.pofile(exported.getvalue().decode())
                    # Which fields the mixins of other addons bring depends on what is installed.
                    if not all(place.startswith(_FIELDS) for place, _line in entry.occurrences)
                }
                self.assertGreater(len(ours), 50)
                self.assertEqual(ours - template, set())
