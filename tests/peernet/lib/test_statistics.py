"""The statistics that we print, against published examples and against simulation."""

from random import Random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peernet.lib.statistics import interval, kendall_w, t_quantile

# Student (1908), "The probable error of a mean": hours of sleep gained with two drugs, 10 people.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_students_own_example_comes_out_as_published():
    moves = [one - other for one, other in zip(FIRST, SECOND, strict=True)]
    low, high = interval(moves)
    assert fmean(moves) == pytest.approx(-1.58)
    assert (round(low, 4), round(high, 4)) == (-2.4599, -0.7001)


# Any printed table of Student's t, two-sided 95 %.
@pytest.mark.parametrize(
    ("df", "t"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (9, 2.2622), (10, 2.2281), (29, 2.0452),
     (30, 2.0423), (120, 1.9799), (1000, 1.9623)],
)  # fmt: skip
def test_quantiles_are_those_of_the_tables(df, t):
    assert t_quantile(df) == pytest.approx(t, abs=5e-5)


@pytest.mark.parametrize("weights", [(1, 2, 4, 2, 1), (1, 1, 6, 4, 1), (5, 3, 2, 1, 1)])
@pytest.mark.parametrize("people", [10, 14, 30])
def test_the_interval_holds_the_truth_about_19_times_in_20_for_answers_like_ours(weights, people):
    dice, moves = Random(1908), [-2, -1, 0, 1, 2]
    truth = sum(m * w for m, w in zip(moves, weights, strict=True)) / sum(weights)
    held = 0
    for _ in range(600):
        low, high = interval(dice.choices(moves, weights, k=people))
        held += low <= truth <= high
    assert held / 600 > 0.92


def test_kendalls_w_of_siegels_three_executives():
    """Siegel (1956), Nonparametric Statistics: three executives rank six applicants, W = .16."""
    ranks = [[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]]
    assert round(kendall_w(ranks), 2) == 0.16


@given(st.permutations(range(1, 7)), st.integers(2, 30))
def test_people_who_agree_wholly_have_w_of_one(order, people):
    assert kendall_w([order] * people) == pytest.approx(1)


@given(st.integers(2, 9))
def test_a_latin_square_has_w_of_nought(n):
    assert kendall_w([[(i + j) % n + 1 for j in range(n)] for i in range(n)]) == pytest.approx(0)


@given(st.lists(st.permutations(range(1, 6)), min_size=1, max_size=20))
def test_w_lies_between_nought_and_one(ranks):
    assert -1e-9 <= kendall_w(ranks) <= 1 + 1e-9
