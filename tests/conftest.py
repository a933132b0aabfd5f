"""What every test may lean on."""

from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.testcases import LiveServerThread
from hypothesis import HealthCheck
from hypothesis import settings as examples
from whitenoise import WhiteNoise

from peernet.lib import clock
from tests.world import world

# On a busy machine an example may take long to make, and to try.
examples.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("busy")


# Whole files go to one process: begun first, these never keep one process busy at the very end.
LONG = [
    "tests/test_pages.py", "canary/test_sweep.py", "test_matrix.py", "embedded/test_run.py",
    "test_faults.py", "test_foreign_ids.py", "test_hostile_forms.py", "test_bench.py",
    "stories/test_first_journey.py", "calendar/test_itip.py", "mutate/test_mutate.py",
    "embedded/test_container.py",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    """The long files first, in the order above."""

    def rank(item):
        name = f"/{item.path.as_posix()}"
        return next((n for n, end in enumerate(LONG) if name.endswith(f"/{end}")), len(LONG))

    items.sort(key=rank)


@pytest.fixture(autouse=True)
def fresh_start():
    """Each test begins with an empty cache and the true time."""
    cache.clear()
    yield
    clock.travel(None)


@pytest.fixture(scope="session", autouse=True)
def static_files_are_found_once():
    """Each test client makes the middleware anew, and WhiteNoise would read the whole folder for
    each: a third of the time of all tests that ask for a page."""
    look, found = WhiteNoise.update_files_dictionary, {}

    def look_once(self, root, prefix):
        key = root, prefix, Path(root).stat().st_mtime_ns
        if key not in found:
            look(self, root, prefix)
            found[key] = dict(self.files)
        self.files.update(found[key])

    WhiteNoise.update_files_dictionary = look_once
    yield
    WhiteNoise.update_files_dictionary = look


@pytest.fixture
def travel():
    """Move the clock of every process: travel(datetime) (aware)."""
    return clock.travel


@pytest.fixture
def signed_in(client):
    """A client signed in as the person: signed_in(ann).get(…)."""

    def enter(person):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return enter


# --- A real browser before a real server ------------------------------------------------------

CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Debian's Chromium, without its own errands."""
    found = next((path for path in CHROMIUM if Path(path).exists()), None)
    return {"executable_path": found, "args": FLAGS}


class Live:
    """A running server, and the cookie that signs somebody in to it."""

    def __init__(self, people=()):
        # WhiteNoise serves the static files, as in production: Django's own handler for tests
        # does not know their hashed names.
        self.thread = LiveServerThread("127.0.0.1", static_handler=lambda wsgi: wsgi)
        self.thread.daemon = True
        self.thread.start()
        self.thread.is_ready.wait()
        if self.thread.error:
            raise self.thread.error
        self.url = f"http://127.0.0.1:{self.thread.port}"
        # Made now: what a test writes later is in a transaction that the server cannot see.
        self.cookies = {person.pk: self._sign_in(person) for person in people if person}

    def _sign_in(self, person):
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.url}

    def cookie(self, person):
        return self.cookies[person.pk]

    def stop(self):
        self.thread.terminate()


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    """The world of tests/world.py, kept for all tests of a module and then emptied.

    The module's tests are marked `django_db`: without a mark no database for tests is made.
    """
    assert connection.settings_dict["NAME"].startswith("test_"), "this is not a database for tests"
    with django_db_blocker.unblock():
        made = world()
        yield made
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def live(house, django_db_blocker):
    """A server of its own thread over the same database."""
    with django_db_blocker.unblock():
        server = Live(house.people.values())
    yield server
    server.stop()
