"""`make run`: everything PeerNet needs, in one terminal, until Ctrl-C.

Read `launch` first. `make reset` is the same program with the word `reset`.
"""

import errno
import os
import secrets
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from peernet.embedded import services, space
from peernet.embedded.processes import CannotStart, Children, alive, alone

HOUSE = Path(__file__).resolve().parent.parent.parent
MADE = ["pg", "pg.whole", "valkey", "static", "media", "mailbox", "log", "secret"]
MADE += ["people.txt", "beat-schedule*", "clock-offset", "erased"]
MADE += ["archives", "network-archives"]
# How the web is served; `make bench` measures just this.
WEB = ["-w", "2", "-k", "gthread", "--threads", "4", "--preload", "--graceful-timeout", "5"]
WEB += ["--no-control-socket"]
YES = ("1", "true", "yes", "on")
CELERY = ("celery", "-A", "peernet")


def launch(var: Path, children: Children) -> None:
    """Start all, tell the person where it is, and watch until something stops it."""
    began = time.monotonic()
    if sentence := space.lacking(var, 300):
        raise CannotStart(sentence)
    port = chosen_port()
    doors = [listen(port, family) for family in (socket.AF_INET, socket.AF_INET6)]
    set_environment(var, port)
    services.start(var, children)
    open_mailbox(var, children)
    prepare(children)
    start_processes(var, children, [door for door in doors if door])
    children.wait_for("web", "show its first page", lambda: ready(port), 60)
    children.write_down()  # again: now the processes have children of their own
    welcome(var, time.monotonic() - began)
    while True:
        children.check()
        time.sleep(0.5)


def chosen_port() -> int:
    port = os.environ.get("PORT") or "8000"
    if not (port.isdigit() and 0 < int(port) < 65536):
        raise CannotStart(f"PORT must be a number from 1 to 65535; it is {port!r}.")
    return int(port)


def listen(port: int, family: socket.AddressFamily) -> socket.socket | None:
    """An open door at `port` on this machine only. None if the machine has no such family."""
    address = "127.0.0.1" if family == socket.AF_INET else "::1"
    door = socket.socket(family)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((address, port))
    except OSError as error:
        door.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"Port {port} is taken by another program. Choose one: PORT={port + 1} make run"
            ) from None
        if error.errno == errno.EACCES:
            raise CannotStart(
                f"Port {port} is for administrators: choose one above 1023."
            ) from None
        return None
    door.listen()
    return door


def set_environment(var: Path, port: int) -> None:
    """What the settings ask for, where the person has not said it."""
    env = os.environ
    # In a demonstration anybody can be the operator: only where nobody else comes in, or asked for.
    env.setdefault("DEMO", "0" if env.get("SITE_URL") else "1")
    if not env.get("SITE_URL"):
        env["SITE_URL"] = f"http://localhost:{port}"
        env.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    env["VAR_DIR"] = str(var)
    env.setdefault("CELERY_SKIP_CHECKS", "1")  # `migrate` has just made them
    env.setdefault("LOG_LEVEL", "WARNING")  # Celery tells of every task: megabytes a day
    env.setdefault("DJANGO_SETTINGS_MODULE", "peernet.settings")
    if not env.get("SECRET_KEY"):
        kept = var / "secret"
        if not kept.exists():
            kept.write_text(secrets.token_urlsafe(50))
        env["SECRET_KEY"] = kept.read_text()


def open_mailbox(var: Path, children: Children) -> None:
    """In a demo without a mail server, a local one that keeps each mail in a folder."""
    if os.environ.get("EMAIL_HOST") or os.environ["DEMO"].lower() not in YES:
        return
    port = socket.create_server(("127.0.0.1", 0))
    os.environ["EMAIL_HOST"], os.environ["EMAIL_PORT"] = map(str, port.getsockname())
    python(children, "mailbox", "peernet.embedded.mailbox", str(port.fileno()),
           str(var / "mailbox"), pass_fds=[port.fileno()])  # fmt: skip
    port.close()


def prepare(children: Children) -> None:
    """Migrations, static files, demo."""
    child = python(children, "prepare", "peernet.embedded.prepare", lasting=False)
    children.wait_for("prepare", "finish", lambda: not alive(child), 300)
    if child.wait() != 0:
        raise CannotStart(children.story("prepare", "did not succeed"))


def start_processes(var: Path, children: Children, doors: list[socket.socket]) -> None:
    worker(children)
    beat(children, var)
    watch(children)
    web(children, doors)


def worker(children: Children, name: str = "worker", **options):
    """Two processes that do what the bell asks for; more workers under other names."""
    return python(children, name, *CELERY, "worker", "-l", "warning", "-c", "2",
                  "--without-gossip", "--without-mingle", **options)  # fmt: skip


def beat(children: Children, var: Path, name: str = "beat", **options):
    """What rings the bell."""
    return python(children, name, *CELERY, "beat", "-l", "warning", "--pidfile=",
                  "-s", str(var / f"{name}-schedule"), **options)  # fmt: skip


def watch(children: Children, name: str = "watch", **options):
    """What notices that one of these two has stopped."""
    return python(children, name, "django", "watch", **options)


def web(children: Children, doors: list[socket.socket], name: str = "web", **options):
    """What answers at the doors, which stay open when it has to be started again."""
    binds = [word for door in doors for word in ("-b", f"fd://{door.fileno()}")]
    return python(children, name, "gunicorn", "peernet.wsgi", *binds, *WEB,
                  pass_fds=[door.fileno() for door in doors], **options)  # fmt: skip


def python(children: Children, name: str, module: str, *words: str, **options):
    return children.start(name, sys.executable, "-m", module, *words, cwd=HOUSE, **options)


def ready(port: int) -> bool:
    """The site is well, and its front page really answers."""
    with suppress(OSError):  # refused, cut off, or an answer that is an error
        for path in ("/healthz", "/"):
            urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=5).close()
        return True
    return False


def welcome(var: Path, seconds: float) -> None:
    site = os.environ["SITE_URL"]
    print(f"\nPeerNet is at {site}  (started in {seconds:.1f} s)\n")
    with suppress(FileNotFoundError):
        print((var / "people.txt").read_text())
    if not os.environ.get("EMAIL_HOST"):
        print(f"Mail is not set up (EMAIL_HOST): sign-in codes appear in {var / 'log/web.log'}")
    print(f"What its processes say is in {var / 'log'}. Ctrl-C stops it.", flush=True)


def reset(var: Path) -> None:
    """Forget all data of this folder. Only what we made there: the folder may hold more."""
    for pattern in MADE:
        for path in var.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    print(f"All data in {var} is gone. `make run` starts anew.")
    if os.environ.get("DATABASE_URL"):
        print("DATABASE_URL names a database of your own: it was not touched.")


def listen_for_stop(children: Children) -> None:
    """Ctrl-C, SIGTERM and a closed terminal stop in order; under nohup the last is ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: setattr(children, "stopping", True))


def main() -> int:
    os.umask(0o077)  # mail, secret and uploads are for this user's eyes
    var = Path(os.environ.get("VAR_DIR") or HOUSE / "var").resolve()
    try:
        with alone(var) as children:
            if sys.argv[1:] == ["reset"]:
                reset(var)
                return 0
            listen_for_stop(children)
            launch(var, children)
    except KeyboardInterrupt:
        print("PeerNet has stopped. Your data is kept.")
        return 0
    except CannotStart as sentence:
        print(sentence, file=sys.stderr)
    except OSError as error:
        print(f"PeerNet cannot start: {error}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
