"""`make bench`: fill, measure, print. ARGS="thread home" chooses pages, ARGS="--rounds 3" is quick.

The rest of the machine should be at rest; processor time holds even where it is not.
"""

import argparse
import os
import sys
from contextlib import suppress

from peernet.embedded.processes import CannotStart, alone

from . import table
from .load import Connection
from .measure import Wrong, alternating, measured
from .meter import memory
from .pages import LIMITS, PAGES, Page
from .size import LARGE, SMALL, Size
from .stack import HOUSE, Servers, Site

VAR = HOUSE / "var" / "bench"


def asked(words: list[str]) -> argparse.Namespace:
    names = sorted({page.name.split(",")[0] for page in PAGES})
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", choices=[*names, []], default=[], metavar="page")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round")
    return parser.parse_args(words)


def run(servers: Servers, sizes: list[Size], names: list[str], rounds: int, seconds: float,
        pages: list[Page] = PAGES) -> table.Report:  # fmt: skip
    """Fill, serve, measure; each page's lines are printed as soon as they are known."""
    sites = [open_site(servers, size, number) for number, size in enumerate(sizes)]
    bare = Site(
        sites[-1].size, sites[-1].env | {"DJANGO_SETTINGS_MODULE": SETTINGS}, sites[-1].keys
    )
    servers.serve(bare, "bench-limits")
    report, database = table.Report(), servers.postgresql
    print(table.head())
    for page in LIMITS:
        report.limits[page.name] = [measured(page, bare, database, seconds) for _ in range(rounds)]
        print(table.line(page.name, "limit", table.middle(report.limits[page.name])), flush=True)
    for page in pages:
        if (names and page.name.split(",")[0] not in names) or not page.paths(sites[0]):
            continue
        found = alternating(sites, rounds, lambda s, p=page: measured(p, s, database, seconds))
        by_size = {site.size.posts: costs for site, costs in zip(sites, found, strict=True)}
        report.pages.append((page, by_size))
        print(*table.lines_of(page, by_size, report.limits), sep="\n", flush=True)
    for name, process in servers.children.watched.items():
        report.memory[name] = round(memory(process), 1)
    print("Memory, MB:", ", ".join(f"{name} {used:.0f}" for name, used in report.memory.items()))
    return report


SETTINGS = "tests.bench.limit_settings"


def open_site(servers: Servers, size: Size, number: int) -> Site:
    name = f"bench_{size.posts}"
    site = servers.serve(servers.site(name, size, number), name)
    line = Connection(site.port)
    asked = f"GET {site.keys['feed']} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    site.keys["etag"] = line.ask(asked).headers["etag"]
    line.close()
    return site


def main(words: list[str]) -> int:
    want = asked(words)
    for name in ("DATABASE_URL", "REDIS_URL"):  # never a database that is somebody's
        os.environ.pop(name, None)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -5)  # before other programs, where we may
    try:
        with alone(VAR) as children:
            servers = Servers(VAR, children)
            report = run(servers, [SMALL, LARGE], want.pages, want.rounds, want.seconds)
            table.keep(report, VAR / "runs.jsonl", want.rounds)
    except (CannotStart, Wrong) as sentence:
        print(sentence, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
