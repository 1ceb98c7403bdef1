"""Unpack the Odoo package's tar stream (stdin) into a folder: unpack_odoo.py FOLDER fr,de,…

818 of its 1200 MB are translations, of which only the named languages are kept. A second, broken
copy of the addons (``dist-packages/addons``: code without data) is left out, because Odoo would
put it on its default addons path.
"""

import re
import sys
import tarfile

DIST = "./usr/lib/python3/dist-packages/"
DROPPED = ("./etc/", "./usr/share/doc/", DIST + "addons/", DIST + "doc/", DIST + "setup/")


def is_wanted(name, languages):
    """Tell whether a member of the package is needed to run Odoo in these languages.

    >>> is_wanted("./usr/lib/python3/dist-packages/odoo/addons/sale/i18n/fr_BE.po", ["fr"])
    True
    >>> is_wanted("./usr/lib/python3/dist-packages/odoo/addons/sale/i18n/sale.pot", ["fr"])
    False
    >>> is_wanted("./usr/lib/python3/dist-packages/addons/sale/__init__.py", ["fr"])
    False
    """
    if (name + "/").startswith(DROPPED):
        return False
    translation = re.search(r"/i18n/([^/]+)[.]pot?$", name)
    return not translation or translation[1].split("_")[0].split("@")[0] in languages


def main(folder, languages):
    """Extract the wanted members; refuses members that would leave the folder."""
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(  # noqa: S202 - hash-checked package, and filtered where Python can
            folder, members=(m for m in archive if is_wanted(m.name, languages))
        )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2].split(","))
