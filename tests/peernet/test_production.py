"""The files that put PeerNet on a server. No container engine is needed to hold them to this; what
the containers run is tried in tests/peernet/embedded/test_container.py."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from peernet.embedded.services import DISCREET
from peernet.pages import source

HOUSE = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((HOUSE / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ["prepare", "web", "worker", "beat", "watch"]
DOCKERFILE = (HOUSE / "Dockerfile").read_text()
EXAMPLE = (HOUSE / ".env.example").read_text()
ENTERS = {
    line[1:] for line in (HOUSE / ".dockerignore").read_text().splitlines() if line[:1] == "!"
}
# A name and a version, perhaps one folder: nothing that says where to fetch it.
IMAGE = re.compile(r"[a-z]+(/[a-z]+)?(:[a-z0-9.-]+)?")


def instructions(name):
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)


def lines(service):
    """The service's health check as one line."""
    return " ".join(SERVICES[service]["healthcheck"]["test"])


# --- docker-compose.yml -------------------------------------------------------------------------


def test_the_whole_house_is_there():
    assert set(SERVICES) == {*OURS, "database", "valkey", "front"}


def test_images_are_names_and_no_addresses():
    named = [one["image"] for one in SERVICES.values()]
    named += [line.split()[0] for line in instructions("FROM")]
    assert [name for name in named if not IMAGE.fullmatch(name)] == []
    assert {SERVICES[name]["image"] for name in OURS} == {"peernet"}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"prepare"}))
def test_every_lasting_service_comes_back_and_is_asked_how_it_is(name):
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["healthcheck"]["retries"]
    assert service["logging"]["options"]["max-size"]


def test_the_site_starts_on_a_prepared_database_and_a_bell_that_answers():
    assert SERVICES["prepare"]["restart"] == "no"
    assert SERVICES["prepare"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    for name in OURS[1:]:
        assert SERVICES[name]["depends_on"] == {
            "prepare": {"condition": "service_completed_successfully"},
            "valkey": {"condition": "service_healthy"},
        }


@pytest.mark.parametrize("name", OURS)
def test_what_we_wrote_can_do_nothing_but_serve(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service, "the image says who it is"
    assert service["command"] == [name]


def test_only_the_front_door_is_open():
    open_doors = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert open_doors == {"front": ["80:80", "443:443", "443:443/udp"]}


def test_what_must_last_is_on_volumes():
    kept = {
        volume.split(":")[0]: volume.split(":")[1]
        for one in SERVICES.values()
        for volume in one.get("volumes", [])
    }
    assert kept == {
        "database": "/var/lib/postgresql",
        "files": "/var/lib/peernet",
        "certificates": "/data",
    }
    assert set(COMPOSE["volumes"]) == set(kept)


def test_no_secret_is_written_down():
    given = [value for one in SERVICES.values() for value in one.get("environment", {}).items()]
    secret = [value for name, value in given if name in ("POSTGRES_PASSWORD", "DATABASE_URL")]
    assert len(secret) == 6
    assert all("${POSTGRES_PASSWORD:?" in value for value in secret)
    assert {name for name, _ in given if "SECRET" in name or "KEY" in name} == set()
    said = re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE)
    assert said == [("SITE_URL", ""), ("SECRET_KEY", ""), ("POSTGRES_PASSWORD", "")]


def test_the_databases_log_holds_nothing_that_people_wrote():
    said = SERVICES["database"]["command"]
    assert said == ["postgres", *(w for n, v in DISCREET.items() for w in ("-c", f"{n}={v}"))]


def test_the_health_checks_ask_the_web():
    assert "peernet.embedded.healthy answers http://127.0.0.1:8000" in lines("web")
    assert "peernet.embedded.healthy rings http://web:8000" in lines("worker")
    assert lines("beat") == lines("worker")
    assert "peernet.embedded.healthy watches http://web:8000" in lines("watch")


def test_the_front_door_leads_to_the_web():
    caddyfile = COMPOSE["configs"]["caddyfile"]["content"]
    assert caddyfile.startswith("${SITE_URL:?")
    assert "reverse_proxy web:8000" in caddyfile
    assert caddyfile.count("{") == caddyfile.count("}")
    assert SERVICES["front"]["configs"][0]["source"] == "caddyfile"


# --- Dockerfile -----------------------------------------------------------------------------------


def test_the_image_is_not_root_and_starts_by_our_script():
    assert instructions("USER") == ["10001"]
    assert DOCKERFILE.index("USER 10001") > DOCKERFILE.index("COPY . .")
    assert instructions("ENTRYPOINT") == ['["/app/peernet/embedded/container.sh"]']
    assert os.access(HOUSE / "peernet/embedded/container.sh", os.X_OK)


def test_the_image_holds_what_was_read():
    assert "--require-hashes -r requirements/base.txt" in DOCKERFILE
    assert "npm ci" in DOCKERFILE
    copied = {word for line in instructions("COPY") for word in line.split()[:-1]} - {"."}
    files = {word for word in copied if not word.startswith(("--", "/"))}
    assert [name for name in files if not (HOUSE / name).exists()] == []


def test_all_of_the_source_enters_the_image_and_no_secret_does():
    top = {name.split("/")[0] for name in (*source.TREES, *source.FILES)}
    assert top - ENTERS == set()
    assert not {".env", "var", ".git", ".venv", "node_modules"} & ENTERS
    assert (HOUSE / ".dockerignore").read_text().splitlines()[1] == "*"


def test_git_does_not_take_the_secrets():
    assert ".env" in (HOUSE / ".gitignore").read_text().splitlines()


# --- Settings -------------------------------------------------------------------------------------


def test_every_setting_is_explained_and_nothing_else():
    settings = (HOUSE / "peernet/settings.py").read_text()
    asked = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    told = re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE, re.MULTILINE)
    assert len(told) == len(set(told))
    by_themselves = {"IS_WEB"}  # wsgi.py says it
    assert set(told) == asked - by_themselves | {"POSTGRES_PASSWORD"}
    assert "POSTGRES_PASSWORD" in (HOUSE / "docker-compose.yml").read_text()


def test_every_setting_has_its_words_above_it():
    paragraphs = re.split(r"\n\s*\n", EXAMPLE)
    bare = [
        text
        for text in paragraphs
        if re.search(r"^(?:# )?[A-Z_]+=", text, re.MULTILINE) and re.match(r"(?:# )?[A-Z_]+=", text)
    ]
    assert bare == []


def test_django_finds_nothing_to_say_against_a_real_site():
    said = {
        "SITE_URL": "https://peers.example.org",
        "SECRET_KEY": "0123456789abcdef" * 4,
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "REDIS_URL": os.environ["REDIS_URL"],
        "EMAIL_HOST": "mail.example.org",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=HOUSE, env=said, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (
        0,
        "System check identified no issues (0 silenced).",
    ), done.stderr
