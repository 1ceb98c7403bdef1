"""Statements as files: downloaded, or laid down in the folder the customer fetches them from."""

import pathlib

from flask import Response, jsonify, request

from .. import camt, statements, web
from ..errors import Refused, format_error
from ..reading import Body, checked_date
from .common import account_named, blueprint, read_body


@blueprint.get("/statement")
def statement():
    """Return the statement of one day (``date``) or of a period (``from``, ``to``)."""
    with web.reading() as bank:
        values = Body({name: request.args[name] for name in request.args}, "")
        account, first, last, name = _wanted(bank, values)
        body = statements.content(bank, account, first, last, name)
    file_name = statements.file_name(account, first, last, name)
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(body, content_type=statements.media_type(name), headers=headers)


@blueprint.post("/files")
def lay_down():
    """Lay a statement down as a file, whole or as an upload that is not finished."""
    body = read_body()
    folder = _folder()
    with web.reading() as bank:
        account, first, last, name = _wanted(bank, body)
        data = statements.content(bank, account, first, last, name)
    usual = statements.file_name(account, first, last, name)
    file_name = body.text("name", 200, usual)
    if not statements.NAME.fullmatch(file_name) or file_name in (".", ".."):
        raise format_error("must be the name of a file", "$.name")
    way = body.choice("way", statements.WAYS, "rename")
    statements.lay_down(folder, file_name, data, way)
    return jsonify({"name": file_name, "size": len(data), "way": way}), 201


@blueprint.get("/files")
def read_files():
    """Return what lies in the folder, and all formats there are."""
    folder = _folder()
    found = sorted(path.name for path in folder.iterdir() if path.is_file())
    return jsonify({"files": found, "formats": statements.FORMATS})


def _folder() -> pathlib.Path:
    folder = web.settings().files
    if not folder:
        text = "the bank was started without --files: it has no folder for files"
        raise Refused(409, "SERVICE_INVALID", text)
    return pathlib.Path(folder)


def _wanted(bank: web.Bank, values: Body):
    """Return account, first day, last day and format."""
    account = account_named(bank, values.text("account", 70, "") or "", "account")
    day = checked_date(values.value.get("date", bank.today.isoformat()), "date")
    first = checked_date(values.value.get("from", day.isoformat()), "from")
    last = checked_date(values.value.get("to", day.isoformat()), "to")
    if not account.opened_on <= first <= last <= bank.today:
        text = f"choose days from {account.opened_on} to {bank.today}, in order"
        raise Refused(400, "PERIOD_INVALID", text, "from")
    return account, first, last, values.choice("format", statements.FORMATS, camt.USUAL)
