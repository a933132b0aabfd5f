"""Some seconds of asking for one page, and what it cost the server and PostgreSQL."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

import psutil

from . import meter
from .load import Connection, load
from .pages import Page
from .stack import Site

TICK = 0.01  # ms: the system counts processor time in steps, and a short round may meet none


class Wrong(Exception):
    """A page that does not answer as it should: what is wrong with it."""


@dataclass(frozen=True)
class Cost:
    """What one page costs in one place: of a round, or the median of several."""

    a_second: float
    p50: float  # ms
    p95: float
    web: float  # ms of processor time for each request: gunicorn, and PostgreSQL
    postgresql: float
    statements: int
    kilobytes: float

    @property
    def cpu(self) -> float:
        return self.web + self.postgresql


def warm(page: Page, site: Site, seconds: float) -> None:
    """Before the first round: every thread of every worker gets its connection to the database,
    and what is made once is made. Raises Wrong."""
    if page.name in site.warmed:
        return
    some = load(
        site.port, page.asker(site), page.wrong, seconds=seconds, most=page.often, connections=8
    )
    if some.wrong:
        raise Wrong(some.wrong[0])
    site.warmed.add(page.name)


def once(page: Page, site: Site) -> tuple[int, float]:
    """How many SQL statements one request takes, and the kilobytes of its answer. Raises Wrong."""
    line, ask = Connection(site.port), page.asker(site)
    try:
        counted = ask(0).replace(b"\r\n", b"\r\nX-Bench-Count: 1\r\n", 1)
        answer = line.ask(counted)
    finally:
        line.close()
    if why := page.wrong(answer):
        raise Wrong(why)
    return int(answer.headers.get("x-statements", 0)), len(answer.body) / 1000


def measured(page: Page, site: Site, database: psutil.Process, seconds: float) -> Cost:
    """One round. Raises Wrong when any of its answers was."""
    warm(page, site, min(1, seconds))
    statements, kilobytes = once(page, site)
    before = meter.cpu(site.web), meter.cpu(database)
    done = load(site.port, page.asker(site), page.wrong, seconds=seconds, most=page.often)
    web, postgresql = (
        1000 * (meter.cpu(process) - was) / len(done.took)
        for process, was in zip((site.web, database), before, strict=True)
    )
    if done.wrong:
        raise Wrong(done.wrong[0])
    return Cost(done.a_second, done.at(0.5), done.at(0.95), web, postgresql, statements, kilobytes)


def middle(rounds: list[Cost]) -> Cost:
    """The median of each of their numbers."""
    rows = [asdict(one) for one in rounds]
    return Cost(**{name: median(row[name] for row in rows) for name in rows[0]})


def flat(small: list[Cost], large: list[Cost]) -> float:
    """How the page costs in the small place as a part of the large one: 1.0 is flat. The median
    of the rounds, each small one beside the large one that was measured just with it."""
    pairs = zip(small, large, strict=True)
    return median((one.cpu + TICK) / (other.cpu + TICK) for one, other in pairs)


def alternating(
    sites: list[Site], rounds: int, measure: Callable[[Site], Cost]
) -> list[list[Cost]]:
    """Each site's rounds: in turns, the other one first each time, so that a busy minute of the
    machine meets both."""
    found: list[list[Cost]] = [[] for _ in sites]
    for number in range(rounds):
        order = range(len(sites)) if number % 2 == 0 else reversed(range(len(sites)))
        for index in order:
            found[index].append(measure(sites[index]))
    return found
