import pytest
from django.core.management import call_command
from django.test import override_settings

from peernet.demo.actions import tell_story
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


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    """The story, told once for all tests of a module that are marked `django_db`."""
    with django_db_blocker.unblock(), override_settings(DEMO=True):
        assert tell_story()
        yield
        call_command("flush", interactive=False, verbosity=0)
