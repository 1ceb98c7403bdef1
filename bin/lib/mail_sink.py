"""A mail server that delivers nothing: every mail ends in a folder and on a web page.

``python mail_sink.py --smtp-port 8025 --web-port 8026 --folder DIR``, on loopback unless told
otherwise. Stops on SIGTERM and SIGINT.
"""

import argparse
import asyncio
import datetime
import pathlib
import signal
import sys
import threading

import flask
import waitress
from aiosmtpd.smtp import SMTP
from mail_box import MailBox

# A mail is a stranger's HTML: no scripts, no forms, nothing loaded from elsewhere but pictures of
# this machine's own Odoo. Links may open in a new window, which is what the demo is for.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data: http://127.0.0.1:* http://localhost:*; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"


class Sink:
    """aiosmtpd's handler: accepts every mail for everybody."""

    def __init__(self, box):
        self.box = box

    async def handle_DATA(self, _server, _session, envelope):
        """Store the mail and answer the sending server."""
        now = datetime.datetime.now()
        self.box.add(envelope.content, envelope.mail_from or "", envelope.rcpt_tos, now)
        return "250 stored"


def make_app(box):
    """Return the web page over a mail box."""
    app = flask.Flask("mail_sink", template_folder="templates", root_path=_here())

    @app.get("/")
    def index():
        return _page("mails.html", mails=list(box.mails()))

    @app.get("/mails/<name>")
    def mail(name):
        return _page("mail.html", mail=_read(box, name))

    @app.get("/mails/<name>/html")
    def mail_html(name):
        body = '<base target="_blank">' + _read(box, name).html
        return flask.Response(body, headers={"Content-Security-Policy": MAIL_POLICY})

    @app.get("/health")
    def health():
        return {"mails": len(box.names())}

    return app


def _here():
    return str(pathlib.Path(__file__).parent)


def _page(template, **values):
    response = flask.make_response(flask.render_template(template, **values))
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


def _read(box, name):
    try:
        return box.read(name)
    except KeyError:
        flask.abort(404)


async def _serve_smtp(box, host, port):
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(lambda: SMTP(Sink(box), enable_SMTPUTF8=True), host, port)
    print(f"mail sink: SMTP on {host}:{port}", flush=True)
    await stopped.wait()
    server.close()


def main(arguments=None):
    """Serve SMTP and the web page until a signal ends it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", required=True, help="where the .eml files go")
    parser.add_argument("--smtp-port", type=int, default=8025)
    parser.add_argument("--web-port", type=int, default=8026)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    options = parser.parse_args(arguments)
    box = MailBox(options.folder)
    web = waitress.create_server(make_app(box), host=options.host, port=options.web_port, threads=2)
    threading.Thread(target=web.run, daemon=True).start()
    try:
        asyncio.run(_serve_smtp(box, options.host, options.smtp_port))
    except OSError as error:
        sys.exit(f"mail sink: {error}")


if __name__ == "__main__":
    main()
