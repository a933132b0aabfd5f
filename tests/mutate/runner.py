"""Each test is run once to see which conditions it meets, and at once again with each of those off
that is near to it and still uncaught; then those further away judge what is left.

The world that the tests of a module share is made once per round, not once per condition.
"""

import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import pytest
from _pytest.runner import call_and_report

from . import switch
from .memory import Memory, named
from .sites import Site

# They ask every address as everybody: they judge any room, but not one condition at each address.
ALL_ROOMS = ("tests/test_matrix.py", "tests/test_foreign_ids.py", "tests/test_unknown_ids.py")
MOST_NEAR = 12  # of the tests of one such module
MOST_FAR = 40  # of all other tests, those first that meet little else
SLOW = 20.0  # seconds: a test that takes longer judges nothing, quicker ones meet the same
PATIENCE = 60.0  # seconds that a test may hang, or ten times what it took


@dataclass
class Runner:
    """The loop in place of pytest's own, in one of several processes with one `memory`."""

    sites: list[Site]
    every: list[Site]
    memory: Memory

    @cached_property
    def names(self) -> dict[int, str]:
        return named(self.every)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Real browsers and real processes would run code of their own."""
        items[:] = [item for item in items if not {"browser", "live"} & {*item.fixturenames}]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        modules: dict[str, list[pytest.Item]] = defaultdict(list)
        for item in session.items:
            modules[module_of(item)].append(item)
        self.wanted = {self.names[site.number]: site for site in self.sites}
        self.tried_near: dict[tuple[str, str], int] = defaultdict(int)
        order = sorted(modules, key=lambda one: (one not in ALL_ROOMS, one))
        self._round("near", order, modules, self._look)
        self.plans = self._plans()
        far = [one for one in order if one in self.plans]
        self._round("far", far, modules, self._judge_from_afar)
        return True

    def _round(self, name: str, order: list[str], modules: dict, deed) -> None:
        """Each module once, by whichever process is free; then wait for the others."""
        for module in order:
            work = f"{name}:{module}"
            if work not in self.memory.done and self.memory.claim(work):
                for item in modules[module]:
                    deed(item)
                leave(modules[module][-1], None)
                self.memory.add(done=work)
        while not {f"{name}:{module}" for module in order} <= self.memory.done:
            time.sleep(0.5)
            self.memory.look()

    def _look(self, item: pytest.Item) -> None:
        if item.nodeid in self.memory.met:
            return
        began = time.monotonic()
        if fails(item):
            self.memory.add(broken=item.nodeid)
            return
        took = time.monotonic() - began
        met = [self.names[number] for number in sorted(switch.reached)]
        if took < SLOW:
            for name in met:
                if self._near(item, name):
                    self._try(item, name, took)
        self.memory.add(test=item.nodeid, seconds=round(took, 2), met=met)

    def _open(self, name: str) -> bool:
        return name in self.wanted and name not in self.memory.caught

    def _near(self, item: pytest.Item, name: str) -> bool:
        if not self._open(name):
            return False
        module = module_of(item)
        if module in ALL_ROOMS:
            self.tried_near[module, name] += 1
            return self.tried_near[module, name] <= MOST_NEAR
        return module.startswith(f"tests/{self.wanted[name].path.rpartition('/')[0]}/")

    def _plans(self) -> dict[str, dict[str, list[str]]]:
        """By module and test: the conditions left that it shall judge. Those first that meet few
        other conditions: they are about this one."""
        plans: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        near = {name: self.wanted[name].path.rpartition("/")[0] for name in self.wanted}
        for name in self.wanted:
            if name in self.memory.caught:
                continue
            tests = [
                test for test, met in self.memory.met.items()
                if name in met and self.memory.seconds[test] < SLOW
                and not test.startswith((*ALL_ROOMS, f"tests/{near[name]}/"))
            ]  # fmt: skip
            tests.sort(key=lambda test: (len(self.memory.met[test]), test))
            for test in tests[:MOST_FAR]:
                plans[test.partition("::")[0]][test].append(name)
        return plans

    def _judge_from_afar(self, item: pytest.Item) -> None:
        for name in self.plans[module_of(item)].get(item.nodeid, []):
            if self._open(name):
                self._try(item, name, self.memory.seconds[item.nodeid])

    def _try(self, item: pytest.Item, name: str, took: float) -> None:
        """Caught is what makes the test fail, and only that: without it the test passes again."""
        if not fails(item, self.wanted[name].number, max(PATIENCE, 10 * took)):
            return
        if fails(item):
            leave(item, None)  # what the module's tests share was spoilt: it is made anew
            if fails(item):
                self.memory.add(broken=item.nodeid)
                return
        self.memory.add(caught=name, by=item.nodeid)


def module_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


class Stay:
    """In place of the next test: one of the same module, so what its tests share is kept."""

    def __init__(self, item: pytest.Item):
        self.item = item

    def listchain(self) -> list:
        return self.item.listchain()[:-1]


def leave(item: pytest.Item, then) -> None:
    """Take down what the module's tests share."""
    item.session._setupstate.teardown_exact(then)


def fails(item: pytest.Item, number: int | None = None, patience: float = 0) -> bool:
    """Whether the test fails with the condition off. It is off during the test's own call only:
    what a module's tests share is made with all of them on."""
    if not item._request:
        item._initrequest()
    report = call_and_report(item, "setup", log=False)
    if report.passed:
        switch.reached.clear()
        with hanging_after(patience):
            switch.off_now = number
            report = call_and_report(item, "call", log=False)
            switch.off_now = None
        met = {*switch.reached}
        call_and_report(item, "teardown", log=False, nextitem=Stay(item))
        switch.reached = met
    else:
        switch.reached.clear()
        call_and_report(item, "teardown", log=False, nextitem=Stay(item))
    item._request = False
    item.funcargs = None
    return report.failed


@contextmanager
def hanging_after(seconds: float) -> Iterator[None]:
    """A test that never ends without its condition has noticed that it is gone."""

    def enough(*_: object) -> None:
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, enough)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
