"""What ``bin/mails`` prints: the list of received mails, or one of them."""

import argparse
import json
import os
import sys

from mail_box import MailBox


def main(arguments=None):
    """List the mails of a folder, newest first, or show one by its number in that list."""
    parser = argparse.ArgumentParser(prog="bin/mails", description=main.__doc__)
    parser.add_argument("number", nargs="?", type=int, help="show this mail (1 is the newest)")
    parser.add_argument("--json", action="store_true", help="the list as JSON, one object a line")
    parser.add_argument("--folder", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    box = MailBox(options.folder)
    if options.number is not None:
        return show(box, options.number)
    for number, mail in enumerate(box.mails(), 1):
        print(line(mail, number, as_json=options.json))
    if not box.names():
        print("no mails yet: bin/run sends some", file=sys.stderr)
    return 0


def line(mail, number, *, as_json):
    """Return a mail's line in the list."""
    if as_json:
        values = {
            "number": number,
            "received": mail.received.isoformat(),
            "to": mail.recipients,
            "subject": mail.subject,
        }
        return json.dumps(values, ensure_ascii=False)
    return f"{number:>4}  {mail.received:%Y-%m-%d %H:%M}  {mail.recipients:<36}  {mail.subject}"


def show(box, number):
    """Print a mail's envelope and text; return the exit status."""
    names = box.names()
    if not 1 <= number <= len(names):
        print(f"there is no mail {number}; there are {len(names)}", file=sys.stderr)
        return 1
    mail = box.read(names[number - 1])
    print(f"From:    {mail.sender}\nTo:      {mail.recipients}\nSubject: {mail.subject}\n")
    print(mail.plain or mail.html)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:  # `bin/mails | head`
        os._exit(0)
