"""A folder of received mails: one ``.eml`` file each, as the SMTP sink stores them.

The envelope (who it was really delivered to) is kept in two headers put in front of the mail.
"""

import datetime
import email
import email.policy
import itertools
import os
import pathlib
import re
from dataclasses import dataclass

ENVELOPE_TO = "X-Envelope-To"
ENVELOPE_FROM = "X-Envelope-From"
_NAME = re.compile(r"\d{8}-\d{6}-\d{6}-\d{4}")


@dataclass(frozen=True)
class Mail:
    """One received mail; texts are decoded, absent parts are empty."""

    name: str
    received: datetime.datetime
    sender: str
    recipients: str
    subject: str
    plain: str
    html: str
    attachments: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]


class MailBox:
    """The mails in one folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self._counter = itertools.count(1)

    def add(self, content, sender, recipients, now):
        """Store the bytes of a mail received at ``now``; a reader never sees half a file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{now:%Y%m%d-%H%M%S-%f}-{next(self._counter) % 10000:04}"
        envelope = f"{ENVELOPE_FROM}: {sender}\r\n{ENVELOPE_TO}: {', '.join(recipients)}\r\n"
        partial = self.folder / f"{name}.partial"
        partial.write_bytes(envelope.encode("ascii", "replace") + content)
        os.replace(partial, self.folder / f"{name}.eml")
        return name

    def names(self):
        """Return the names of all mails, newest first."""
        if not self.folder.is_dir():
            return []
        return sorted((path.stem for path in self.folder.glob("*.eml")), reverse=True)

    def read(self, name):
        """Return one mail.

        :raise KeyError: for a name that is not one of this folder's, whatever it spells
        """
        path = self.folder / f"{name}.eml"
        if not _NAME.fullmatch(name) or not path.is_file():
            raise KeyError(name)
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        return Mail(
            name=name,
            received=datetime.datetime.strptime(name[:15], "%Y%m%d-%H%M%S"),
            sender=str(message.get("From", "")),
            recipients=str(message.get(ENVELOPE_TO, "")),
            subject=str(message.get("Subject", "")),
            plain=_text(message, "plain"),
            html=_text(message, "html"),
            attachments=tuple(part.get_filename() or "?" for part in message.iter_attachments()),
            headers=tuple((key, str(value)) for key, value in message.items()),
        )

    def mails(self):
        """Yield all mails, newest first."""
        for name in self.names():
            yield self.read(name)


def _text(message, subtype):
    part = message.get_body(preferencelist=(subtype,))
    if part is None:
        return ""
    try:
        return part.get_content()
    except (LookupError, UnicodeDecodeError):  # a charset Python does not know, or that lies
        return part.get_payload(decode=True).decode("utf-8", "replace")
