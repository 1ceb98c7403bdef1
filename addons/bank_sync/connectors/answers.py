"""What a bank's error answer means: status, code and wording -> one of our errors.

Banks agree neither on status nor on code, least of all for used-up allowances; some say it in
words only. Sources of the wordings: public reports of users of these banks.
"""

import email.utils
import json
import re
from collections.abc import Mapping
from datetime import date

from .errors import (
    AuthExpired,
    BankError,
    ConsentInvalid,
    ContractViolation,
    PeriodTooOld,
    Permanent,
    QuotaExceeded,
    Temporary,
)

#: Wordings of an allowance that is used up, with status 400, 401, 403 or 429.
_QUOTA = re.compile(
    r"HUB046|CLO03941|access(es)? (has been |have been )?exceed|multiplicity per day|rate.?limit"
    r"|exceed\w* .{0,40}(access|quota|limit)|(access|quota|limit|allowance)\w* .{0,40}exceed"
    r"|too many (requests|calls|accesses)",
    re.IGNORECASE,
)
#: Wordings that say the allowance is of the day.
_DAILY = re.compile(r"HUB046|CLO03941|per day|daily|number of accesses|24 ?h", re.IGNORECASE)
#: Codes of a stretch the bank does not go back to.
_PERIOD_CODES = {"PERIOD_INVALID", "UK.OBIE.Field.InvalidDate"}
#: Parts of UK Open Banking codes that say the permission is gone.
_UK_CONSENT = ("InvalidConsentStatus", "Reauthenticate", "Resource.ConsentMismatch")


def is_html(content: bytes) -> bool:
    """Tell whether a body is a page for people.

    >>> is_html(b" <!DOCTYPE html><html>"), is_html(b'{"a": "<html>"}'), is_html(b"<Document/>")
    (True, False, False)
    """
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def error_of(
    status: int, headers: Mapping[str, str], content: bytes, request_id: str | None
) -> BankError | None:
    """Return the error an answer stands for, ``None`` for a success."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        detail = f"The bank answered {status} and points elsewhere."
        return ContractViolation("redirect", detail, request_id)
    code, text = problem(content)
    detail = f"HTTP {status} {code} {text}".strip()
    if status == 429 or code == "ACCESS_EXCEEDED" or _is_quota(status, f"{code} {text}"):
        per_day = code == "ACCESS_EXCEEDED" or bool(_DAILY.search(f"{code} {text}"))
        wait = retry_after(headers)
        return QuotaExceeded("quota", detail, request_id, wait, per_day=per_day and wait is None)
    if status >= 500 or status == 408:
        return Temporary("unavailable", detail, request_id, retry_after(headers))
    if code.startswith("CONSENT_") or any(part in code for part in _UK_CONSENT):
        return ConsentInvalid(code, detail, request_id)
    if status != 401 and is_html(content):
        return ContractViolation("html_page", f"HTTP {status} with a page.", request_id, content)
    if status in {401, 403}:
        return AuthExpired(code or "unauthorised", detail, request_id)
    if code in _PERIOD_CODES:
        return PeriodTooOld(code, detail, request_id, _day_in(text))
    return Permanent(code or f"http_{status}", detail, request_id)


def _is_quota(status: int, words: str) -> bool:
    return status in {400, 401, 403} and bool(_QUOTA.search(words))


def problem(content: bytes) -> tuple[str, str]:
    """Return code and text of an error answer, in whichever shape the bank chose.

    >>> problem(b'{"tppMessages": [{"code": "ACCESS_EXCEEDED", "text": "4 a day"}]}')
    ('ACCESS_EXCEEDED', '4 a day')
    >>> problem(b'[{"category": "ERROR", "code": "ACCESS_EXCEEDED"}]')
    ('ACCESS_EXCEEDED', '')
    >>> problem(b'{"Code": "400 BadRequest", "Errors": [{"ErrorCode": "U001", "Message": "No"}]}')
    ('U001', 'No')
    >>> problem(b"[HUB046] Allowed number of accesses exceeded for consent")
    ('', '[HUB046] Allowed number of accesses exceeded for consent')
    """
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        plain = content[:200].decode("utf-8", "replace")
        return "", "" if "<" in plain else " ".join(plain.split())
    messages = value
    if isinstance(value, dict):
        messages = value.get("tppMessages") or value.get("Errors") or value.get("errors") or value
    first = messages[0] if isinstance(messages, list) and messages else messages
    if not isinstance(first, dict):
        return "", ""
    code = first.get("code") or first.get("ErrorCode") or first.get("error") or first.get("Code")
    text = next((first[key] for key in _TEXTS if isinstance(first.get(key), str)), "")
    return str(code or "")[:60], str(text)[:200]


_TEXTS = ("text", "Message", "message", "error_description", "detail", "title")


def retry_after(headers: Mapping[str, str]) -> int | None:
    """Return the seconds of ``Retry-After``; a date is read against the bank's own clock.

    >>> retry_after({"Retry-After": "120"})
    120
    >>> retry_after({"Retry-After": "Mon, 02 Mar 2026 08:02:00 GMT",
    ...              "Date": "Mon, 02 Mar 2026 08:00:00 GMT"})
    120
    >>> retry_after({"Retry-After": "soon"})
    """
    text = headers.get("Retry-After", "").strip()
    if text.isdigit():
        return int(text[:9])
    try:
        until = email.utils.parsedate_to_datetime(text)
        now = email.utils.parsedate_to_datetime(headers.get("Date", ""))
        return max(0, int((until - now).total_seconds()))
    except (ValueError, TypeError):
        return None


def _day_in(text: str) -> date | None:
    """Return the first day named in a sentence.

    >>> _day_in("Only transactions since 2025-12-01 are available")
    datetime.date(2025, 12, 1)
    """
    found = re.search(r"\b(\d{4})-(\d{2})-(\d{2})\b", text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
