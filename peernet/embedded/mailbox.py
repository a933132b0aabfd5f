"""Where mail goes when no mail server is set: a folder, which the demo shows at /mailbox/.

The launcher opens the port and hands it over as a file descriptor, so that it is free for sure.
"""

import asyncio
import socket
import sys
from functools import partial
from pathlib import Path

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP


async def serve(descriptor: int, folder: str) -> None:
    listening = socket.socket(fileno=descriptor)
    receive = partial(SMTP, Mailbox(Path(folder)), enable_SMTPUTF8=True)
    server = await asyncio.get_running_loop().create_server(receive, sock=listening)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
