"""What is promised of every adapter in the registry, whatever it speaks."""

import inspect

import pytest

from odoo.addons.bank_sync import connectors
from odoo.addons.bank_sync.connectors import base

PROMISED = [name for name in vars(base.BankAdapter) if not name.startswith("_")]
METHODS = [name for name in PROMISED if callable(getattr(base.BankAdapter, name, None))]
#: What a bank of that kind does not do -> the methods that must refuse.
RULED_OUT = {
    "no consent": ("start_consent", "consent_state", "revoke_consent"),
    "no pages": ("pages",),
    "no files": ("files", "acknowledge"),
    "no orders": ("submit", "order_state", "find_order"),
}


def adapters():
    assert connectors.base is base
    return [pytest.param(cls, id=code) for code, cls in sorted(base.REGISTRY.items())]


@pytest.mark.parametrize("cls", adapters())
def test_every_method_is_there_with_the_arguments_callers_use(cls):
    for name in METHODS:
        theirs = inspect.signature(getattr(cls, name))
        if any(p.kind is p.VAR_KEYWORD for p in theirs.parameters.values()):
            continue  # refused as a whole
        ours = inspect.signature(getattr(base.BankAdapter, name))
        assert list(ours.parameters) == list(theirs.parameters), name
        for parameter in ours.parameters.values():
            assert theirs.parameters[parameter.name].kind is parameter.kind, name


@pytest.mark.parametrize("cls", adapters())
def test_what_the_capabilities_rule_out_is_refused(cls):
    able = cls.capabilities
    missing = {
        "no consent": able.link == {"none"},
        "no pages": able.delivers != "pages",
        "no files": able.delivers != "files",
        "no orders": not able.submits,
    }
    for reason, names in RULED_OUT.items():
        for name in names if missing[reason] else ():
            with pytest.raises(base.Permanent) as caught:
                getattr(cls, name)(object.__new__(cls))
            assert caught.value.code == "not_supported"


@pytest.mark.parametrize("cls", adapters())
def test_capabilities_make_sense(cls):
    able = cls.capabilities
    assert able.link
    assert able.delivers in {"pages", "files"}
    assert able.reads_per_day is None or able.reads_per_day > 0
    assert able.idempotency_seconds >= 0
    assert cls.code == cls.code.lower()
