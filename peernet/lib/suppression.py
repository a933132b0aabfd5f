"""The one way out for counts of people, to those who may not read the rows behind them.

A count of fewer than five, nought included, is withheld. So is what would give it away: a hidden
number must not follow from the numbers beside it and their totals. What is shown is rounded to
five, so that two pages, or the same page on two days, never differ by one person
(docs/decisions/0002-counts-of-people.md; S1 to S6 of features-evaluation.md).

Sessions, days and money are not people: they do not come through here. Organisations do, because
an organisation is often one person.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

K = 5  # people (decisions.md, Thresholds)
STEP = 5  # what is shown is a multiple of it

Parts = Mapping[Any, int]  # what is counted, by month or by network: any key
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
    return None if people < K else _near(people)


def breakdown(parts: Parts, total: int) -> Breakdown:
    """A total with its parts. They need not add up: somebody may be counted in several parts."""
    return _breakdown(parts, total, gaps=set(), tops={})


def with_organisations(
    people: Parts, people_total: int, bodies: Parts, bodies_total: int
) -> tuple[Breakdown, Breakdown]:
    """The same parts counted in people and in their organisations, of which there are never more:
    where people are withheld their organisations are, and none tells how many people there were.
    """
    first = breakdown(people, people_total)
    gaps = {key for key, number in first.parts.items() if number is None}
    tops = {key: number for key, number in people.items() if key not in gaps}
    second = _breakdown(bodies, bodies_total, gaps=gaps, tops=tops)
    return first, second if first.total is not None else replace(second, total=None)


def agreeing(total: int, *tables: tuple[Breakdown, Parts]) -> list[Breakdown]:
    """Several breakdowns of one total on one page, each with its true parts: where one of them
    must not show the total, none does, and none shows parts that add up to it."""
    if all(shown.total is not None for shown, _parts in tables):
        return [shown for shown, _parts in tables]
    return [
        Breakdown(dict.fromkeys(parts) if sum(parts.values()) == total else shown.parts, None)
        for shown, parts in tables
    ]


def gathered(
    parts: Mapping[Any, tuple[int, int]], most: int
) -> tuple[dict[Any, tuple[int, int]], tuple[int, int] | None]:
    """Parts that may be named, and the rest added up: (people, organisations), rounded.

    For kinds that tell by their name alone that there is somebody: a small part is not marked but
    joins the rest, and so do the smallest others until the rest is large enough and no more than
    `most` are named. Nobody may be counted in two parts. With too few in all there is nothing to
    show.
    """
    left = dict(sorted(parts.items(), key=lambda part: (*part[1], repr(part[0]))))
    rest = [0, 0]
    small = [key for key, pair in left.items() if min(pair) < K]
    while small or len(left) > most or (any(rest) and min(rest) < K):
        if not (small or left):
            return {}, None
        people, bodies = left.pop(small.pop(0) if small else next(iter(left)))
        rest = [rest[0] + people, rest[1] + bodies]
    shown = {key: (_near(people), _near(bodies)) for key, (people, bodies) in left.items()}
    return shown, (_near(rest[0]), _near(rest[1])) if any(rest) else None


def _near(people: int) -> int:
    return STEP * round(people / STEP)


def _breakdown(parts: Parts, total: int, *, gaps: set[Any], tops: Mapping[Any, int]) -> Breakdown:
    cells: dict[Cell, int] = {(key, ""): number for key, number in parts.items()}
    hidden = _small(cells) | {(key, "") for key in gaps}
    shape = Shape(cells, [(total, frozenset(cells))], {(key, ""): n for key, n in tops.items()})
    cover = _protected(shape, hidden) if total >= K else None
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
        hidden = _protected(Shape(cells, lines), small)
        if hidden is not None:
            return Table(
                _shown(cells, hidden),
                {row: count(n) for row, n in rows.items()},
                {column: count(n) for column, n in columns.items()},
                count(total),
            )
    whole = Shape(cells, [(total, frozenset(cells))])
    cover = _protected(whole, small) if total >= K else None
    return Table(
        _shown(cells, small if cover is None else cover),
        dict.fromkeys(rows),
        dict.fromkeys(columns),
        None if cover is None else count(total),
    )


def _small(cells: Mapping[Cell, int]) -> set[Cell]:
    return {cell for cell, number in cells.items() if number < K}


def _shown(cells: Mapping[Cell, int], hidden: Iterable[Cell]) -> dict[Cell, int | None]:
    return {cell: None if cell in hidden else count(number) for cell, number in cells.items()}


@dataclass(frozen=True)
class Shape:
    """True numbers, and what a reader knows of them: the totals they are under, and of some
    that they are not more than a number that is shown beside them."""

    cells: Mapping[Cell, int]
    lines: Lines
    tops: Mapping[Cell, int] = field(default_factory=dict)

    def over(self, cell: Cell) -> list[tuple[int, frozenset[Cell]]]:
        """The totals that the cell is a part of."""
        return [line for line in self.lines if cell in line[1]]

    def may_be(self, cell: Cell, *, less: int, more: int) -> bool:
        """Whether a reader must allow that the cell is `less` smaller or `more` larger."""
        number = self.cells[cell]
        tops = [total for total, _line in self.over(cell)]
        return less <= number <= min([*tops, self.tops.get(cell, number + more)]) - more


def _protected(shape: Shape, hidden: set[Cell]) -> set[Cell] | None:
    """The cells to hide, `hidden` among them, so that every small one could still be anything
    from 0 to 4 for a reader who knows all that is shown; None when no choice does that."""
    cells, hidden, before = shape.cells, set(hidden), -1
    while len(hidden) > before:  # hiding a cell may take the slack from another line
        before = len(hidden)
        for cell in sorted(_small(cells), key=repr):
            if _slack(cell, shape, hidden):
                continue
            more = min(
                _partners(cell, shape),
                key=lambda some: (sum(cells[c] for c in some - hidden), len(some), repr(some)),
                default=None,
            )
            if more is None:
                return None
            hidden |= more
    return hidden


def _slack(cell: Cell, shape: Shape, hidden: set[Cell]) -> bool:
    """Whether what is shown already adds up to more than each total: then people are counted in
    several parts, and the total says nothing about what is hidden."""
    return all(
        total < sum(shape.cells[other] for other in line - hidden)
        for total, line in shape.over(cell)
    )


def _together(
    cell: Cell, shape: Shape, line: frozenset[Cell], *, less: int, more: int
) -> Iterator[set[Cell]]:
    """The smallest others that can do it together when each has too little room for it alone."""
    some: set[Cell] = set()
    for other in sorted(line - {cell}, key=lambda c: (shape.cells[c], repr(c))):
        if less <= 0 and more <= 0:
            break
        number = shape.cells[other]
        some.add(other)
        less -= number
        most = [total for total, _line in shape.over(other)]
        more -= min([*most, shape.tops.get(other, number + more)]) - number
    if some and less <= 0 and more <= 0:
        yield some


def _partners(cell: Cell, shape: Shape) -> Iterator[set[Cell]]:
    """Sets of cells that, hidden too, let this one be anything from 0 to 4 with every sum as it
    is: what it gains another loses, in its row and in its column."""
    down, up = shape.cells[cell], K - 1 - shape.cells[cell]  # how far it may move either way
    mine = [line for _total, line in shape.over(cell)]
    others = [c for c in shape.cells if c != cell and shape.may_be(c, less=up, more=down)]
    if len(mine) == 1:
        yield from ({other} for other in others if other in mine[0])
        yield from _together(cell, shape, mine[0], less=up, more=down)
        return
    for beside in (c for c in others if c[0] == cell[0]):
        for below in (c for c in others if c[1] == cell[1]):
            corner = (below[0], beside[1])
            if corner in shape.cells and shape.may_be(corner, less=down, more=up):
                yield {beside, below, corner}
