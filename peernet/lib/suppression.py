"""The one way out for counts of people, to those who may not read the rows behind them.

A count of fewer than five, nought included, is withheld. So is what would give it away: a hidden
number must not follow from the numbers beside it and their totals. What is shown is rounded to
five, so that two pages, or the same page on two days, never differ by one person
(docs/decisions/0002-counts-of-people.md; S1 to S6 of features-evaluation.md).

Sessions, days and money are not people: they do not come through here. Organisations do, because
an organisation is often one person.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

K = 5  # people (decisions.md, Thresholds)
STEP = 5  # what is shown is a multiple of it

Key = TypeVar("Key", bound=Hashable)
Cell = tuple[Hashable, Hashable]
Lines = list[tuple[int, frozenset[Cell]]]  # a total that is shown, and the cells it is over


@dataclass(frozen=True)
class Table:
    """Counts that may be shown, each rounded, or None when it is withheld. A withheld cell may
    be small or may protect a small one: nothing on the page may tell which."""

    cells: dict[Cell, int | None]
    rows: dict[Hashable, int | None]
    columns: dict[Hashable, int | None]
    total: int | None


@dataclass(frozen=True)
class Breakdown:
    """One total and its parts, as a Table: rounded, or None."""

    parts: dict[Hashable, int | None]
    total: int | None

    @property
    def withheld(self) -> bool:
        """Whether anything is."""
        return self.total is None or None in self.parts.values()


def count(people: int) -> int | None:
    """A number that stands alone: rounded to five, or None when it is withheld."""
    return None if people < K else STEP * round(people / STEP)


def breakdown(parts: Mapping[Key, int], total: int) -> Breakdown:
    """A total with its parts. They need not add up: somebody may be counted in several parts."""
    cells: dict[Cell, int] = {(key, ""): number for key, number in parts.items()}
    hidden = _small(cells)
    cover = _protected(cells, hidden, [(total, frozenset(cells))]) if total >= K else None
    shown = _shown(cells, hidden if cover is None else cover)
    return Breakdown(
        {key: shown[key, ""] for key in parts}, None if cover is None else count(total)
    )


def table(
    cells: Mapping[Cell, int],
    rows: Mapping[Hashable, int],
    columns: Mapping[Hashable, int],
    total: int,
) -> Table:
    """Cells by (row, column) with all their totals, which may be sums or count each person once.

    When no choice of hidden cells protects the small ones, the totals of rows and columns are
    withheld, and in the last resort the grand total too.
    """
    lines: Lines = [(n, frozenset(c for c in cells if c[0] == row)) for row, n in rows.items()]
    lines += [(n, frozenset(c for c in cells if c[1] == col)) for col, n in columns.items()]
    small = _small(cells)
    if min([total, *rows.values(), *columns.values()]) >= K:
        hidden = _protected(cells, small, lines)
        if hidden is not None:
            return Table(
                _shown(cells, hidden),
                {row: count(n) for row, n in rows.items()},
                {column: count(n) for column, n in columns.items()},
                count(total),
            )
    cover = _protected(cells, small, [(total, frozenset(cells))]) if total >= K else None
    return Table(
        _shown(cells, small if cover is None else cover),
        dict.fromkeys(rows),
        dict.fromkeys(columns),
        None if cover is None else count(total),
    )


def alike(first: Breakdown, second: Breakdown) -> tuple[Breakdown, Breakdown]:
    """Two counts of the same parts (people, organisations) with the same gaps: there are never
    more organisations than people, so one number would say something about the other."""
    gaps = {k for each in (first, second) for k, n in each.parts.items() if n is None}
    no_total = first.total is None or second.total is None
    first, second = (
        replace(
            each,
            parts={k: None if k in gaps else n for k, n in each.parts.items()},
            total=None if no_total else each.total,
        )
        for each in (first, second)
    )
    return first, second


def _small(cells: Mapping[Cell, int]) -> set[Cell]:
    return {cell for cell, number in cells.items() if number < K}


def _shown(cells: Mapping[Cell, int], hidden: Iterable[Cell]) -> dict[Cell, int | None]:
    return {cell: None if cell in hidden else count(number) for cell, number in cells.items()}


def _protected(cells: Mapping[Cell, int], small: set[Cell], lines: Lines) -> set[Cell] | None:
    """The cells to hide so that every small one could still be anything from 0 to 4 for a reader
    who knows all that is shown; None when no choice does that."""
    hidden, before = set(small), -1
    while len(hidden) > before:  # hiding a cell may take the slack from another line
        before = len(hidden)
        for cell in sorted(small, key=repr):
            if _slack(cell, cells, hidden, lines):
                continue
            more = min(
                _partners(cell, cells, lines),
                key=lambda some: (sum(cells[c] for c in some - hidden), len(some), repr(some)),
                default=None,
            )
            if more is None:
                return None
            hidden |= more
    return hidden


def _slack(cell: Cell, cells: Mapping[Cell, int], hidden: set[Cell], lines: Lines) -> bool:
    """Whether what is shown already adds up to more than each total: then people are counted in
    several parts, and the total says nothing about what is hidden."""
    return all(
        total < sum(cells[other] for other in line - hidden)
        for total, line in lines
        if cell in line
    )


def _partners(cell: Cell, cells: Mapping[Cell, int], lines: Lines) -> Iterator[set[Cell]]:
    """Sets of cells that, hidden too, let this one be anything from 0 to 4 with every sum as it
    is: what it gains another loses, in its row and in its column."""
    down, up = cells[cell], K - 1 - cells[cell]  # how far it may move either way
    mine = [line for _total, line in lines if cell in line]
    against = [c for c in cells if c != cell and _can_move(c, up, down, cells, lines)]
    if len(mine) == 1:
        yield from ({other} for other in against if other in mine[0])
        return
    row = [c for c in against if c[0] == cell[0]]
    column = [c for c in against if c[1] == cell[1]]
    for beside in row:
        for below in column:
            corner = (below[0], beside[1])
            if corner in cells and _can_move(corner, down, up, cells, lines):
                yield {beside, below, corner}


def _can_move(cell: Cell, down: int, up: int, cells: Mapping[Cell, int], lines: Lines) -> bool:
    """Whether a reader must allow that the cell is `down` less or `up` more than it is."""
    tops = [total for total, line in lines if cell in line]
    return cells[cell] >= down and all(cells[cell] + up <= top for top in tops)
