"""Each test is run once to see which conditions it meets, and at once again with each of those off
that is near to it and still uncaught; then those further away judge what is left.

The world that the tests of a module share is made once per round, not once per condition.
"""

import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import pytest
from _pytest.runner import call_and_report
from django.db import connections

from . import switch
from .memory import Memory, named
from .sites import Site

MATRIX = "tests/test_matrix.py"
# They ask every address as everybody: they judge any room, but not one condition at each address.
# They are slow, so they come last, when little is left to judge.
ALL_ROOMS = (
    "tests/test_apart.py",
    MATRIX,
    "tests/test_foreign_ids.py",
    "tests/test_unknown_ids.py",
)
ONCE_MORE = ("test_head_and_history_give_no_more_than_the_page", "test_other_methods_do_nothing")
PIECE = 40  # tests of a module that one process takes at once
MOST_NEAR = 30  # of the tests of one such module
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
        """Real browsers and real processes would run code of their own; and what asks every
        address once more, in ways that the door does not tell apart, only takes time."""
        items[:] = [
            item for item in items
            if not {"browser", "live"} & {*item.fixturenames}
            and not (module_of(item) == MATRIX and item.originalname in ONCE_MORE)
        ]  # fmt: skip

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.wanted = {self.names[site.number]: site for site in self.sites}
        self.tried_near: dict[tuple[str, str], int] = defaultdict(int)
        self._round("near", pieces(session.items), self._look)
        self.plans = self._plans()
        far = [item for item in session.items if item.nodeid in self.plans]
        self._round("far", pieces(far), self._judge_from_afar)
        return True

    def _round(self, name: str, work: dict[str, list[pytest.Item]], deed: Callable) -> None:
        """Each piece once, by whichever process is free; then wait for the others."""
        for piece, items in work.items():
            if self.memory.claim(f"{name}:{piece}"):
                for item in items:
                    deed(item)
                leave(items[-1])
                self.memory.add(done=f"{name}:{piece}")
        while not {f"{name}:{piece}" for piece in work} <= self.memory.done:
            time.sleep(0.5)
            self.memory.look()

    def _look(self, item: pytest.Item) -> None:
        if item.nodeid in self.memory.met:
            return
        if why := fails(item):
            self.memory.add(broken=item.nodeid, why=why)
            return
        took = switch.seconds
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

    def _plans(self) -> dict[str, list[str]]:
        """By test: the conditions left that it shall judge. Those first that meet few other
        conditions: they are about this one."""
        plans: dict[str, list[str]] = defaultdict(list)
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
                plans[test].append(name)
        return plans

    def _judge_from_afar(self, item: pytest.Item) -> None:
        for name in self.plans[item.nodeid]:
            if self._open(name):
                self._try(item, name, self.memory.seconds[item.nodeid])

    def _try(self, item: pytest.Item, name: str, took: float) -> None:
        """Caught is what makes the test fail, and only that: without it the test passes again."""
        if not fails(item, self.wanted[name].number, max(PATIENCE, 10 * took)):
            return
        if fails(item):
            leave(item)  # what the module's tests share was spoilt: it is made anew
            if why := fails(item):
                self.memory.add(broken=item.nodeid, why=why)
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


def leave(item: pytest.Item) -> None:
    """Take down what the module's tests share."""
    item.session._setupstate.teardown_exact(None)


def pieces(items: list[pytest.Item]) -> dict[str, list[pytest.Item]]:
    """Tests of the same module together, long modules in several pieces; those that judge any room
    come last."""
    modules: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        modules[module_of(item)].append(item)
    order = sorted(modules, key=lambda one: (ALL_ROOMS.index(one) if one in ALL_ROOMS else -1, one))
    return {
        f"{module} {start // PIECE + 1}": modules[module][start : start + PIECE]
        for module in order for start in range(0, len(modules[module]), PIECE)
    }  # fmt: skip


def fails(item: pytest.Item, number: int | None = None, patience: float = 0) -> str:
    """Why the test fails with the condition off, or "". It is off during the test's own call only:
    what a module's tests share is made with all of them on."""
    if not item._request:
        item._initrequest()
    item.session._setupstate.teardown_exact(Stay(item))  # another class's
    report = call_and_report(item, "setup", log=False)
    if report.passed:
        switch.reached.clear()
        with hanging_after(patience):
            switch.off_now = number
            report = call_and_report(item, "call", log=False)
            switch.off_now = None
        # Its own call only: the very first test's set-up makes the whole database.
        switch.seconds = report.duration
        met = {*switch.reached}
        call_and_report(item, "teardown", log=False, nextitem=Stay(item))
        switch.reached = met
    else:
        switch.reached.clear()
        call_and_report(item, "teardown", log=False, nextitem=Stay(item))
    item._request = False
    item.funcargs = None
    if report.failed:
        connections.close_all()  # one that was cut in the middle of a statement is of no use
    return report.longreprtext[-500:] if report.failed else ""


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
