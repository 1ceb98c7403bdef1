"""What the import page shows of one file: plain data, in the user's language."""

from odoo import fields

from ..models.statement_problems import journal_choices


def document_card(document, gaps=None):
    """Return one file as the page shows it.

    :param gaps: ``bank.file.statement`` id → what is missing before it

    ``outcome``: ``ready``, ``booking``, ``imported``, ``known``, ``refused``, ``quarantined``.
    """
    outcome = _outcome(document)
    statements = document.file_statement_ids.sorted("number")
    return {
        "id": document.id,
        "name": document.name,
        "size": document.size,
        "format": _format(document),
        "state": document.state,
        "outcome": outcome,
        "problem_code": document.problem_code or "",
        "message": _message(document, outcome),
        "remarks": _remarks(document),
        "known_id": document.known_document_id.id,
        "to_book": document.line_count,
        "booked": document.booked_count,
        "added": document.added_count,
        "known": document.known_count,
        "matching_due": document.matching_due,
        "forced": document.forced_reason or "",
        "can_force": set(statements.mapped("problem_code")) - {False} == {"not_proved"},
        "what_to_do": document.what_to_do or "",
        "statements": [_statement(told, (gaps or {}).get(told.id)) for told in statements],
    }


def _format(document):
    name, version = document.file_format or "", document.file_version or ""
    return version if version.startswith(name) else " ".join(filter(None, (name, version)))


def _outcome(document):
    if document.state == "received":
        return "ready"
    if document.state == "parsed":
        return "imported" if document.added_count else "known"
    if document.state == "withdrawn":
        return "refused"
    if document.problem_code == "known_file":
        return "known"
    return document.state


def _message(document, outcome):
    env = document.env
    if outcome in {"refused", "quarantined"} or document.state == "refused":
        problem = document.problem or ""
        named = problem.startswith(document.name)
        return problem if named else f"{document.name}: {problem}"
    if outcome == "imported":
        sentence = env._(
            "%(file)s: %(added)s entries imported, %(known)s were already there.",
            file=document.name,
            added=document.added_count,
            known=document.known_count,
        )
        return " ".join([sentence, *_remarks(document)])
    if outcome == "known":
        sentence = env._(
            "%(file)s: all %(count)s entries were already there.",
            file=document.name,
            count=document.known_count,
        )
        return " ".join([sentence, *_remarks(document)])
    return document.problem or ""


def _remarks(document):
    """Return what the accountant must know about a booked file."""
    remarks = [
        problem for problem in document.file_statement_ids.run_id.mapped("problem") if problem
    ]
    if document.moved_count:
        remarks.append(
            document.env._(
                "%(count)s entries lie in a locked period: their lines are dated on an open day, "
                "the bank's own day stays on each.",
                count=document.moved_count,
            )
        )
    return remarks


def _statement(told, gap):
    return {
        "id": told.id,
        "number": told.number,
        "name": told.name or told.sequence or "",
        "sequence": told.sequence or "",
        "account": told.account_number or "",
        "currency": told.currency_id.name or "",
        "journal": told.journal_id.display_name or "",
        "journal_choices": journal_choices(told),
        "period": _period(told),
        "entries": told.entry_count,
        "new": told.new_count,
        "known": told.known_count,
        "opening": _money(told, "opening") if told.has_opening else "",
        "closing": _money(told, "closing") if told.has_closing else "",
        "total": _money(told, "total"),
        "difference": _money(told, "difference"),
        "proof": told.proof,
        "problem_code": told.problem_code or "",
        "problem": told.problem or "",
        "warnings": [*(told.warnings or ()), *((gap,) if gap else ())],
        "sample": told.sample or [],
        "statement_id": told.statement_id.id,
    }


def _period(told):
    days = [told.date_from, told.date_to]
    texts = [fields.Date.to_string(day) for day in dict.fromkeys(days) if day]
    return " … ".join(texts)


def _money(told, name):
    currency = told.currency_id
    return currency.format(told[name]) if currency else f"{told[name]:.2f}"
