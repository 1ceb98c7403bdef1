"""A mail server that notes for whom it took a mail, one line a mail, and delivers nothing."""

import asyncio
import pathlib
import sys

from aiosmtpd.smtp import SMTP


class Keeper:
    """aiosmtpd's handler: what it answered 250 for is in the file."""

    def __init__(self, path):
        self.path = path

    async def handle_DATA(self, _server, _session, envelope):
        """Note the recipients before the sender is told that the mail was taken."""
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(f"{recipient}\n" for recipient in envelope.rcpt_tos)
        return "250 kept"


async def main(port, path):
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keeper(path)), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), pathlib.Path(sys.argv[2])))
