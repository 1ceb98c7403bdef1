import csv
import os
import pathlib

from odoo.tests import tagged

from .import_common import ImportPageCommon

CORPUS = os.environ.get("STATEMENT_CORPUS_DIR")


@tagged("post_install", "-at_install")
class TestImportCorpus(ImportPageCommon):
    """Files of real banks and hostile ones on the page: always an answer, never an error."""

    def test_every_file_of_the_corpus_is_shown_or_refused_in_words(self):
        if not CORPUS:
            self.skipTest("STATEMENT_CORPUS_DIR is not set: no corpus of bank files to drop")
        folder = pathlib.Path(CORPUS)
        with (folder / "MANIFEST.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertGreater(len(rows), 100)
        for row in rows:
            path = folder / row["path"]
            with self.subTest(row["path"]):
                page = self.page(content=path.read_bytes(), name=path.name)
                card = page._page()["documents"][0]
                if row["expect"] == "reject":
                    self.assertEqual(card["outcome"], "refused")
                if card["outcome"] == "refused":
                    self.assertIn(path.name, card["message"])
                    self.assertNotIn("%(", card["message"])
                else:
                    self.assertTrue(card["statements"])
                    self.assertIn(card["outcome"], ("ready", "quarantined"))
        self.assertFalse(self.entries() or self.lines(), "looking books nothing")
