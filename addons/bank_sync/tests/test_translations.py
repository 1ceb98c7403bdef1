import io

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_open
from odoo.tools.translate import trans_export

_FIELDS = "model:ir.model.fields,"


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """The files know every string of the addon; tests/conventions asks what they say."""

    def test_no_string_of_the_addon_is_missing_from_the_template(self):
        """Whoever adds a string exports the template again and translates the new entries."""
        exported = io.BytesIO()
        trans_export(None, ["bank_sync"], exported, "po", self.env)
        with file_open("bank_sync/i18n/bank_sync.pot", "rb") as stream:
            template = {entry.msgid for entry in polib.pofile(stream.read().decode())}
        ours = {
            entry.msgid
            for entry in polib.pofile(exported.getvalue().decode())
            # Which fields the mixins of other addons bring depends on what is installed.
            if not all(place.startswith(_FIELDS) for place, _line in entry.occurrences)
        }
        self.assertGreater(len(ours), 50)
        self.assertEqual(ours - template, set())
