"""The page of promises names tests that are there, and every failure we learned from has one."""

import re
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
PAPER = (HOUSE / "docs/guides/promises.md").read_text()
TABLE = [line.split("|")[1:3] for line in PAPER.splitlines() if line.startswith("| ")][2:]
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")


def test_every_test_that_is_named_is_there():
    named = TEST.findall(PAPER)
    assert len(named) > 40
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (HOUSE / path).exists() or f"def {name}" not in (HOUSE / path).read_text()
    ]
    assert missing == []


def test_every_past_failure_has_its_test_or_its_issue():
    """The 29 rows of what happened elsewhere."""
    assert len(TABLE) == 29
    bare = [what for what, proof in TABLE if not TEST.search(proof) and "issue" not in proof]
    assert bare == []
