"""What every test may lean on."""

from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.test.testcases import LiveServerThread

from peernet.lib import clock
from tests.world import world


@pytest.fixture(autouse=True)
def fresh_start():
    """Each test begins with an empty cache and the true time."""
    cache.clear()
    yield
    clock.travel(None)


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

    def __init__(self, url):
        self.url = url

    def cookie(self, person):
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.url}


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    """The world of tests/world.py, kept for all tests of a module and then emptied."""
    with django_db_blocker.unblock():
        made = world()
        yield made
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def server():
    """The address of a server in a thread of its own. WhiteNoise serves the static files there,
    hashed and compressed as in production; Django's own handler for tests knows no hashed names.
    """
    thread = LiveServerThread("127.0.0.1", static_handler=lambda app: app, connections_override={})
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@pytest.fixture(scope="module")
def live(house, server):
    """The server, over the database that holds the house."""
    return Live(server)
