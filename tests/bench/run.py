"""One run: the sites are filled and served, then limits, pages and deeds are measured in turn, and
each one's lines printed as soon as they are known."""

import json
import subprocess
import sys
from argparse import Namespace
from datetime import UTC, datetime

from peernet.embedded.processes import CannotStart

from . import table
from .load import Connection
from .measure import alternating, measured
from .meter import memory
from .pages import LIMITS, PAGES, Page
from .size import Size
from .stack import HOUSE, Servers, Site

BARE = {"DJANGO_SETTINGS_MODULE": "tests.bench.limit_settings"}


def pages_and_deeds(
    report: table.Report, servers: Servers, sizes: list[Size], want: Namespace,
    pages: list[Page] = PAGES,
) -> list[Site]:  # fmt: skip
    """Measure what is wanted in a database of each size; returns the sites, which still answer.
    Raises Wrong and CannotStart."""
    sites = [open_site(servers, size) for size in sizes]
    if any(page.group in want.pages for page in pages):
        print(table.head(), flush=True)
        _limits(report, servers, sites[-1], want)
        _pages(report, servers, sites, want, [page for page in pages if page.group in want.pages])
    if "remind" in want.pages:
        _deeds(report, sites, want.rounds)
    for name, process in servers.children.watched.items():
        report.memory[name] = round(memory(process), 1)
    print("memory, MB: ", ", ".join(f"{name} {used:.0f}" for name, used in report.memory.items()))
    return sites


def open_site(servers: Servers, size: Size) -> Site:
    """The site over the database of this size, filled and served."""
    site = servers.serve(servers.site(size), f"bench_{size.posts}")
    line = Connection(site.port)
    feed = f"GET {site.keys['feed']} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    site.keys["etag"] = line.ask(feed.encode()).headers["etag"]
    line.close()
    return site


def open_bare(servers: Servers, site: Site) -> Site:
    """What the machine allows (limits.py), over the same database."""
    bare = Site(site.size, site.env | BARE, site.keys)
    return servers.serve(bare, f"limits_{site.size.posts}")


def _limits(report: table.Report, servers: Servers, site: Site, want: Namespace) -> None:
    bare = open_bare(servers, site)
    for page in LIMITS:
        report.limits[page.name] = [
            measured(page, bare, servers.postgresql, want.seconds) for _ in range(want.rounds)
        ]
        print(table.line(page.name, "limit", table.middle(report.limits[page.name])), flush=True)


def _pages(report: table.Report, servers: Servers, sites: list[Site], want: Namespace,
           pages: list[Page]) -> None:  # fmt: skip
    database = servers.postgresql
    for page in pages:
        if not page.paths(sites[0]):
            continue  # the search, as long as there is none
        found = alternating(
            sites, want.rounds, lambda site, page=page: measured(page, site, database, want.seconds)
        )
        by_size = {site.size.posts: costs for site, costs in zip(sites, found, strict=True)}
        report.pages.append((page, by_size))
        print(*table.lines_of(page, by_size, report.limits), sep="\n", flush=True)


def _deeds(report: table.Report, sites: list[Site], rounds: int) -> None:
    print(table.DEEDS.format("deed", "posts", "notices", "ms", "CPU ms", ""))
    for site in sites:
        words = [site.size.posts, site.size.members, datetime.now(UTC).date(), rounds]
        env = site.env | {"TESTING": "1", "VAR_DIR": site.env["VAR_DIR"] + "/moved"}
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.deeds", *map(str, words)],
            env=env, cwd=HOUSE, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise CannotStart(f"The deeds did not end well.\n{done.stderr[-3000:]}")
        found = json.loads(done.stdout.splitlines()[-1])
        report.deeds[str(site.size.posts)] = found
        print(*table.lines_of_deeds(site.size.posts, found), sep="\n", flush=True)
