"""The stage on which faults are made: a database, a Valkey, a mail server and a folder of its own,
and the processes of PeerNet as `make run` starts them.

    with stage() as here:
        here.worker()                    # beat(), watch(), web() likewise
        cast.network(...)                # Django in this process writes to the stage's database
        here.kill("worker")              # -9, with all below it; start it again by here.worker()
        here.wait("the batch to go", lambda: not waiting())
        here.sink.taken                  # who got what, and when
"""

import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import psutil
import psycopg2
import redis
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from members.people.models import Person
from peernet.celery import app as celery
from peernet.embedded import run, services
from peernet.embedded.processes import Children, alone, family
from peernet.lib import clock

from .sink import Sink, serving
from .visitor import Visitor

PATIENCE = 180  # seconds; a machine may be three times slower than ours


class Stuck(Exception):
    """What was waited for in vain, and what the processes said last."""


class Stage:
    """Made by `stage()`. `database` and `valkey` are addresses, `sink` is the mail server."""

    def __init__(self, var: Path, children: Children, database: str, valkey: str, sink: Sink):
        self.var, self.children, self.sink = var, children, sink
        self.database, self.valkey = database, valkey
        self.doors: list[socket.socket] = []

    def environment(self, **said: str) -> dict[str, str]:
        """What a process of the stage is started with; `said` comes last."""
        ours = {
            "DATABASE_URL": self.database,
            "REDIS_URL": self.valkey,
            "VAR_DIR": str(self.var),
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.sink.port),
            "CELERY_SKIP_CHECKS": "1",
            "LOG_LEVEL": "WARNING",
        }
        return {**os.environ, **ours, **said}

    # --- Processes ---------------------------------------------------------------------------

    def worker(self, name: str = "worker", **said: str) -> None:
        run.worker(self.children, name, env=self.environment(**said))

    def beat(self, name: str = "beat", **said: str) -> None:
        run.beat(self.children, self.var, name, env=self.environment(**said))

    def watch(self, **said: str) -> None:
        run.watch(self.children, env=self.environment(**said))

    def web(self, **said: str) -> None:
        """Start it, and wait until it answers. Started again, it answers at the same address."""
        if not self.doors:
            self.doors = [self.children.enter_context(socket.create_server(("127.0.0.1", 0)))]
        run.web(self.children, self.doors, env=self.environment(**said))
        nobody = Visitor(self.url)
        self.wait("the web to answer", lambda: nobody.get("/healthz").status in (200, 503))

    @property
    def url(self) -> str:
        host, port = self.doors[0].getsockname()
        return f"http://{host}:{port}"

    def visitor(self, person: Person | None = None) -> Visitor:
        """A browser without JavaScript, signed in as the person."""
        return Visitor(self.url, person)

    def process(self, name: str) -> psutil.Process:
        return self.children.watched[name]

    def kill(self, name: str, *, only: psutil.Process | None = None) -> None:
        """Kill it with -9, it and all below it as when a container dies; `only`: one of these."""
        if only:
            with suppress(psutil.NoSuchProcess):
                only.send_signal(signal.SIGKILL)
            return
        process = self.children.watched.pop(name)
        for one in family(process):  # the parent first: it would start its children again
            with suppress(psutil.NoSuchProcess):
                one.send_signal(signal.SIGKILL)
        process.wait()

    def clear(self) -> None:
        """End all but a PostgreSQL at once: nothing here is worth an orderly stop."""
        for name in [name for name in self.children.watched if name != "postgresql"]:
            self.kill(name)

    # --- The broker --------------------------------------------------------------------------

    def ring(self, task: str = "members.notices.tasks.tick_outbox") -> None:
        """Ring for one job, as the beat does in its time."""
        with celery.connection_for_write(self.valkey) as connection:
            celery.send_task(task, connection=connection, ignore_result=True, expires=60)

    def flush_valkey(self) -> None:
        with redis.Redis.from_url(self.valkey) as client:
            client.flushall()

    def stop_valkey(self) -> None:
        self.kill("valkey")

    def start_valkey(self) -> None:
        """At the same address as before, empty."""
        port = urlsplit(self.valkey).port
        assert port
        services.valkey(self.var / "valkey", self.children, port)

    # --- Waiting -----------------------------------------------------------------------------

    def wait(self, what: str, done: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Poll until `done()`; raise Stuck after `seconds` of it."""
        patience = time.monotonic() + seconds
        while not done():
            if time.monotonic() > patience:
                raise Stuck(f"Waited {seconds} s for {what} in vain.\n{self.said()}")
            time.sleep(0.02)

    def said(self) -> str:
        """The last lines of every process, for whoever looks into a failure."""
        names = sorted(self.children.logs.glob("*.log"))
        return "\n".join(
            f"{path.stem}: {path.read_text(errors='replace')[-1500:]}" for path in names
        )


@contextmanager
def stage(database: str = "") -> Iterator[Stage]:
    """A stage that is empty but for the tables; it is gone at the end, with all its processes.

    `database`: the address of an empty one that somebody else has made, instead of a new one on
    the server of the tests.
    """
    outside = settings.VAR_DIR
    var = outside / "faults"
    with ExitStack() as stack:
        children = stack.enter_context(alone(var))
        for left in ("clock-offset", "media", "log"):
            path = var / left
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        (var / "log").mkdir()
        with suppress(FileExistsError):
            (var / "static").symlink_to(settings.STATIC_ROOT)
        valkey = services.valkey(var / "valkey", children)
        if database:
            stack.enter_context(within(database))
            call_command("migrate", interactive=False, verbosity=0)
        else:
            database = stack.enter_context(copied(with_tables()))
            stack.enter_context(within(database))
        stack.enter_context(
            override_settings(
                VAR_DIR=var, MEDIA_ROOT=var / "media", REDIS_URL=valkey, CELERY_BROKER_URL=valkey,
                CACHES={"default": settings.CACHES["default"] | {"LOCATION": valkey}},
            )
        )  # fmt: skip
        stack.callback(clock.travel, None)
        sink = Sink()
        sink.port = stack.enter_context(serving(sink))
        made = Stage(var, children, database, valkey, sink)
        stack.callback(made.clear)  # before what they lean on
        yield made


# --- Databases -----------------------------------------------------------------------------------


def address(name: str) -> str:
    """Of a database beside that of the tests."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def own(what: str) -> str:
    """A name no other process that tests at once has."""
    base = urlsplit(os.environ["DATABASE_URL"]).path.strip("/")
    return "_".join([base, what, os.environ.get("PYTEST_XDIST_WORKER", "main")])


def command(sql: str) -> None:
    """Run it on the server, outside any transaction."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql)
    connection.close()


@cache
def with_tables() -> str:
    """The name of a database with every table and no rows, made once for all stages; under pytest
    its own, which is just that. (It has none when no test of the run asks for one.)"""
    if (tests := connections.settings["default"]["NAME"]).startswith("test_"):
        connections["default"].close()
        return tests
    name = own("tables")
    command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    command(f"CREATE DATABASE {name}")
    with within(address(name)):
        call_command("migrate", interactive=False, verbosity=0)
    return name


@contextmanager
def copied(template: str) -> Iterator[str]:
    """The address of a copy."""
    name = own("faults")
    # PostgreSQL copies only what nobody uses: a server of earlier tests may have kept a connection.
    left = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    command(f"{left} WHERE datname = '{template}' AND pid <> pg_backend_pid()")
    command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    command(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield address(name)
    finally:
        command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def within(database: str) -> Iterator[None]:
    """Django in this process, all its threads, reads and writes that database."""
    now = connections.settings["default"]
    before = dict(now)
    connections["default"].close()
    now.update(dj_database_url.parse(database))
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections["default"].close()
        now.update(before)
        ContentType.objects.clear_cache()
