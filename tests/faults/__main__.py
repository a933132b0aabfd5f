"""`make faults`: every fault in full, one line each; exit 1 when a bar is missed.

Words choose: `make faults ARGS=broker` makes those whose name holds one of them.
"""

import sys

import django

from peernet.embedded.prepare import collect_static
from peernet.embedded.processes import CannotStart
from peernet.embedded.pytest_services import scratch
from tests.faults import Scenario, gathered

LINE = "{:<58} {:>5} {:>6} {:>5} {:>8} {:>7}  {}"


def main(words: list[str]) -> int:
    """Those whose name holds one of the words, or all."""
    print(LINE.format("fault", "times", "of", "lost", "doubled", "late s", ""))
    chosen = [one for one in gathered() if not words or any(word in one.name for word in words)]
    missed = [one for one in chosen if not held(one)]
    return 1 if missed else 0


def held(one: Scenario) -> bool:
    """Make the fault, print its line."""
    result = one.run(one.full)
    misses = one.misses(one.full, result)
    late = "" if result.late is None else f"{result.late:.1f}"
    said = "MISSED: " + "; ".join(misses) if misses else "held"
    said += f"; {result.seen}" if result.seen else ""
    figures = (one.full, result.of, result.lost, result.doubled, late)
    print(LINE.format(one.name, *figures, said), flush=True)
    return not misses


if __name__ == "__main__":
    try:
        with scratch():
            django.setup()
            collect_static()
            sys.exit(main(sys.argv[1:]))
    except CannotStart as sentence:
        sys.exit(str(sentence))
