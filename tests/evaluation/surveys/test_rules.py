"""What counts as an answer and what answers add up to, whatever comes in."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.surveys import rules
from peernet.lib.errors import Refused

CODES = ["o1", "o2", "o3", "o4", "o5"]
ASKED = [("agree", rules.SCALE, []), ("ten", rules.NUMBER, []), ("order", rules.RANKING, CODES),
         ("words", rules.TEXT, [])]  # fmt: skip
ANSWER = st.fixed_dictionaries(
    {},
    optional={
        "agree": st.integers(1, 5),
        "ten": st.integers(0, 10),
        "order": st.permutations(CODES),
        "words": st.text(min_size=1),
    },
)


@given(st.sampled_from([rules.SCALE, rules.NUMBER]), st.text(max_size=30))
def test_a_number_is_one_of_those_shown_or_refused(kind, typed):
    low, high = (1, 5) if kind == rules.SCALE else (0, 10)
    try:
        value = rules.checked(kind, {"answer": typed}, [])
    except Refused:
        return
    assert value is None or low <= value <= high
    assert value is not None or not typed.strip()


@given(st.lists(st.sampled_from([*CODES, "o9", ""]), max_size=7))
def test_an_order_is_kept_only_whole(codes):
    try:
        kept = rules.checked(rules.RANKING, {"order": ",".join(codes)}, CODES)
    except Refused:
        assert sorted(codes) != CODES
    else:
        assert kept == codes


def test_words_are_kept_as_written_up_to_a_length():
    assert rules.checked(rules.TEXT, {"answer": "  Tea,\nplease "}, []) == "Tea,\nplease"
    assert rules.checked(rules.TEXT, {"answer": " \n"}, []) is None
    with pytest.raises(Refused, match="You wrote 2001"):
        rules.checked(rules.TEXT, {"answer": "a" * 2001}, [])


@given(st.permutations(CODES), st.sampled_from([*CODES, "o9"]), st.booleans())
def test_moving_keeps_all_and_goes_one_place_at_most(order, code, up):
    after = rules.moved(order, code, up)
    assert sorted(after) == sorted(order)
    assert sum(a != b for a, b in zip(order, after, strict=True)) in (0, 2)
    if code in order:
        at = order.index(code) + (-1 if up else 1)
        assert after.index(code) == min(max(at, 0), len(order) - 1)


@given(st.binary(min_size=32, max_size=32), st.integers(1, 10**9), st.integers(1, 10**9))
def test_marks_tell_people_and_purposes_apart_and_stay_the_same(key, one, other):
    made = rules.mark(key, "pepper", "response", one)
    assert made == rules.mark(key, "pepper", "response", one)
    assert made != rules.mark(key, "pepper", "answered", one)
    assert made != rules.mark(key, "salt", "response", one)
    assert made != rules.mark(bytes(32) if any(key) else b"\1" * 32, "pepper", "response", one)
    assert (made == rules.mark(key, "pepper", "response", other)) == (one == other)


@given(st.lists(ANSWER, max_size=40))
def test_figures_add_up_and_hold_no_word_of_anybody(everybody):
    found = rules.figures(ASKED, everybody)
    for uid, kind, _options in ASKED:
        given_ = [one[uid] for one in everybody if uid in one]
        assert found[uid]["n"] == len(given_)
        if kind in rules.GROUPS and given_:
            assert sum(found[uid]["groups"]) == len(given_)
            assert min(given_) - 1e-9 <= found[uid]["mean"] <= max(given_) + 1e-9
        if kind == rules.RANKING and given_:
            assert sum(found[uid]["ranks"].values()) == pytest.approx(15)  # 1 + 2 + 3 + 4 + 5
            assert sum(found[uid]["top"].values()) == rules.TOP * len(given_)
        if kind == rules.TEXT:
            assert set(found[uid]) == {"n"}


@given(st.lists(st.tuples(ANSWER, ANSWER), max_size=30))
def test_only_who_answered_both_times_counts_as_a_pair(pairs):
    found = rules.change(ASKED, pairs)
    assert set(found) == {"agree", "ten"}
    for uid, its in found.items():
        both = [(one[uid], two[uid]) for one, two in pairs if uid in one and uid in two]
        assert its["pairs"] == sum(its["counts"]) == len(both)
        assert ("mean" in its) == (len(both) >= rules.PAIRS)
        if "mean" in its:
            assert its["low"] - 1e-9 <= its["mean"] <= its["high"] + 1e-9


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=10, max_size=30))
def test_change_read_backwards_is_the_same_with_the_other_sign(pairs):
    forth = rules.change(ASKED, [({"agree": a}, {"agree": b}) for a, b in pairs])["agree"]
    back = rules.change(ASKED, [({"agree": b}, {"agree": a}) for a, b in pairs])["agree"]
    assert forth["mean"] == pytest.approx(-back["mean"])
    assert forth["low"] == pytest.approx(-back["high"])
    assert forth["counts"] == back["counts"][::-1]


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(2, 89))
def test_the_reminder_comes_while_it_is_open_and_not_on_the_first_day(opens, days):
    closes = opens + timedelta(days=days)
    rules.check_days(opens, closes, opens)
    assert opens < rules.reminder_day(opens, closes) < closes


@pytest.mark.parametrize(("opens", "closes"), [(-1, 10), (0, 1), (0, 90), (5, 3)])
def test_days_that_cannot_be_are_refused(opens, closes):
    today = date(2026, 3, 1)
    with pytest.raises(Refused):
        rules.check_days(today + timedelta(days=opens), today + timedelta(days=closes), today)
