"""`make run` as a real process, on a free port and in a folder of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from peernet.embedded.processes import alive, family, find
from peernet.embedded.pytest_services import ENVIRONMENT

HOUSE = Path(__file__).resolve().parents[3]
OURS = {*ENVIRONMENT, "DATABASE_URL", "REDIS_URL", "CACHE_PREFIX", "MAIL_FROM", "DEMO"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(var, **said):
    """A person's shell: nothing of the test's own settings."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    return {**kept, "VAR_DIR": str(var), "PORT": str(free_port()), **said}


def attempt(var, *words, **said):
    """Run it to its end; a start that is expected to be refused. Gives (exit code, words)."""
    command = [sys.executable, "-m", "peernet.embedded.run", *words]
    done = subprocess.run(
        command, cwd=HOUSE, env=environment(var, **said), capture_output=True, text=True, timeout=30
    )
    return done.returncode, (done.stdout + done.stderr).strip()


class Launcher:
    """A start that is expected to succeed; the constructor returns when it says so."""

    def __init__(self, var, **said):
        self.var, env = var, environment(var, **said)
        self.port = env["PORT"]
        self.paper = var.with_suffix(".said")
        with self.paper.open("wb") as paper:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "peernet.embedded.run"],
                cwd=HOUSE, env=env, stdout=paper, stderr=paper, start_new_session=True,
            )  # fmt: skip
        self.wait_until(lambda: "Ctrl-C stops it" in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()

    def said(self):
        return self.paper.read_text()

    def processes(self):
        """Every process it answers for, PostgreSQL's and the workers' children with them."""
        book = json.loads((self.var / "pids.json").read_text())
        direct = [process for process in (find(*line) for line in book) if process]
        return {one for process in direct for one in family(process)}

    def child(self, words):
        """The process whose command line holds these words."""
        return next(p for p in self.processes() if alive(p) and words in " ".join(p.cmdline()))

    def environment(self):
        """What the launcher gave to its children."""
        return self.child("gunicorn").environ()

    def stop(self, number):
        """Send the signal; gives (exit code, processes that are still there)."""
        processes = self.processes()
        self.process.send_signal(number)
        return self.process.wait(30), [p for p in processes if alive(p)]

    @staticmethod
    def wait_until(condition, seconds=90):
        patience = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < patience, "waited in vain"
            time.sleep(0.1)
