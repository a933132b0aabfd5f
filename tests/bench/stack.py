"""The servers of a bench: one PostgreSQL with a database for each size, one Valkey, and gunicorn
as `make run` starts it before each of them. The databases are kept in var/bench for the next run.
"""

import hashlib
import json
import os
import socket
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg2

from peernet.embedded import services
from peernet.embedded.processes import CannotStart, Children
from peernet.embedded.run import WEB

from .load import Connection
from .size import Size

HOUSE = Path(__file__).resolve().parent.parent.parent
MADE_BY = [
    "tests/bench/fill.py",
    "tests/bench/rows.py",
    "tests/bench/size.py",
    "tests/bench/words.py",
]

# Nothing that PostgreSQL does in its own time may fall into somebody's round: each database is
# vacuumed once it is filled. (It may take its time with the disk, too, while it is filled.)
QUIET = [
    "ALTER SYSTEM SET autovacuum = off",
    "ALTER SYSTEM SET max_wal_size = '8GB'",
    "ALTER SYSTEM SET checkpoint_timeout = '1h'",
]


@dataclass
class Site:
    """PeerNet over one database, and what opens its doors."""

    size: Size
    env: dict[str, str]
    keys: dict[str, str]
    port: int = 0
    web: psutil.Process | None = None
    warmed: set[str] = field(default_factory=set)


def fingerprint(size: Size) -> str:
    """What a kept database must have been made by to be used again."""
    found = hashlib.sha256(str(size).encode())
    migrations = (path.relative_to(HOUSE) for path in HOUSE.glob("*/migrations/0*.py"))
    for path in sorted([*map(str, migrations), *MADE_BY]):
        found.update(path.encode() + (HOUSE / path).read_bytes())
    return found.hexdigest()


def environment(var: Path, database: str, redis: str) -> dict[str, str]:
    """As on a real site: nothing of demo or tests, which would ask the clock's file each time."""
    return {
        "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"),
        "DJANGO_SETTINGS_MODULE": "peernet.settings", "SITE_URL": "http://localhost",
        "SECRET_KEY": "bench-" + "0123456789abcdef" * 4, "VAR_DIR": str(var),
        "DATABASE_URL": database, "REDIS_URL": redis, "LOG_LEVEL": "WARNING",
        "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": "1", "PYTHONPATH": str(HOUSE),
    }  # fmt: skip


class Servers:
    """PostgreSQL and Valkey of the bench, or those of the environment (in the tests)."""

    def __init__(self, var: Path, children: Children, prefix: str = ""):
        self.var, self.children, self.prefix = var, children, prefix
        ours = not os.environ.get("DATABASE_URL")
        services.start(var, children)
        # The database that every server has: ours are made and dropped from there.
        self.address = urlsplit(os.environ["DATABASE_URL"])._replace(path="/postgres").geturl()
        self.redis = os.environ["REDIS_URL"]
        if ours:
            self._do(*QUIET, "SELECT pg_reload_conf()")

    @property
    def postgresql(self) -> psutil.Process:
        """The postmaster, whoever started it."""
        with closing(psycopg2.connect(self.address)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return psutil.Process(cursor.fetchone()[0]).parent()

    @property
    def valkey(self) -> psutil.Process | None:
        return self.children.watched.get("valkey")

    def site(self, size: Size) -> Site:
        """The site over a database of this size, filled now unless it was for an earlier run."""
        name = self._name(size)
        address = self.database(name, fingerprint(size))
        env = environment(self.var / "site", address, self.redis) | {"CACHE_PREFIX": name}
        words = [size.posts, size.members, datetime.now(UTC).date(), fingerprint(size)]
        made = subprocess.run(
            [sys.executable, "-m", "tests.bench.prepare", *map(str, words)],
            env=env, cwd=HOUSE, capture_output=True, text=True,
        )  # fmt: skip
        if made.returncode:
            raise CannotStart(f"{name} could not be filled.\n{made.stderr[-3000:]}")
        return Site(size, env, json.loads(made.stdout.splitlines()[-1]))

    def database(self, name: str, wanted: str) -> str:
        """The address of the database of this name: the kept one, if `wanted` is what made it,
        else an empty one."""
        address = urlsplit(self.address)._replace(path=f"/{name}").geturl()
        if made_by(address) != wanted:
            self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
        return address

    def drop(self, size: Size) -> None:
        """Forget the database of this size."""
        self._do(f'DROP DATABASE IF EXISTS "{self._name(size)}" WITH (FORCE)')

    def _name(self, size: Size) -> str:
        return f"{self.prefix}bench_{size.posts}"

    def _do(self, *statements: str) -> None:
        with closing(psycopg2.connect(self.address)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)

    def serve(self, site: Site, name: str) -> Site:
        """gunicorn before the site, on a port of its own."""
        door = socket.create_server(("127.0.0.1", 0), backlog=256)
        site.port = door.getsockname()[1]
        site.web = self.children.start(
            name, sys.executable, "-m", "gunicorn", "tests.bench.app", *WEB,
            "-b", f"fd://{door.fileno()}", pass_fds=[door.fileno()], env=site.env, cwd=HOUSE,
        )  # fmt: skip
        door.close()
        self.children.wait_for(name, "answer", lambda: answers(site.port), 120)
        return site


def made_by(address: str) -> str:
    """The fingerprint in a database that was filled to its end; empty where there is none."""
    try:
        with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT made_by FROM bench_filled")
            return cursor.fetchone()[0]
    except (psycopg2.OperationalError, psycopg2.errors.UndefinedTable):
        return ""


def answers(port: int) -> bool:
    line = Connection(port)
    try:
        return line.ask(b"GET /bench/constant/ HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200
    except OSError:
        return False
    finally:
        line.close()
