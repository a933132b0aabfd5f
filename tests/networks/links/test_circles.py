"""No sequence of deeds, also two at once, makes a network part of itself."""

from functools import partial

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.links import actions, queries
from networks.links.models import Link
from networks.links.rules import ABOVE, BELOW, BESIDE
from peernet.lib.errors import Refused
from tests import cast

from .race import together

PLACES = 4
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "agree", "agree", "end"]),
        st.integers(0, PLACES - 1), st.integers(0, PLACES - 1),
        st.sampled_from([ABOVE, BELOW, BESIDE]),
    ),
    min_size=12,  # fewer would link next to nothing
    max_size=30,
)  # fmt: skip


def circle(links):
    """Whether somebody walking down the links comes back to where they began; counted here anew."""
    down = {}
    for upper, lower in links:
        down.setdefault(upper, set()).add(lower)
    for start in down:
        seen, ahead = set(), [*down[start]]
        while ahead:
            one = ahead.pop()
            if one == start:
                return True
            if one not in seen:
                seen.add(one)
                ahead += down.get(one, ())
    return False


def standing():
    return list(Link.objects.standing().filter(kind="child").values_list("upper", "lower"))


def do(deed, one, other, where, by):
    """The deed as far as the house lets it happen."""
    try:
        with transaction.atomic():
            if deed == "ask":
                said = {"address": other.slug, "where": where, "gives": (), "words": ""}
                actions.propose(one, other, **said, by=by)
                return
            links = Link.objects.of(one)
            for link in links.waiting() if deed == "agree" else links.of(other).standing():
                asked = link.other(link.asker)
                if deed == "agree":
                    actions.answer(link, asked, agrees=True, by=by)
                else:
                    actions.end(link, one, words="", by=by)
    except Refused:
        pass


@pytest.mark.django_db
def test_no_sequence_of_deeds_makes_a_circle():
    by, places = cast.person(), [cast.network(f"N{number}") for number in range(PLACES)]
    refused, stood = [], []

    @settings(max_examples=60, database=None)
    @given(DEEDS)
    def any_sequence(deeds):
        with transaction.atomic():
            for deed, one, other, where in deeds:
                do(deed, places[one], places[other], where, by)
                assert not circle(standing())
            stood.append(len(standing()))
            for upper in places:
                for lower in places:
                    if upper != lower and queries.is_part_of(upper, lower):
                        refused.append(1)
            transaction.set_rollback(True)

    any_sequence()
    assert max(stood) > 1, "these sequences link nothing: this test is blind"
    assert refused


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by_the_database_alone", [False, True])
def test_two_at_the_same_moment_do_not_make_one(by_the_database_alone):
    """A is to be part of B and B of A, by way of two others, so that no network is held by both."""
    by = cast.person()
    a, b, c, d = [cast.network(name) for name in "ABCD"]
    for upper, lower in ((b, a), (d, c)):
        do("ask", upper, lower, BELOW, by)
        do("agree", upper, lower, BELOW, by)
    # a above d, c above b: with a under b and c under d either is well, and both are a circle.
    for upper, lower in ((a, d), (c, b)):
        do("ask", upper, lower, BELOW, by)
    links = list(Link.objects.waiting().with_names())

    def agree(link):
        if by_the_database_alone:
            with transaction.atomic():
                Link.objects.filter(pk=link.pk).update(agreed_at=link.asked_at)
        else:
            actions.answer(link, link.lower, agrees=True, by=by)
        return "done"

    said = together(*[partial(agree, link) for link in links])
    assert len(standing()) == 3
    assert not circle(standing())
    assert said.count("done") == 1
    assert any("part of itself" in one for one in said)
