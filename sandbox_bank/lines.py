"""The web server of the bank, which can drop a line as broken networks do.

A WSGI application cannot close the connection it answers on; this server lets it ask for that.
"""

import socket
import struct

import waitress
from flask import request
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.task import WSGITask

KEY = "sandbox_bank.line"
# No waiting for unsent data: the other side sees a reset.
AT_ONCE = struct.pack("ii", 1, 0)


class _Task(WSGITask):
    dropped = False

    def get_environment(self) -> dict:
        """Give the application a handle on its connection."""
        return {**super().get_environment(), KEY: self}

    def drop(self) -> None:
        """Send nothing, and reset the connection."""
        self.dropped = True
        self.channel.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)

    def write(self, data: bytes) -> None:
        """Send a part of the answer, unless the line is dropped."""
        if self.dropped:
            raise ClientDisconnected
        super().write(data)

    def finish(self) -> None:
        """End the answer, unless the line is dropped."""
        if self.dropped:
            raise ClientDisconnected
        super().finish()


class _Channel(HTTPChannel):
    task_class = _Task


def drop_line() -> bool:
    """Reset the connection of the current request; False where the server cannot do that."""
    task = request.environ.get(KEY)
    if task is None:
        return False
    task.drop()
    return True


def create_server(app, **settings):
    """Return a waitress server for an application that may drop lines."""
    server = waitress.create_server(app, **settings)
    server.channel_class = _Channel
    return server
