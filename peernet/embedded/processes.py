"""The launcher's processes: started, written down, watched, stopped. Never found by name."""

import fcntl
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil


class CannotStart(Exception):
    """Why PeerNet does not start or go on, in a sentence for the person at the terminal."""


class Children(ExitStack):
    """Processes that live as long as the `with` block; the last one started is stopped first.

    pids.json names them all, so that the next start can end what a `kill -9` has left behind.
    """

    def __init__(self, var: Path):
        super().__init__()
        self.book = var / "pids.json"
        self.logs = var / "log"
        self.logs.mkdir(exist_ok=True)
        self.watched: dict[str, psutil.Process] = {}
        self.all: list[psutil.Process] = []
        self.stopping = False  # set by Ctrl-C; heard in `check`, never in the middle of a start
        self.callback(self.book.unlink, missing_ok=True)

    def start(self, name: str, *command: str, lasting: bool = True, **options) -> psutil.Popen:
        """Start a process that writes to log/NAME.log. A lasting one is missed when it ends."""
        with (self.logs / f"{name}.log").open("wb") as log:
            child = psutil.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the launcher alone, which stops in order
                **options,
            )
        self.callback(end, child)
        self.adopt(name, child, lasting)
        return child

    def adopt(self, name: str, process: psutil.Process, lasting: bool = True) -> None:
        """Watch and write down a process that somebody else has started for us."""
        self.all.append(process)
        if lasting:
            self.watched[name] = process
        self.write_down()

    def write_down(self) -> None:
        """Write the processes and their children, each with its time of birth: pids come again."""
        lines = [(p.pid, born(p)) for child in self.all for p in family(child)]
        draft = self.book.with_suffix(".new")
        draft.write_text(json.dumps(lines))
        draft.rename(self.book)

    def wait_for(self, name: str, does: str, done: Callable[[], bool], seconds: float) -> None:
        """Wait until `done()`. Raise CannotStart if that takes too long or a process dies."""
        patience = time.monotonic() + seconds
        while not done():
            self.check()
            if time.monotonic() > patience:
                raise CannotStart(self.story(name, f"did not {does} within {seconds} seconds"))
            time.sleep(0.1)

    def check(self) -> None:
        """Raise CannotStart if a lasting process has died, KeyboardInterrupt after Ctrl-C."""
        if self.stopping:
            raise KeyboardInterrupt
        for name, process in self.watched.items():
            if not alive(process):
                raise CannotStart(self.story(name, "has stopped, so everything is stopped"))

    def story(self, name: str, what: str) -> str:
        """One sentence about a process, and the last lines it wrote."""
        log = self.logs / f"{name}.log"
        lines = log.read_text(errors="replace").splitlines()[-12:] if log.exists() else []
        return f"{name} {what}." + "".join(f"\n  {line}" for line in lines)


@contextmanager
def alone(var: Path) -> Iterator[Children]:
    """The processes of this folder, for one launcher at a time. Leftovers are ended first."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"PeerNet already runs from {var} (process {lock.read().strip()}). Stop that "
                "one first, or name another folder with VAR_DIR."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        end_leftovers(var / "pids.json")
        with Children(var) as children:
            yield children


def end_leftovers(book: Path) -> None:
    """End the processes in `book` that are still the same ones: same pid, same birth."""
    with suppress(FileNotFoundError):
        left = [find(pid, birth) for pid, birth in json.loads(book.read_text())]
        end(*[process for process in left if process])
        book.unlink()


def end(*processes: psutil.Process, seconds: float = 10) -> None:
    """Ask the processes to stop; after `seconds`, kill them and the children they leave."""
    everyone = {member for process in processes for member in family(process)}
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    patience = time.monotonic() + seconds
    while any(map(alive, everyone)) and time.monotonic() < patience:
        time.sleep(0.05)
    for process in filter(alive, everyone):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def find(pid: int, birth: float) -> psutil.Process | None:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        # A second of grace: the kernel's boot time, which psutil adds, moves with the clock.
        return process if abs(process.create_time() - birth) < 1 else None
    return None


def family(process: psutil.Process) -> list[psutil.Process]:
    """The process and all below it; none if it has gone."""
    with suppress(psutil.NoSuchProcess):
        return [process, *process.children(recursive=True)]
    return []


def alive(process: psutil.Process) -> bool:
    """Running, and not a zombie that waits for somebody to read its exit code."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def born(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        return process.create_time()
    return 0.0
