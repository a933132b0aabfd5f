"""What is known so far, in one file that several processes add lines to: a run can be cut short and
taken up again, and is printed while it goes.

A condition is named by its path and its words, not by its line: what was found out about it stays
true when something above it changes.
"""

import json
import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from .sites import Site


def named(sites: list[Site]) -> dict[int, str]:
    """A name for each number that stays the same while other lines come and go."""
    seen: dict[str, int] = defaultdict(int)
    names = {}
    for site in sites:
        words = f"{site.path} {site.what}"
        seen[words] += 1
        names[site.number] = f"{words} #{seen[words]}"
    return names


@dataclass
class Memory:
    """`met`: test -> the conditions it meets; `caught`: condition -> the test that noticed."""

    file: Path
    met: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    caught: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)  # test -> why
    done: set[str] = field(default_factory=set)  # modules, with the round
    read_to: int = 0

    def look(self) -> list[dict]:
        """The lines that any process has added since, taken in."""
        if not self.file.exists():
            return []
        with self.file.open("rb") as lines:
            lines.seek(self.read_to)
            text = lines.read()
        whole = text[: text.rfind(b"\n") + 1]
        self.read_to += len(whole)
        new = [json.loads(line) for line in whole.splitlines()]
        for line in new:
            self._take(line)
        return new

    def _take(self, line: dict) -> None:
        if "test" in line:
            self.met[line["test"]] = line["met"]
            self.seconds[line["test"]] = line["seconds"]
            self.broken.pop(line["test"], None)
        elif "caught" in line:
            self.caught.setdefault(line["caught"], line["by"])
        elif "broken" in line:
            self.broken[line["broken"]] = line["why"]
        elif "done" in line:
            self.done.add(line["done"])
        elif "again" in line:
            self.done.clear()

    def add(self, **line: object) -> None:
        """One more line, for every process at once."""
        with self.file.open("ab", buffering=0) as lines:
            lines.write(json.dumps(line).encode() + b"\n")
        self.look()

    def claim(self, work: str) -> bool:
        """Whether this piece of work is ours: the first process that asks gets it."""
        mark = self.file.with_suffix("") / work.replace("/", "~")
        mark.parent.mkdir(exist_ok=True)
        try:
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True

    def forget_claims(self) -> None:
        """Those of processes that are gone; what is done stays done."""
        folder = self.file.with_suffix("")
        for mark in folder.iterdir() if folder.exists() else []:
            mark.unlink()
