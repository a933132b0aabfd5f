"""What the docs name is there: files, commands, services, settings, make targets. What the commands
do is tried in tests/peernet/embedded/test_container.py."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

HOUSE = Path(__file__).resolve().parents[1]
PAPERS = [*sorted(HOUSE.glob("*.md")), *sorted((HOUSE / "docs/guides").glob("*.md"))]
EVERYTHING = "\n".join(paper.read_text() for paper in PAPERS)
WITH_A_SERVICE = {"exec", "run", "logs", "restart", "stop"}


def compose_lines():
    """The words after `docker compose` of each line, up to where a shell would go on."""
    found = re.findall(r"docker compose (\w[^\n`<>]*)", EVERYTHING)
    return [shlex.split(line) for line in found]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_links_lead_somewhere(paper):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", paper.read_text())
    assert [link for link in links if not (paper.parent / link).exists()] == []


def test_the_four_who_need_a_guide_have_one():
    names = {paper.stem for paper in PAPERS}
    assert names >= {"operators", "coordinators", "members", "funders", "SECURITY", "CHANGELOG"}


def test_commands_of_the_docs_exist():
    named = set(re.findall(r"manage\.py (\w+)", EVERYTHING))
    assert named
    assert named - set(get_commands()) == set()


def test_targets_of_the_docs_exist():
    targets = set(re.findall(r"^([\w-]+):", (HOUSE / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)(?:PORT=\d+ )?make ([\w-]+)", EVERYTHING, re.MULTILINE))
    assert "run" in named
    assert named - targets == set()


def test_services_of_the_docs_exist():
    services = set(yaml.safe_load((HOUSE / "docker-compose.yml").read_text())["services"])
    lines = compose_lines()
    assert len(lines) > 10
    for verb, *words in lines:
        plain = [word for word in words if not word.startswith("-") and word != "1h"]
        named = plain[:1] if verb in ("exec", "run") else plain
        if verb in WITH_A_SERVICE:
            assert set(named) <= services, (verb, words)
        else:
            assert (verb, named) in [("up", []), ("ps", [])]


def test_settings_of_the_docs_exist():
    told = set(
        re.findall(r"^(?:# )?([A-Z_]+)=", (HOUSE / ".env.example").read_text(), re.MULTILINE)
    )
    guide = (HOUSE / "docs/guides/operators.md").read_text()
    named = set(re.findall(r"`([A-Z][A-Z_]{3,})(?:=\w+)?`", guide))
    assert named
    assert named - told == {"PORT"}
    assert "${PORT:-8000}" in (HOUSE / "peernet/embedded/container.sh").read_text()


def test_the_picture_is_small_enough_to_load():
    assert 50_000 < (HOUSE / "docs/pictures/home.png").stat().st_size < 250_000
