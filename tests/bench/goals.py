"""The goals of performance.md, each with what this run found: reached, not reached, not measured.

Everything is processor time of the same run, beside the limits of the same run: on two busy cores
requests a second say how busy they are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .measure import Cost, flat, middle
from .table import FLAT, Report

FEED_LIKE_AUTH = 850 / 1274  # what an unchanged feed may cost beside signing in alone


@dataclass(frozen=True)
class Found:
    """One number of a goal: what it is, what was found, and what it should be at least or most."""

    what: str
    number: float
    bar: float
    least: bool = False

    @property
    def reached(self) -> bool:
        return self.number >= self.bar if self.least else self.number <= self.bar

    def __str__(self) -> str:
        sign = "≥" if self.least else "≤"
        return f"{self.what} {self.number:.3g} ({sign} {self.bar:.2g})"


class Run:
    """What a report says of the large database; KeyError for what was not measured."""

    def __init__(self, report: Report):
        self.report = report
        self.by_name = {page.name: found for page, found in report.pages}

    def cost(self, page: str) -> Cost:
        found = self.by_name[page]
        return middle(found[max(found)])

    def part(self, page: str, limit: str, bar: float) -> Found:
        """How near a page comes to a limit: 0.5 is twice its processor time."""
        part = middle(self.report.limits[limit]).cpu / self.cost(page).cpu
        return Found(f"{page} / {limit}", part, bar, least=True)

    def flat(self, page: str) -> Found:
        found = self.by_name[page]
        return Found(f"{page} 1k / 1M", flat(found[min(found)], found[max(found)]), FLAT, True)

    def deed(self, name: str) -> dict[str, float]:
        return self.report.deeds[max(self.report.deeds, key=int, default="")][name]

    def times_raw(self, name: str, bar: float) -> Found:
        ours, raw = self.deed(name), self.deed(f"{name}, raw SQL")
        return Found(f"{name} / raw SQL", ours["cpu"] / raw["cpu"], bar)


def _tell(run: Run) -> list[Found]:
    told = run.deed("tell")
    each = Found("ms a watcher", told["cpu"] / max(told["rows"], 1), 0.015)
    return [each, run.times_raw("tell", 1.5)]


def _remind(run: Run) -> list[Found]:
    wrote, again = run.deed("remind"), run.deed("remind, nothing new")
    whole = Found("s for 200,000", wrote["cpu"] / max(wrote["rows"], 1) * 200, 2.0)
    return [whole, run.times_raw("remind", 1.2), Found("s for none", again["cpu"] / 1000, 0.1)]


GOALS: dict[str, Callable[[Run], list[Found]]] = {
    "G1 thread": lambda run: [
        run.part("thread", "floor", 0.5), Found("CPU ms", run.cost("thread").cpu, 3.2),
    ],
    "G1b flat": lambda run: [run.flat("thread"), run.flat("list"), run.flat("session")],
    "G2 list": lambda run: [run.part("list", "list", 0.8)],
    "G3 session": lambda run: [run.part("session", "auth", 0.4)],
    "G3 schedule": lambda run: [run.part("schedule", "auth", 0.4)],
    "G4 reply": lambda run: [Found("CPU ms", run.cost("reply").cpu, 8)],
    "G4 telling": _tell,
    "G5 search": lambda run: [Found("SQL CPU ms", run.cost("search").postgresql, 20)],
    "G5 common": lambda run: [Found("SQL CPU ms", run.cost("search, common").postgresql, 35)],
    "G6 funder": lambda run: [
        run.part("funder", "auth", 0.3), Found("SQL CPU ms", run.cost("funder").postgresql, 3),
    ],
    "G7 remind": _remind,
    "G8 feed": lambda run: [run.part("feed", "feed", 0.9)],
    "G8 unchanged": lambda run: [run.part("feed, unchanged", "auth", FEED_LIKE_AUTH)],
}  # fmt: skip


def judged(report: Report) -> Iterator[tuple[str, list[Found]]]:
    """Each goal with what was found; with nothing, where this run did not measure it."""
    run = Run(report)
    for name, ask in GOALS.items():
        try:
            yield name, ask(run)
        except KeyError:
            yield name, []


def lines(report: Report) -> list[str]:
    """A line for each goal."""
    made = []
    for name, found in judged(report):
        said = "reached" if all(one.reached for one in found) else "NOT REACHED"
        said = said if found else "not measured"
        made.append(f"{name:<14}{said:<14}{'; '.join(map(str, found))}".rstrip())
    return made


def kept(report: Report) -> dict[str, dict]:
    """The same for the line of JSON."""
    return {
        name: {
            "reached": all(one.reached for one in found) if found else None,
            "found": {one.what: round(one.number, 4) for one in found},
        }
        for name, found in judged(report)
    }
