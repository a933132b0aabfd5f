"""What is installed is what was read: every package by hash, from wherever the machine's own
settings say. No file of ours names a place to fetch from."""

import json
import re
import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
LOCKS = sorted((HOUSE / "requirements").glob("*.txt"))
# In pieces, because this file is searched too.
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "registry." + "npm", "npm" + "js.org"]


def pins(lock):
    """{name: version} of a lock file."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_with_its_hashes_and_without_an_address(lock):
    entries = re.split(r"\n(?=[^\s#])", lock.read_text())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert pins(lock)
    assert "://" not in lock.read_text()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_that_is_asked_for_is_locked(lock):
    asked = re.findall(r"^([A-Za-z0-9._-]+)", lock.with_suffix(".in").read_text(), re.MULTILINE)
    missing = {re.sub(r"[._]", "-", name.lower()) for name in asked if name[0] != "-"} - set(
        pins(lock)
    )
    assert missing == set(), "run `make lock`"


def test_tests_run_on_the_versions_that_people_run():
    runs, tests = pins(HOUSE / "requirements/base.txt"), pins(HOUSE / "requirements/dev.txt")
    assert {name for name, version in runs.items() if tests.get(name) != version} == set()


def test_the_font_is_locked_by_its_hash_without_an_address():
    packages = json.loads((HOUSE / "package-lock.json").read_text())["packages"]
    fetched = [entry for name, entry in packages.items() if name]
    assert fetched
    assert all(entry.get("integrity") and "resolved" not in entry for entry in fetched)


def test_no_file_names_a_package_registry():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, check=True)
    files = [HOUSE / name for name in listed.stdout.decode().split("\0") if name]
    naming = [
        path.relative_to(HOUSE).as_posix()
        for path in files
        if path.is_file() and any(host.encode() in path.read_bytes() for host in REGISTRIES)
    ]
    assert naming == []
