"""What all calls of NextGenPSD2 1.3 share: headers, ids in paths, links."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .base import OAuthApproval
from .errors import ContractViolation
from .json_values import text_of
from .transport import Answer, Transport


def attended(user_ip: str | None) -> dict[str, str]:
    """Say that a person is waiting, if and only if one is."""
    return {"PSU-IP-Address": user_ip} if user_ip else {}


def link_of(value: Mapping[str, Any], name: str) -> str | None:
    """Return the address of a link in ``_links``, where there is one."""
    links = value.get("_links")
    link = links.get(name) if isinstance(links, dict) else None
    href = link.get("href") if isinstance(link, dict) else link
    return href.strip() or None if isinstance(href, str) else None


def page_for_people(value: Mapping[str, Any]) -> str | None:
    """Return the bank's page to approve on; never something a browser would run as ours."""
    href = link_of(value, "scaRedirect")
    return href if href and urlsplit(href).scheme in {"https", "http"} else None


def way_to_approve(
    transport: Transport, answer: Answer, headers: Mapping[str, str], subject: str, scope: str
) -> tuple[str | None, OAuthApproval | None, str | None]:
    """Return how a person approves what ``answer`` has opened.

    Where the bank wants each approval opened by itself, it is. Nothing but the links decides:
    banks choose another way than the one we prefer.

    :param subject: path of the consent or payment
    :param scope: to be asked for where the person signs in at an OAuth server
    :return: page, OAuth and message
    :raise ContractViolation: when the bank leaves no way we can go
    """
    value = answer.json()
    if link_of(value, "startAuthorisation"):
        answer = transport.post(
            f"{subject}/authorisations", headers=headers, body={}, grant="client"
        )
        value = answer.json()
    authorisation = text_of(value, "authorisationId") or _last_part(link_of(value, "scaStatus"))
    message = text_of(value, "psuMessage")
    page = page_for_people(value)
    if page:
        return page, None, message
    if link_of(value, "scaOAuth"):
        return None, OAuthApproval(scope), message
    if authorisation and not link_of(value, "scaRedirect"):
        return None, None, message or ""
    raise ContractViolation(
        "incomplete", "The bank names no way to approve.", answer.request_id, answer.content
    )


def _last_part(href: str | None) -> str | None:
    """Return the id at the end of a link.

    >>> _last_part("/v1/consents/c1/authorisations/a7"), _last_part(None)
    ('a7', None)
    """
    parts = urlsplit(href or "").path.rstrip("/").split("/authorisations/")
    return parts[1] or None if len(parts) == 2 else None
