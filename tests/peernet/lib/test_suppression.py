"""No number that is shown, alone or with the others, narrows one that is withheld."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet.lib.suppression import (
    K,
    agreeing,
    breakdown,
    count,
    gathered,
    table,
    with_organisations,
)


@pytest.mark.parametrize(
    ("people", "shown"), [(0, None), (4, None), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15)]
)
def test_fewer_than_five_is_withheld_and_the_rest_is_rounded(people, shown):
    assert count(people) == shown


def with_sums(grid):
    """A table whose totals are sums, as the arguments of `table`."""
    cells = {(r, c): n for r, row in enumerate(grid) for c, n in enumerate(row)}
    rows = {r: sum(row) for r, row in enumerate(grid)}
    columns = {c: sum(column) for c, column in enumerate(zip(*grid, strict=True))}
    return cells, rows, columns, sum(rows.values())


def test_the_published_example_hides_all_four_cells():
    """T22 of features-evaluation.md: A (12, 3), B (20, 14) with all totals."""
    shown = table(*with_sums([[12, 3], [20, 14]]))
    assert set(shown.cells.values()) == {None}
    assert (shown.rows, shown.columns, shown.total) == ({0: 15, 1: 35}, {0: 30, 1: 15}, 50)


def test_only_as_much_is_hidden_as_is_needed():
    shown = table(*with_sums([[12, 3, 30], [20, 14, 40], [50, 60, 70]]))
    assert sum(n is None for n in shown.cells.values()) == 4
    assert shown.cells[2, 2] == 70


def test_totals_go_when_no_cells_can_protect():
    shown = table(*with_sums([[9, 2], [1, 0]]))
    assert shown.rows == {0: None, 1: None}
    assert shown.cells[0, 0] is None, "the grand total would give the small ones away"
    assert shown.total == 10


def test_a_network_that_is_small_hides_a_second_one():
    shown = breakdown({"North": 31, "South": 3, "East": 12}, 46)
    assert shown.parts == {"North": 30, "South": None, "East": None}
    assert shown.total == 45


def test_months_of_the_same_people_need_no_second_gap():
    shown = breakdown({"May": 12, "June": 2, "July": 11}, 14)
    assert shown.parts == {"May": 10, "June": None, "July": 10}


def test_a_single_small_part_takes_the_total_with_it_when_nothing_else_can_hide_it():
    assert breakdown({"North": 3}, 3).total is None
    assert breakdown({}, 0).total is None


def test_where_people_are_withheld_their_organisations_are_too():
    people, bodies = with_organisations(
        {"North": 31, "South": 3, "East": 12}, 46, {"North": 20, "South": 3, "East": 9}, 32
    )
    assert people.parts == {"North": 30, "South": None, "East": None}
    assert bodies.parts == {"North": 20, "South": None, "East": None}
    _people, bodies = with_organisations(
        {"North": 31, "South": 3, "East": 12}, 46, {"North": 6, "South": 3, "East": 12}, 21
    )
    assert bodies.parts["East"] is None, "6 alone would do, but 12 of 12 people would be told"


def test_few_organisations_do_not_hide_their_people():
    people, bodies = with_organisations(
        {"North": 31, "South": 12, "East": 12}, 55, {"North": 20, "South": 3, "East": 12}, 35
    )
    assert None not in people.parts.values()
    assert bodies.parts == {"North": None, "South": None, "East": 10}, (
        "East has 12 people, and the reader may know it: its organisations could not be more"
    )


# --- A reader who knows everything that is shown, exactly -------------------------------------


def could_be_sum(value, cell, cells, rows, columns, shown):
    """Whether the cell could be `value` when totals are sums: a flow through the hidden cells."""
    if shown.total is None:
        return True
    free = [c for c in cells if shown.cells[c] is None and c != cell]
    if shown.rows[cell[0]] is None:  # only the grand total is known
        rest = sum(cells[c] for c in [*free, cell]) - value
        return rest == 0 if not free else rest >= 0
    left_rows = {r: sum(cells[c] for c in [*free, cell] if c[0] == r) for r in rows}
    left_columns = {k: sum(cells[c] for c in [*free, cell] if c[1] == k) for k in columns}
    left_rows[cell[0]] -= value
    left_columns[cell[1]] -= value
    if min(*left_rows.values(), *left_columns.values()) < 0:
        return False
    # Gale: a table with these sums exists unless some rows need more than their columns hold.
    for many in range(len(rows) + 1):
        for some in combinations(rows, many):
            reach = {c[1] for c in free if c[0] in some}
            if sum(left_rows[r] for r in some) > sum(left_columns[k] for k in reach):
                return False
    return True


def could_be_union(value, cell, cells, rows, columns, total, shown):
    """The same when totals count each person once: at least the largest part, at most the sum."""
    if shown.total is None:
        return True
    known_rows = {r: n for r, n in rows.items() if shown.rows[r] is not None}
    known_columns = {c: n for c, n in columns.items() if shown.columns[c] is not None}

    def most(c):
        if c == cell:
            return value
        if shown.cells[c] is not None:
            return cells[c]
        return min(known_rows.get(c[0], total), known_columns.get(c[1], total))

    fits = value <= min(known_rows.get(cell[0], total), known_columns.get(cell[1], total))
    return (
        fits
        and all(n <= sum(most(c) for c in cells if c[0] == r) for r, n in known_rows.items())
        and all(n <= sum(most(c) for c in cells if c[1] == k) for k, n in known_columns.items())
        and total <= sum(map(most, cells))
    )


grids = st.integers(1, 4).flatmap(
    lambda wide: st.lists(
        st.lists(st.one_of(st.integers(0, 6), st.integers(0, 40)), min_size=wide, max_size=wide),
        min_size=1,
        max_size=4,
    )
)


@settings(max_examples=600, deadline=None)
@given(grids)
def test_totals_that_are_sums_narrow_no_small_number(grid):
    cells, rows, columns, total = with_sums(grid)
    shown = table(cells, rows, columns, total)
    for cell, number in cells.items():
        if number < K:
            assert shown.cells[cell] is None
            for value in range(K):
                assert could_be_sum(value, cell, cells, rows, columns, shown), (cell, value)


attendances = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 25)), min_size=1, max_size=120
)


@settings(max_examples=400, deadline=None)
@given(attendances)
def test_totals_that_count_each_person_once_narrow_no_small_number(came):
    """Networks by months, from people who were there: (network, month, person)."""

    def people(network=None, month=None):
        return len({p for n, m, p in came if network in (None, n) and month in (None, m)})

    networks, months = sorted({n for n, _m, _p in came}), sorted({m for _n, m, _p in came})
    cells = {(n, m): people(n, m) for n in networks for m in months}
    rows, columns = {n: people(n) for n in networks}, {m: people(month=m) for m in months}
    shown = table(cells, rows, columns, people())
    for cell, number in cells.items():
        for value in range(K) if number < K else ():
            assert could_be_union(value, cell, cells, rows, columns, people(), shown)


@settings(deadline=None)
@given(st.dictionaries(st.integers(), st.integers(0, 60), max_size=8), st.integers(0, 9))
def test_one_row_of_parts_narrows_no_small_number(parts, overlap):
    total = max(max(parts.values(), default=0), sum(parts.values()) - overlap)
    shown = breakdown(parts, total)
    if shown.total is None:
        return
    for key, number in parts.items():
        if number >= K:
            continue
        others = sum(n for k, n in parts.items() if k != key and shown.parts[k] is not None)
        hidden = sum(1 for k, n in shown.parts.items() if k != key and n is None)
        for value in range(K):
            assert value <= total
            assert others + value + hidden * total >= total
            if total == sum(parts.values()):  # nobody is in two parts, and the reader knows it
                assert others + value <= total
                assert hidden or others + value == total


@settings(deadline=None)
@given(grids, grids)
def test_no_two_shown_numbers_differ_by_one_to_four_people(first, second):
    numbers = []
    for grid in (first, second):
        shown = table(*with_sums(grid))
        numbers += [*shown.cells.values(), *shown.rows.values(), *shown.columns.values()]
        numbers.append(shown.total)
    kept = [n for n in numbers if n is not None]
    assert all(abs(a - b) % 5 == 0 for a in kept for b in kept)
    assert all(n >= 5 for n in kept)


@settings(deadline=None)
@given(
    st.dictionaries(st.integers(), st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)
)
def test_organisations_narrow_no_small_number_of_people(pairs):
    people = {key: max(pair) for key, pair in pairs.items()}
    bodies = {key: min(pair) for key, pair in pairs.items()}
    first, second = with_organisations(people, sum(people.values()), bodies, sum(bodies.values()))
    for key, number in people.items():
        if number >= K:
            continue
        assert second.parts[key] is None
        if second.total is None:
            continue
        # Could there be no organisation at all, the others taking its place, none of them more
        # than their people?
        room = sum(
            (people[other] if first.parts[other] is not None else 10**6) - bodies[other]
            for other in bodies
            if other != key and second.parts[other] is None
        )
        assert room >= bodies[key]


def test_several_hide_one_together_where_none_has_room_alone():
    """Four organisations of five people each beside many like them: none could be four more."""
    people = dict.fromkeys("ABCDEF", 11) | {"small": 5}
    bodies = dict.fromkeys("ABCDEF", 10) | {"small": 4}
    _people, shown = with_organisations(people, 71, bodies, 64)
    hidden = {name for name, number in shown.parts.items() if number is None}
    assert len(hidden) == 5
    assert shown.total == 65


# --- Several tables of the same people on one page ----------------------------------------------


def test_a_total_that_one_table_must_hide_stands_in_none_and_follows_from_none():
    by_network = {"A": 3, "B": 8}  # the eight are all there are: A is within B
    by_kind = {"one": 8}
    overlapping = {"May": 8, "June": 6}
    first, second, third = agreeing(
        8, *((breakdown(parts, 8), parts) for parts in (by_network, by_kind, overlapping))
    )
    assert first.total is second.total is third.total is None
    assert set(second.parts.values()) == {None}, "they add up to it"
    assert set(third.parts.values()) == {10, 5}, "they say nothing about it"


def test_small_regions_are_not_named():
    shown, rest = gathered({"North": (30, 20), "Isle of X": (2, 1), "South": (12, 9)}, 9)
    assert (shown, rest) == ({"North": (30, 20)}, (15, 10)), "two people alone are no rest"
    assert gathered({"North": (30, 20), "South": (9, 8)}, 9) == (
        {"North": (30, 20), "South": (10, 10)}, None,
    )  # fmt: skip
    assert gathered({"North": (3, 3)}, 9) == ({}, None)
    assert gathered({}, 9) == ({}, None)
    assert len(gathered(dict.fromkeys(range(20), (9, 9)), 8)[0]) == 8


pairs_by_region = st.dictionaries(
    st.integers(0, 9), st.tuples(st.integers(0, 30), st.integers(0, 20)), max_size=8
)


@settings(deadline=None)
@given(pairs_by_region, st.integers(1, 8))
def test_no_region_with_few_is_named_and_the_rest_is_never_few(parts, most):
    shown, rest = gathered(parts, most)
    assert len(shown) <= most
    for key in shown:
        assert min(parts[key]) >= K
    left = [pair for key, pair in parts.items() if key not in shown]
    if rest:
        assert rest == tuple(count(sum(one[i] for one in left)) for i in (0, 1))
    elif shown:
        assert not any(map(any, left))


@settings(max_examples=300, deadline=None)
@given(attendances)
def test_all_tables_of_a_page_together_narrow_no_small_number(came):
    """Months, networks and kinds of the same people, and a reader who knows all that is shown
    exactly: networks and months count each person once a row, kinds add up to the whole."""
    whole = {p for _n, _m, p in came}
    months = {m: len({p for _n, mm, p in came if mm == m}) for m in {m for _n, m, _p in came}}
    networks = {n: len({p for nn, _m, p in came if nn == n}) for n in {n for n, _m, _p in came}}
    kinds = {k: len({p for p in whole if p % 3 == k}) for k in range(3)}
    truths = [months, networks, kinds]
    shown = agreeing(len(whole), *((breakdown(parts, len(whole)), parts) for parts in truths))
    totals = {one.total for one in shown}
    assert len(totals) == 1
    known = len(whole) if totals != {None} else None
    if None not in shown[2].parts.values():
        assert known == len(whole), "kinds add up: who reads them all reads the total"
    for one, parts in zip(shown, truths, strict=True):
        for key, number in parts.items():
            if number >= K:
                continue
            assert one.parts[key] is None
            if known is None:
                continue
            others = [n for k, n in parts.items() if k != key and one.parts[k] is not None]
            hidden = sum(1 for k, n in one.parts.items() if k != key and n is None)
            for value in range(K):
                assert sum(others) + value + hidden * known >= known
                if parts is kinds:
                    assert sum(others) + value <= known
                    assert hidden or sum(others) + value == known
    numbers = [n for one in shown for n in one.parts.values() if n is not None]
    for a, b in combinations([*numbers, *([known] if known else [])], 2):
        assert abs(count(a) - count(b)) not in range(1, K)
