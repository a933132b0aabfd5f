"""`make faults`: every fault in full, one line each; exit 1 when a bar is missed."""

import sys

from tests.faults import gathered

LINE = "{:<58} {:>5} {:>8} {:>5} {:>8} {:>7}  {}"


def main(words: list[str]) -> int:
    """Those whose name holds one of the words, or all."""
    missed = 0
    print(LINE.format("fault", "times", "of", "lost", "doubled", "late s", ""))
    for one in gathered():
        if words and not any(word in one.name for word in words):
            continue
        result = one.run(one.full)
        misses = one.misses(one.full, result)
        missed += bool(misses)
        late = "" if result.late is None else f"{result.late:.1f}"
        print(
            LINE.format(
                one.name, one.full, result.of, result.lost, result.doubled, late,
                "held" if not misses else "MISSED: " + "; ".join(misses),
            ),
            flush=True,
        )  # fmt: skip
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
