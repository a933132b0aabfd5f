"""Faults made on purpose, with real processes: what is lost, doubled and late is counted.

Each module here holds SCENARIOS. `make faults` runs them in full and prints the table;
tests/test_faults.py runs the quick ones. The bars are those of reliability-security.md, section 4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules


@dataclass(frozen=True)
class Result:
    """What came of one: how many of how many were lost, how many came twice, and how many seconds
    after its due time the last one came (None: nothing is due here). `broken` are sentences about
    what else should not have been, `seen` is a figure to show beside."""

    of: int
    lost: int = 0
    doubled: int = 0
    late: float | None = None
    broken: tuple[str, ...] = ()
    seen: str = ""


@dataclass(frozen=True)
class Scenario:
    """`run(times)` makes the fault so many times. `most_doubled(times)` and `latest` are the bar:
    nothing may ever be lost. `quick` 0: in full only, another quick one holds it."""

    name: str
    run: Callable[[int], Result]
    quick: int
    full: int
    most_doubled: Callable[[int], int] = lambda times: 0
    latest: float | None = None
    quick_latest: float | None = None  # instead, where tests run beside others on a slow machine

    def misses(self, times: int, result: Result) -> list[str]:
        """Why the bar is missed; nothing when it is held."""
        why = [*result.broken]
        if result.lost:
            why.append(f"{result.lost} of {result.of} lost")
        if result.doubled > self.most_doubled(times):
            why.append(f"{result.doubled} doubled, at most {self.most_doubled(times)} may be")
        latest = self.latest if times == self.full else self.quick_latest or self.latest
        if latest is not None and (result.late is None or result.late > latest):
            why.append(f"the last came after {result.late} s, at most {latest} s it may take")
        return why


def gathered() -> list[Scenario]:
    """Every scenario of every module here, by name of the module."""
    names = sorted(module.name for module in iter_modules(__path__) if module.name != "__main__")
    found = [import_module(f"{__name__}.{name}") for name in names]
    return [one for module in found for one in getattr(module, "SCENARIOS", [])]
