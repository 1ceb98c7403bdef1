import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl


class LocalGateway:
    """A gateway on this machine that answers as it is told, and keeps what it was asked."""

    def __init__(self):
        self.asked = []
        #: Answers to give, the last one again and again: ``(status, body)``.
        self.answers = [(201, {"sid": "SM1", "status": "queued"})]

    @contextmanager
    def running(self):
        """Serve on a free port of the loopback; ``url`` is the address."""
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):  # the name is the standard library's
                content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                gateway.asked.append((dict(self.headers.items()), content))
                status, body = (
                    gateway.answers.pop(0) if len(gateway.answers) > 1 else gateway.answers[0]
                )
                answer = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args):
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()

    def forms(self):
        """Return the form fields of every request."""
        return [dict(parse_qsl(content.decode())) for _headers, content in self.asked]

    def events(self):
        """Return the JSON of every request."""
        return [json.loads(content) for _headers, content in self.asked]
