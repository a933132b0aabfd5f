"""`make bench`: fill, measure, print. ARGS="thread home" chooses pages, ARGS="--rounds 1" is quick.

The rest of the machine should be at rest; processor time holds even where it is not.
"""

import argparse
import os
import signal
import sys
from contextlib import suppress

from peernet.embedded.processes import CannotStart, alone

from . import goals, memory, run, table
from .measure import Wrong
from .pages import PAGES
from .size import LARGE, SMALL
from .stack import HOUSE, Servers

VAR = HOUSE / "var" / "bench"
NAMES = [*dict.fromkeys(page.group for page in PAGES), "remind", "memory"]


def asked(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", help=f"of {', '.join(NAMES)}; all if none is named")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round")
    parser.add_argument("--minutes", type=float, default=10.0, help="of load on the demo")
    want = parser.parse_args(words)
    if unknown := set(want.pages) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    want.pages = set(want.pages or NAMES)
    return want


def main(words: list[str]) -> int:
    want = asked(words)
    for name in ("DATABASE_URL", "REDIS_URL"):  # never a database that is somebody's
        os.environ.pop(name, None)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -5)  # before other programs, where we may
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: nothing is left behind
    try:
        with alone(VAR) as children:
            report = table.Report()
            if want.pages - {"memory"}:
                servers = Servers(VAR, children)
                run.pages_and_deeds(report, servers, [SMALL, LARGE], want)
            if "memory" in want.pages:
                report.demo = memory.watched(VAR, children, want.minutes)
                print(*memory.lines_of(report.demo), sep="\n")
            print(*goals.lines(report), sep="\n")
            table.keep(report, VAR / "runs.jsonl", want.rounds, goals.kept(report))
    except KeyboardInterrupt:
        return 130
    except (CannotStart, Wrong) as sentence:
        print(sentence, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
