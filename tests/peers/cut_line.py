"""A line between two programs that breaks, or falls silent, after so many bytes."""

import contextlib
import socket
import threading

CHUNK = 16 * 1024


class CutLine:
    """Passes everything on to a port of the loopback, until ``limit`` bytes have come back.

    :param silent: keep the line open and say nothing more, instead of breaking it
    """

    def __init__(self, port, limit, *, silent=False):
        self.target = port
        self.limit = limit
        self.silent = silent
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._lines = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        """Break all lines and take no more calls."""
        for line in (self._listener, *self._lines):
            with contextlib.suppress(OSError):
                line.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                caller, _address = self._listener.accept()
                called = socket.create_connection(("127.0.0.1", self.target))
                self._lines += [caller, called]
                for arguments in ((caller, called, None), (called, caller, self.limit)):
                    threading.Thread(target=self._pass_on, args=arguments, daemon=True).start()

    def _pass_on(self, source, target, limit):
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                if limit is not None:
                    data = data[:limit]
                    limit -= len(data)
                target.sendall(data)
                if limit == 0:
                    break
            if limit == 0 and self.silent:
                return
            for line in (source, target):
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
