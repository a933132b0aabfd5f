"""Settings come from the environment alone, and a wrong one stops the start with its name."""

import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

SETTINGS = Path(__file__).resolve().parents[2] / "peernet/settings.py"
ENOUGH = {
    "SITE_URL": "https://peers.example.org",
    "SECRET_KEY": "a long random text of its own, kept by the operator",
    "DATABASE_URL": "postgresql://peernet:pass@localhost/peernet",
    "REDIS_URL": "redis://localhost:6379/0",
}


@pytest.fixture
def read(monkeypatch):
    """Read the settings in an environment that holds only what is said."""

    def run(**said):
        with monkeypatch.context() as patch:
            patch.setattr("os.environ", said)
            return runpy.run_path(str(SETTINGS))

    return run


def test_four_variables_are_enough_for_a_real_site(read):
    settings = read(**ENOUGH)
    assert settings["ALLOWED_HOSTS"] == ["peers.example.org"]
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert not settings["DEBUG"]
    assert not settings["DEMO"]


@pytest.mark.parametrize("missing", ENOUGH)
def test_a_missing_variable_stops_the_start_with_its_name(read, missing):
    with pytest.raises(EnvError, match=missing):
        read(**{name: value for name, value in ENOUGH.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "wrong"), [("EMAIL_PORT", "often"), ("DEMO", "perhaps"), ("DATABASE_URL", "what")]
)
def test_a_variable_that_is_none_stops_the_start_with_its_name(read, name, wrong):
    with pytest.raises(EnvError, match=name):
        read(**ENOUGH | {name: wrong})


UNSAFE = [
    {"DEMO": "1"},
    {"DEBUG": "1"},
    {"TESTING": "1"},
    {"SECRET_KEY": "insecure-" + "a long random text of its own, kept by the operator"},
    {"SECRET_KEY": "django-insecure-" + "a long random text of its own, kept by the operator"},
    {"SECRET_KEY": "short"},
    {"SECRET_KEY": "change" * 20},
]


@pytest.mark.parametrize("unsafe", UNSAFE, ids=lambda unsafe: str(unsafe)[:40])
def test_a_site_on_https_is_never_a_demo_nor_open_to_look_inside(read, unsafe):
    with pytest.raises(ImproperlyConfigured, match="SITE_URL starts with https://"):
        read(**ENOUGH | unsafe)


def test_a_demo_on_this_machine_is_fine(read):
    settings = read(**ENOUGH | {"SITE_URL": "http://localhost:8000", "DEMO": "1"})
    assert settings["DEMO"]
    assert settings["ALLOWED_HOSTS"] == ["localhost"]


def test_a_page_gives_up_before_its_reader_and_a_job_does_not(read):
    web = read(**ENOUGH | {"IS_WEB": "1", "WEB_STATEMENT_SECONDS": "8"})
    said = web["DATABASES"]["default"]["OPTIONS"]["options"]
    assert said == (
        "-c statement_timeout=8s -c lock_timeout=4s -c idle_in_transaction_session_timeout=24s"
    )
    for other in ({}, {"IS_WEB": "1", "WEB_STATEMENT_SECONDS": "0"}):
        assert "options" not in read(**ENOUGH | other)["DATABASES"]["default"]["OPTIONS"]


def test_an_operators_own_options_of_the_database_stay_and_win(read):
    url = ENOUGH["DATABASE_URL"] + "?options=-c%20statement_timeout%3D9s"
    said = read(**ENOUGH | {"DATABASE_URL": url, "IS_WEB": "1"})["DATABASES"]["default"]["OPTIONS"]
    assert said["options"].endswith("=60s -c statement_timeout=9s")
    assert said["connect_timeout"] == 5
