"""A mail server of our own, which keeps a ledger and misbehaves when it is told to."""

import asyncio
import logging
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from random import Random
from typing import NamedTuple

from aiosmtpd.smtp import SMTP

from peernet.lib import clock

TAKEN, LATER, NEVER = "250 OK", "451 4.3.0 Try again later", "550 5.1.1 No such mailbox"
logging.getLogger("mail.log").setLevel(logging.WARNING)  # it tells of every line
LOST = "lost"  # it takes the mail, and hangs up before it says so


@dataclass(frozen=True)
class Mail:
    """One that was taken; `at` by the house's own clock."""

    to: str
    message_id: str
    at: datetime


class Try(NamedTuple):
    """Somebody's attempt to hand one over; `number` counts those for this address, from 1."""

    to: str
    number: int

    def one_in(self, share: float) -> bool:
        """Whether this try is among the unlucky `share`: the same in each run, whoever comes
        first."""
        return Random(f"{self.to} {self.number}").random() < share


class Sink:
    """`answer` says what becomes of each try, after `seconds`; `taken` is the ledger."""

    def __init__(self) -> None:
        self.taken: list[Mail] = []
        self.tries: Counter[str] = Counter()
        self.seconds = 0.0
        self.answer: Callable[[Try], str] = lambda _try: TAKEN
        self.port = 0

    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        self.tries[to] += 1
        said = self.answer(Try(to, self.tries[to]))
        await asyncio.sleep(self.seconds / 2)  # who dies here has sent nothing
        if said in (TAKEN, LOST):
            message_id = message_from_bytes(envelope.content)["Message-ID"]
            self.taken.append(Mail(to, message_id, clock.now()))
            await asyncio.sleep(self.seconds / 2)  # who dies here does not know that it is sent
        if said == LOST:
            server.transport.abort()
        return TAKEN if said == LOST else said


@contextmanager
def serving(handler, **options) -> Iterator[int]:
    """A mail server in a thread of its own that asks `handler` (aiosmtpd's); gives its port."""
    loop = asyncio.new_event_loop()
    door = socket.create_server(("127.0.0.1", 0))

    def serve():  # all of it in there: a browser that is driven has a loop running in this thread
        asyncio.set_event_loop(loop)
        listening = loop.create_server(
            lambda: SMTP(handler, enable_SMTPUTF8=True, loop=loop, **options), sock=door
        )
        server = loop.run_until_complete(listening)
        loop.run_forever()
        server.close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield door.getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
