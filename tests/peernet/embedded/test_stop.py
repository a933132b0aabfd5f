"""However it ends, nothing of it stays behind, and the data is still there."""

import signal

import psycopg2
import pytest

from peernet.embedded.processes import alive

from .launcher import Launcher, attempt


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("stop") / "var"


@pytest.fixture(scope="module")
def running(var):
    """The launcher that runs in this folder, started (again) if it does not. A start takes
    seconds, so a test hands on what it leaves running."""
    started = []

    def launcher():
        if not started or started[-1].process.poll() is not None:
            started.append(Launcher(var, DEMO="0"))  # starts sooner without people
        return started[-1]

    yield launcher
    if started[-1].process.poll() is None:
        started[-1].stop(signal.SIGTERM)


def birth_of_the_data(launcher):
    """When the database was made: another moment means other data."""
    connection = psycopg2.connect(launcher.environment()["DATABASE_URL"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(applied) FROM django_migrations")
        [moment] = cursor.fetchone()
    connection.close()
    return moment


def test_ctrl_c_stops_every_process(running):
    code, left = running().stop(signal.SIGINT)
    assert (code, left) == (0, [])


def test_after_kill_9_the_next_start_ends_what_was_left_and_finds_the_data(running):
    before = running()
    birth = birth_of_the_data(before)
    _, left = before.stop(signal.SIGKILL)
    assert left, "a kill -9 that leaves nothing would make this test pointless"
    after = running()
    assert [process for process in left if alive(process)] == []
    assert birth_of_the_data(after) == birth


@pytest.mark.parametrize(
    ("name", "command"), [("beat", "celery -A peernet beat"), ("postgresql", "bin/postgres -D")]
)
def test_a_process_that_dies_stops_everything_and_is_named(running, name, command):
    launcher = running()
    processes = launcher.processes()
    launcher.child(command).kill()
    assert launcher.process.wait(30) == 1
    assert f"{name} has stopped, so everything is stopped." in launcher.said()
    assert [process for process in processes if alive(process)] == []


def test_sigterm_stops_every_process_and_a_reset_forgets_all(running, var):
    code, left = running().stop(signal.SIGTERM)
    assert (code, left) == (0, [])
    code, said = attempt(var, "reset")
    assert code == 0, said
    assert [path.name for path in var.iterdir()] == ["lock"]
