import pytest

from peernet.lib.jinja import url
from tests.peernet.demo import urls  # now: while demo mode is off


@pytest.fixture
def demo(settings, tmp_path):
    """Demo mode: its addresses, and a mailbox of its own."""
    settings.DEMO, settings.ROOT_URLCONF = True, urls.__name__
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    url.cache_clear()
    yield settings
    url.cache_clear()
