"""Whose sessions and rhythms somebody sees, and which are for them: one table of everybody."""

from datetime import timedelta

import pytest

from networks.membership.models import Membership
from networks.network.models import Cohort, Network
from peernet.lib import clock
from sessions.cadence.queries import invited_to, rhythms_of, rhythms_visible_to, visible_to
from sessions.pages.queries import listed
from tests import cast

pytestmark = pytest.mark.django_db
PLACES = ("care", "libraries", "shut")


@pytest.fixture
def places():
    """Three networks, each with a session and a rhythm for all and one for its cohort."""
    made = {}
    for name in PLACES:
        place = cast.network(name.title(), slug=name)
        place.cohort = Cohort.objects.create(
            network=place, name=f"{name} first", starts_on=clock.today(place.zone)
        )
        for title, cohort in ((f"{name} all", None), (f"{name} some", place.cohort)):
            cast.session(place, title=title, cohort=cohort)
            first = clock.today(place.zone) + timedelta(days=7)
            cast.cadence(place, first=first, title=title, cohort=cohort)
        made[name] = place
    return made


def titles(rows):
    return sorted(one.title for one in rows)


def test_each_sees_what_is_of_their_networks_and_cohorts(places):
    care, libraries, shut = places.values()
    everything, open_to_all = ["care all", "care some"], ["care all"]
    gone = {"until": clock.now(), "reason": "left"}
    cohort, theirs = {"cohort": care.cohort}, {"cohort": libraries.cohort}
    both = cast.member(care, "Bo Both")
    cast.member(libraries, person=both, **theirs)
    old = cast.member(shut, "Old", cohort=shut.cohort)
    was_there = cast.member(care, "Wim")
    before = clock.now() - timedelta(days=99)
    then = {"person": was_there, "since": before - timedelta(days=9), "until": before}
    Membership.objects.create(network=libraries, role="coordinator", **then)
    libraries.cohort.spells.create(**then)
    Network.objects.filter(pk=shut.pk).update(closed_at=clock.now())
    libraries_too = ["libraries all", "libraries some"]
    for person, sees, is_asked_to in (
        (cast.member(care), open_to_all, open_to_all),
        (cast.member(care, "Cay", **cohort), everything, everything),
        (cast.facilitator(care), everything, open_to_all),
        (cast.coordinator(care), everything, open_to_all),
        (cast.former_member(care), [], []),
        (cast.coordinator(care, "Gus", **cohort, **gone), [], []),
        (cast.person("Oz"), [], []),
        (was_there, open_to_all, open_to_all),
        (both, [*open_to_all, *libraries_too], [*open_to_all, *libraries_too]),
        (old, ["shut all", "shut some"], []),
    ):
        assert titles(visible_to(person)) == sees, person
        assert titles(rhythms_visible_to(person)) == sees, person
        assert titles(invited_to(person)) == is_asked_to, person
        here = [one for one in sees if one.startswith("care")]
        shown = [row.session for row in listed(care, person, ahead=9, past=0).ahead]
        assert titles(rhythms_of(care, person)) == titles(shown) == here, person
