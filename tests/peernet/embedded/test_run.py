"""`make run`, as somebody meets it who has just cloned the house; and however it ends, nothing
of it stays behind and the data is still there.

A start takes seconds, the first one of a folder many: the tests hand on what they leave running.
"""

import mailbox
import signal
import smtplib
import urllib.parse
import urllib.request
from contextlib import closing

import psycopg2
import pytest

from peernet.embedded.processes import alive

from .launcher import Launcher, attempt


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("run") / "var"


@pytest.fixture(scope="module")
def running(var):
    """The launcher that runs in this folder, started (again) if it does not: the first time as it
    comes, with its demo, and later without, which is quicker."""
    started = []

    def launcher():
        if not started:
            started.append(Launcher(var))
        elif started[-1].process.poll() is not None:
            started.append(Launcher(var, DEMO="0"))
        return started[-1]

    yield launcher
    if started and started[-1].process.poll() is None:
        started[-1].stop(signal.SIGTERM)


@pytest.fixture
def house(running):
    return running()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_it_says_its_address_once_the_front_page_and_the_health_check_answer(house, host):
    assert f"PeerNet is at http://localhost:{house.port}" in house.said()
    for path in ("/healthz", "/"):
        with urllib.request.urlopen(f"http://{host}:{house.port}{path}") as answer:
            assert answer.status == 200


def test_its_static_files_are_served_compressed(house):
    style = next((house.var / "static").glob("css/*.*.css"))
    request = urllib.request.Request(
        f"http://localhost:{house.port}/static/css/{style.name}",
        headers={"Accept-Encoding": "gzip"},
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"


def test_a_mail_without_a_mail_server_lands_in_the_mailbox_folder(house):
    given = house.environment()
    with smtplib.SMTP(given["EMAIL_HOST"], int(given["EMAIL_PORT"])) as server:
        server.sendmail("a@example.org", ["b@example.org"], "Subject: Quince\n\nHello")
    kept = mailbox.Maildir(house.var / "mailbox")
    assert "Quince" in [mail["Subject"] for mail in kept]


def test_beat_worker_and_outbox_send_the_demos_mails_by_themselves(house):
    kept = mailbox.Maildir(house.var / "mailbox")
    house.wait_until(lambda: any("Peer session" in (mail["Subject"] or "") for mail in kept))


def test_one_press_signs_in_and_shows_that_persons_home(house):
    jar = urllib.request.HTTPCookieProcessor()
    browser = urllib.request.build_opener(jar)
    browser.open(f"http://localhost:{house.port}/demo/").read()
    token = next(cookie.value for cookie in jar.cookiejar if cookie.name == "csrftoken")
    press = urllib.parse.urlencode({"csrfmiddlewaretoken": token}).encode()
    address = f"http://localhost:{house.port}/demo/as/member/"
    with browser.open(address, press) as page:
        assert "Hello Amina" in page.read().decode()


def test_what_it_keeps_is_for_this_user_alone(house):
    private = ["secret", "log", "mailbox", "pg", "valkey"]
    assert [name for name in private if (house.var / name).stat().st_mode & 0o077] == []


def test_the_databases_log_tells_of_a_fault_and_not_whose(house):
    with closing(psycopg2.connect(house.environment()["DATABASE_URL"])) as database:
        database.autocommit = True
        cursor = database.cursor()
        for fault in (
            "SELECT 'quince@orchard.example' FROM nowhere_at_all",
            "INSERT INTO members_person SELECT * FROM members_person LIMIT 1",
        ):
            with pytest.raises(psycopg2.Error):
                cursor.execute(fault)
        cursor.execute("SELECT current_setting('log_error_verbosity')")
        assert cursor.fetchone() == ("terse",)
    log = (house.var / "pg" / "log").read_text()
    assert "nowhere_at_all" in log
    assert "duplicate key value" in log
    assert "quince" not in log
    assert "already exists" not in log  # the detail, which names the value


def test_a_second_start_beside_it_is_refused_in_one_sentence(house):
    code, said = attempt(house.var)
    assert code == 1
    assert said == (
        f"PeerNet already runs from {house.var} (process {house.process.pid}). "
        "Stop that one first, or name another folder with VAR_DIR."
    )


def test_a_reset_while_it_runs_is_refused(house):
    code, said = attempt(house.var, "reset")
    assert code == 1
    assert "already runs" in said
    assert (house.var / "pg").exists()


def test_a_taken_port_is_refused_in_one_sentence(house, tmp_path):
    code, said = attempt(tmp_path / "var", PORT=house.port)
    assert code == 1
    assert said == (
        f"Port {house.port} is taken by another program. "
        f"Choose one: PORT={int(house.port) + 1} make run"
    )


@pytest.mark.parametrize("port", ["many", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    code, said = attempt(tmp_path / "var", PORT=port)
    assert (code, said) == (1, f"PORT must be a number from 1 to 65535; it is {port!r}.")


def test_a_full_disk_is_said_before_anything_is_made(tmp_path):
    var = tmp_path / "var"
    code, said = attempt(var, PEERNET_MIN_FREE_MB="1000000000")
    assert code == 1
    assert said.startswith(f"The disk is full: {var} has ")
    assert "\n" not in said
    assert not (var / "pg").exists()


def test_a_setting_that_cannot_be_is_said_in_its_own_words(tmp_path):
    code, said = attempt(tmp_path / "var", SITE_URL="https://peers.example.org", DEMO="1")
    assert code == 1
    assert "unset DEMO" in said


# --- Its ends ------------------------------------------------------------------------------------


def birth_of_the_data(launcher):
    """When the database was made: another moment means other data."""
    connection = psycopg2.connect(launcher.environment()["DATABASE_URL"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(applied) FROM django_migrations")
        [moment] = cursor.fetchone()
    connection.close()
    return moment


def test_sigterm_stops_every_process(running):
    code, left = running().stop(signal.SIGTERM)
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


def test_ctrl_c_stops_every_process_and_a_reset_forgets_all(running, var):
    code, left = running().stop(signal.SIGINT)
    assert (code, left) == (0, [])
    code, said = attempt(var, "reset")
    assert code == 0, said
    assert [path.name for path in var.iterdir()] == ["lock"]
