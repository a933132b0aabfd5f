"""The demo's whole stack, as `make run` starts it, under ten minutes of load: how much memory each
of its processes takes, and whether it grows."""

import os
import re
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil

from peernet.embedded.processes import CannotStart, Children, end, family

from .load import Answer, Connection, load
from .meter import own_memory
from .stack import HOUSE

MOST = 1000  # MB, the whole stack
GROWTH = 1.03  # of the last third of the time over the third before it: more grows
# What each process is, by its command line: the first that fits. The rest is the launcher.
NAMES = [
    ("postgresql", "postgres"), ("valkey", "valkey"), ("web", "gunicorn"), ("worker", "worker"),
    ("beat", "beat"), ("watch", "watch"), ("mailbox", "embedded.mailbox"),
]  # fmt: skip


@dataclass
class Memory:
    """Megabytes by process, every so many seconds."""

    samples: dict[str, list[float]] = field(default_factory=dict)
    requests: int = 0

    def take(self, now: dict[str, float]) -> None:
        for name, used in (now | {"all": sum(now.values())}).items():
            self.samples.setdefault(name, []).append(used)

    def thirds(self, name: str) -> list[float]:
        """The median of each third of the time; the first is when things are still being kept."""
        rows = self.samples[name]
        size = max(1, len(rows) // 3)
        return [median(rows[n * size : (n + 1) * size] or rows[-1:]) for n in range(3)]

    @property
    def misses(self) -> list[str]:
        """Why a bar is missed; nothing when both are held."""
        _first, second, third = self.thirds("all")
        most = max(self.samples["all"])
        why = [f"{most:.0f} MB in all, at most {MOST} it may be"] if most > MOST else []
        if third > second * GROWTH:
            why.append(f"it grows: {second:.0f} MB, then {third:.0f} MB")
        return why


def name_of(words: str) -> str:
    return next((name for name, sign in NAMES if sign in words), "launcher")


def used_by(launcher: psutil.Process) -> dict[str, float]:
    """Megabytes of each kind of process of the stack; what they share is counted once."""
    found: dict[str, float] = {}
    for process in everybody(launcher):
        with suppress(psutil.NoSuchProcess):
            name = name_of(" ".join(process.cmdline()))
            found[name] = found.get(name, 0) + own_memory(process)
    return found


def everybody(launcher: psutil.Process) -> list[psutil.Process]:
    """The launcher's processes; PostgreSQL is nobody's child, and known by its folder."""
    folder = str(Path(launcher.environ()["VAR_DIR"]) / "pg")
    servers = [p for p in psutil.process_iter() if folder in command(p)]
    return family(launcher) + [one for server in servers for one in family(server)]


def command(process: psutil.Process) -> list[str]:
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return process.cmdline()
    return []


def watched(var: Path, children: Children, minutes: float) -> Memory:
    """Start the demo in a folder of its own, load it for so long, and look every few seconds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "PORT": str(port),
           "VAR_DIR": str(var / "demo"), "PYTHONPATH": str(HOUSE)}  # fmt: skip
    demo = children.start("demo", sys.executable, "-m", "peernet.embedded.run", env=env, cwd=HOUSE)
    # It stops its own PostgreSQL, which nobody else would: it gets the time for it.
    children.callback(end, demo, seconds=60)
    children.wait_for("demo", "show its first page", lambda: well(port), 600)
    found, until = Memory(), time.monotonic() + 60 * minutes
    ask = asker(port, signed_in(port))
    while time.monotonic() < until:
        done = load(port, ask, right, seconds=min(10, 20 * minutes))
        if done.wrong:
            raise CannotStart(f"Under load the demo answered wrongly: {done.wrong[0]}")
        found.requests += len(done.took)
        found.take(used_by(demo))
    return found


def well(port: int) -> bool:
    with suppress(OSError, EOFError, KeyError):
        return Connection(port).ask(get("/healthz", "")).status == 200
    return False


def get(path: str, cookies: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n\r\n".encode()


def signed_in(port: int) -> str:
    """The cookies of somebody of the demo, who came in by its one-press sign-in."""
    line, secret = Connection(port), "x" * 32
    page = line.ask(get("/demo/", "")).body.decode()
    door = re.search(r'action="(/demo/as/[a-z-]+/)"', page)
    if door is None:
        raise CannotStart("The demo has no way to sign in.")
    body = f"csrfmiddlewaretoken={secret}"
    answer = line.ask(
        f"POST {door[1]} HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken={secret}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    line.close()
    return f"csrftoken={secret}; sessionid={answer.cookies['sessionid']}"


def asker(port: int, cookies: str) -> Callable[[int], bytes]:
    """The pages that Home leads to, in turns."""
    line = Connection(port)
    home = line.ask(get("/", cookies)).body.decode()
    line.close()
    links = sorted(set(re.findall(r'href="(/(?:n/|you/)[^"#?]*)"', home)))
    ready = [get(path, cookies) for path in ["/", *links]]
    return lambda number: ready[number % len(ready)]


def right(answer: Answer) -> str:
    return "" if answer.status in (200, 302) else str(answer.status)


def lines_of(found: Memory) -> list[str]:
    """A line for each process: megabytes in each third of the time."""
    made = [f"{'memory, MB':<18}{'first':>10}{'then':>8}{'at last':>10}"]
    for name in found.samples:
        first, then, last = found.thirds(name)
        made.append(f"{name:<18}{first:>10.0f}{then:>8.0f}{last:>10.0f}")
    said = "; ".join(found.misses)
    made.append(f"{found.requests:,} pages. " + (f"MISSED: {said}" if said else "Held."))
    return made
