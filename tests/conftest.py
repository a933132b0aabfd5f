"""What every test may lean on."""

import pytest
from django.core.cache import cache

from peernet.lib import clock


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


