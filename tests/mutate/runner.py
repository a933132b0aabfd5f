"""Runs the tests once to see who meets which condition, then each condition's until one fails."""

import importlib.abc
import importlib.machinery
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from _pytest.runner import call_and_report

from . import switch
from .sites import ROOT, Site, looked_at, rewritten

MOST = 250  # tests run for one condition


class Loader(importlib.machinery.SourceFileLoader):
    """Compiles the rewritten module, never one kept from before."""

    def get_code(self, fullname: str):
        path = self.get_filename(fullname)
        named = path.removeprefix(f"{ROOT}/")
        tree, _sites = rewritten(self.get_data(path).decode(), named, FIRST[named])
        return compile(tree, path, "exec")


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path, target=None):
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec and spec.origin and spec.origin.startswith(f"{ROOT}/"):
            named = spec.origin.removeprefix(f"{ROOT}/")
            if named in FIRST and looked_at(named):
                spec.loader = Loader(fullname, spec.origin)
                return spec
        return None


FIRST: dict[str, int] = {}  # path -> the number of its first condition


def install(found: dict[str, list[Site]]) -> None:
    """From now on the modules that hold conditions are rewritten as they are imported."""
    FIRST.update({path: sites[0].number for path, sites in found.items()})
    sys.meta_path.insert(0, Finder())


@dataclass
class Runner:
    """The loop in place of pytest's own. `caught`: condition -> the test that failed."""

    sites: list[Site]
    meeting: dict[int, list[pytest.Item]] = field(default_factory=lambda: defaultdict(list))
    seconds: dict[str, float] = field(default_factory=dict)
    caught: dict[int, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Real browsers and real processes would run code of their own."""
        items[:] = [item for item in items if not {"browser", "live"} & {*item.fixturenames}]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._look(session.items)
        print(
            f"{len(session.items)} tests meet {len(self.meeting)} of {len(self.sites)} conditions"
        )
        plans = [(site, self._plan(site)) for site in self.sites]
        plans = [(site, items) for site, items in plans if items]
        for place, (site, items) in enumerate(plans):
            then = plans[place + 1][1][0] if place + 1 < len(plans) else None
            self._try(site, items, then)
            print(self.line(site), flush=True)
        return True

    def line(self, site: Site) -> str:
        """What is printed of one."""
        said = self.caught.get(site.number) or (
            "NOT CAUGHT" if site.number in self.meeting else "NO TEST MEETS IT"
        )
        return f"{site.path}:{site.line}  {site.what}\n    {said}"

    def _look(self, items: list[pytest.Item]) -> None:
        for place, item in enumerate(items):
            then = items[place + 1] if place + 1 < len(items) else None
            switch.reached.clear()
            began = time.monotonic()
            if _fails(item, lambda _failed, then=then: then):
                self.broken.append(item.nodeid)
                continue
            self.seconds[item.nodeid] = time.monotonic() - began
            for number in switch.reached:
                self.meeting[number].append(item)

    def _plan(self, site: Site) -> list[pytest.Item]:
        """Those who meet it: the matrix and the room's own tests first, then the quick ones; tests
        of a module together."""
        room = f"tests/{site.path.rpartition('/')[0]}/"
        modules: dict[str, list[pytest.Item]] = defaultdict(list)
        for item in self.meeting.get(site.number, []):
            modules[item.nodeid.partition("::")[0]].append(item)

        def rank(module: str) -> tuple[int, float]:
            near = module.startswith((room, "tests/test_matrix", "tests/canary"))
            return (0 if near else 1, min(self.seconds[item.nodeid] for item in modules[module]))

        planned = [item for module in sorted(modules, key=rank) for item in modules[module]]
        return planned[:MOST]

    def _try(self, site: Site, items: list[pytest.Item], then: pytest.Item | None) -> None:
        for place, item in enumerate(items):
            after = items[place + 1] if place + 1 < len(items) else then
            if _fails(item, lambda failed, after=after: then if failed else after, site.number):
                self.caught[site.number] = f"caught by {item.nodeid}"
                return


def _fails(item: pytest.Item, after, number: int | None = None) -> bool:
    """Whether the test fails with the condition off. It is off during the test's own call only:
    what a module's tests share is made with all of them on."""
    if not item._request:
        item._initrequest()
    report = call_and_report(item, "setup", log=False)
    if report.passed:
        switch.off_now = number
        report = call_and_report(item, "call", log=False)
        switch.off_now = None
    call_and_report(item, "teardown", log=False, nextitem=after(report.failed))
    item._request = False
    item.funcargs = None
    return report.failed


def share(runner: Runner, sites: Iterable[Site]) -> float:
    """How many of them are caught, 0 to 1."""
    told = [site.number in runner.caught for site in sites]
    return sum(told) / len(told) if told else 1.0
