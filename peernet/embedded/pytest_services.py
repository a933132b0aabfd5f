"""An early pytest plugin (see addopts): services and environment before any setting is read."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from peernet.embedded import services
from peernet.embedded.prepare import collect_static
from peernet.embedded.processes import CannotStart, alone

VAR = Path(__file__).resolve().parent.parent.parent / "var" / "test"
ENVIRONMENT = {
    "TESTING": "1",
    "SECRET_KEY": "insecure-test-key",
    "SITE_URL": "http://localhost",
    "ALLOWED_HOSTS": "*",
    "VAR_DIR": str(VAR),
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_PORT": "1",  # nothing listens: a test that mails for real fails
    "OPEN_NETWORKS": "1",
    "DJANGO_SETTINGS_MODULE": "peernet.settings",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # playwright runs an event loop in the test's thread
}


@contextmanager
def scratch() -> Iterator[None]:
    """The environment of a test, with services of its own where none are named."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    with ExitStack() as stack:
        if worker := os.environ.get("PYTEST_XDIST_WORKER"):
            keep_apart(worker)
        elif not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
            services.start(VAR, stack.enter_context(alone(VAR)), scratch=True)
        yield


def keep_apart(worker: str) -> None:
    """A folder and a Valkey database of its own for one of several processes that test at once,
    which the first of them started; pytest-django gives it a database of its own."""
    os.environ["VAR_DIR"] = str(Path(os.environ["VAR_DIR"]) / worker)
    server, _slash, _number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(worker.removeprefix('gw')) + 1}"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    try:
        stack.enter_context(scratch())
    except CannotStart as sentence:
        pytest.exit(str(sentence), returncode=2)
    return (yield)


def pytest_sessionstart(session: pytest.Session) -> None:
    if not session.config.getoption("numprocesses", None):  # else each of them collects its own
        collect_static()
