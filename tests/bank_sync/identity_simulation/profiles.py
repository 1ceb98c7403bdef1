"""The habits a bank is simulated with, alone and together."""

_CHANGES = dict.fromkeys(("retext", "redate", "backdate", "remove"), True)
_EVERYTHING = {**_CHANGES, "twice": True, "drop": True, "partial": True}
_WITHOUT_TWICE = {**_CHANGES, "drop": True, "partial": True}

#: Name → habits. ``balance``: the bank's balance comes with every reading. ``files``: a proved
#: statement every few days beside the interface; ``only_files``: nothing else. ``exports``: files
#: without any balance that overlap.
PROFILES = {
    # The twelve of the research report.
    "stable ids": {},
    "no ids": {"ids": "none"},
    "blank ids": {"ids": "blank"},
    "ids per session": {"ids": "session"},
    "one id for many": {"ids": "reused"},
    "texts change": {"ids": "none", "retext": True},
    "back-dated entries": {"ids": "none", "backdate": True},
    "days move": {"ids": "none", "redate": True},
    "entries vanish": {"ids": "none", "remove": True},
    "elements sent twice": {"twice": True},
    "everything, stable ids": _EVERYTHING,
    "everything, no ids": {"ids": "none", **_WITHOUT_TWICE},
    # What the prototype left out.
    "lines left out, stable ids": {"drop": True},
    "lines left out": {"ids": "none", "drop": True},
    "fetches break off": {"ids": "none", "partial": True},
    "texts rewritten": {"ids": "none", "rewrite": True},
    "texts rewritten, payments repeat": {"ids": "none", "rewrite": True, "repeat": True},
    "references come later": {"ids": "none", "enrich": True, "retext": True},
    "reversal pairs": {"ids": "none", "reverse": True, "retext": True},
    "everything, one id for many": {"ids": "reused", **_WITHOUT_TWICE},
    "everything, ids per session": {"ids": "session", **_WITHOUT_TWICE, "repeat": True},
    "everything, with balances": {"ids": "none", **_WITHOUT_TWICE, "balance": True},
    # Files, alone and beside the interface.
    "statements alone": {"ids": "none", "only_files": True, "repeat": True, "backdate": True},
    "statements and interface": {"ids": "none", "files": True, "file_words": True, "repeat": True},
    "statements and interface, ids": {"files": True, "file_words": True, "numbered": True},
    "statements, interface, habits": {
        "ids": "none", "files": True, "file_words": True, "retext": True, "backdate": True,
        "reverse": True, "drop": True, "balance": True,
    },
    "overlapping files": {"ids": "none", "exports": True, "only_files": True, "repeat": True},
    "overlapping files and interface": {
        "ids": "none", "exports": True, "file_words": True, "backdate": True,
    },
}  # fmt: skip
