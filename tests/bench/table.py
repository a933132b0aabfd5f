"""What was measured, as a table for people and as a line of JSON to compare runs by."""

import json
import os
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from .measure import Cost, flat, middle
from .memory import Memory
from .pages import Page

HEAD = "{:<18}{:>10}{:>8}{:>8}{:>8}{:>16}{:>6}{:>7}  {:<18}{}"
DEEDS = "{:<24}{:>10}{:>10}{:>10}{:>10}  {}"
FLAT = 0.8  # decisions.md: less is not flat


@dataclass
class Report:
    """Everything that one run found."""

    limits: dict[str, list[Cost]] = field(default_factory=dict)
    pages: list[tuple[Page, dict[int, list[Cost]]]] = field(default_factory=list)
    deeds: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    demo: Memory | None = None


def head() -> str:
    return HEAD.format(
        "page", "posts", "/s", "p50 ms", "p95 ms", "CPU ms web + PG", "SQL", "KB", "of its limit",
        "1k / 1M",
    )  # fmt: skip


def line(name: str, posts: str, cost: Cost, part: str = "", ratio: str = "") -> str:
    return HEAD.format(
        name, posts, f"{cost.a_second:,.0f}", f"{cost.p50:.1f}", f"{cost.p95:.1f}",
        f"{cost.web:.2f} + {cost.postgresql:.2f}", round(cost.statements) or "",
        f"{cost.kilobytes:.0f}", part, ratio,
    ).rstrip()  # fmt: skip


def lines_of(page: Page, found: dict[int, list[Cost]], limits: dict[str, list[Cost]]) -> list[str]:
    """A page's lines: one for each size; beside the last how near its limit and how flat it is."""
    made = []
    sizes = sorted(found)
    for posts in sizes:
        cost, last = middle(found[posts]), posts == sizes[-1]
        part = ratio = ""
        if last and page.limit in limits:
            part = of_limit(page, middle(limits[page.limit]).cpu / cost.cpu)
        if last and len(sizes) > 1 and not page.form:
            ratio = flatness(flat(found[sizes[0]], found[posts]))
        made.append(line(page.name if posts == sizes[0] else "", f"{posts:,}", cost, part, ratio))
    return made


def lines_of_deeds(posts: int, found: dict[str, dict[str, float]]) -> list[str]:
    """A line for each deed; beside what PeerNet does, how many times the raw SQL it takes."""
    made = []
    for name, cost in found.items():
        raw = found.get(f"{name}, raw SQL")
        times = f"{cost['cpu'] / raw['cpu']:.2f} x raw SQL" if raw and raw["cpu"] else ""
        ms, cpu = f"{cost['ms']:,.0f}", f"{cost['cpu']:,.0f}"
        made.append(DEEDS.format(name, f"{posts:,}", f"{cost['rows']:,.0f}", ms, cpu, times))
    return [line.rstrip() for line in made]


def of_limit(page: Page, part: float) -> str:
    """ "0.31 of floor, < 0.5": what part of the limit is reached, and what part is the goal."""
    short = f", < {page.goal}" if part < page.goal else ""
    return f"{part:.2f} {page.limit}{short}"


def flatness(ratio: float) -> str:
    return f"{ratio:.2f}" + ("" if ratio >= FLAT else "  NOT FLAT")


def keep(report: Report, where: Path, rounds: int, goals: dict | None = None) -> None:
    """Add the run to the file, a line of JSON."""
    where.parent.mkdir(parents=True, exist_ok=True)
    run = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "rounds": rounds,
        "limits": {name: asdict(middle(costs)) for name, costs in report.limits.items()},
        "pages": {
            page.name: {str(posts): asdict(middle(costs)) for posts, costs in found.items()}
            for page, found in report.pages
        },
        "flat": {
            page.name: flat(found[min(found)], found[max(found)]) for page, found in report.pages
        },
        "deeds": report.deeds,
        "goals": goals,
        "memory_mb": report.memory,
        "demo_memory_mb": report.demo
        and {name: report.demo.thirds(name) for name in report.demo.samples},
    }
    with where.open("a") as file:
        file.write(json.dumps(run) + "\n")


def commit() -> str:
    """Of what was measured; empty where there is no git."""
    asked = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return asked.stdout.strip()
