"""A gateway for texts that notes for whom it took one, a line each, and delivers nothing."""

import pathlib
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class Keeper(BaseHTTPRequestHandler):
    """What it answered 201 for is in the file."""

    path_of_notes: pathlib.Path

    def do_POST(self):  # the name is the standard library's
        """Note the recipient before the sender is told that the text was taken."""
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        [number] = parse_qs(content.decode())["To"]
        with self.path_of_notes.open("a", encoding="utf-8") as file:
            file.write(f"{number}\n")
        answer = b'{"sid": "SM1", "status": "queued"}'
        self.send_response(201)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_args):
        """Say nothing."""


if __name__ == "__main__":
    Keeper.path_of_notes = pathlib.Path(sys.argv[2])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Keeper).serve_forever()
