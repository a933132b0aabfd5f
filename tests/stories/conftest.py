"""A server that sees what is written, and the browsers of those who meet there."""

import pytest

from tests.conftest import Live
from tests.stories.people import Reader


@pytest.fixture
def live(transactional_db):
    server = Live()
    yield server
    server.stop()


@pytest.fixture
def people(browser, live):
    """people("amina"): the browser of amina@example.org, always the same; or of a whole address."""
    known = {}

    def find(name):
        if name not in known:
            email = name if "@" in name else f"{name}@example.org"
            known[name] = Reader(browser, live, email)
        return known[name]

    yield find
    for one in known.values():
        one.context.close()
