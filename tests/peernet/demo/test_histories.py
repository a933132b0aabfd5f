"""The fifteen groups have histories that differ, as ux.md section 13 tells them."""

from datetime import timedelta
from itertools import pairwise

import pytest

from evaluation.reports.queries import quiet
from networks.discussions.models import ReadMark, Thread
from networks.funding.models import Grant
from networks.network.models import Network
from peernet.demo import story
from peernet.demo.queries import person_of
from peernet.lib import clock
from sessions.attendance.models import Attendance
from sessions.cadence.models import Session, SessionState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]


def held_since_the_end(name):
    end = Grant.objects.get(network__name=name).ends_on
    rows = Session.objects.filter(network__name=name, state=SessionState.HELD)
    return list(rows.filter(date__gt=end).order_by("date"))


def test_there_are_thirteen_networks_their_builders_and_the_care_community():
    assert Network.objects.count() == 15
    assert Grant.objects.filter(programme__name="Peer Networks Programme").count() == 13
    total = sum(g.amount for g in Grant.objects.filter(programme__name="Peer Networks Programme"))
    assert total == 750_000


def test_their_endings_differ():
    gaps = {
        name: [b.date - a.date for a, b in pairwise(met)]
        for name in Network.objects.values_list("name", flat=True)
        if Grant.objects.filter(network__name=name).exists() and (met := held_since_the_end(name))
    }
    assert min(gaps["Octopus Community Centres"]) == timedelta(weeks=1)
    assert "Community Transport" not in gaps, "it stopped with the money"
    leaders = {s.taken_on_by_id for s in held_since_the_end("Community Pubs")}
    assert len(leaders) == 1, "everything hangs on one person"
    assert len({s.taken_on_by_id for s in held_since_the_end("Community Shops")}) > 4
    end = Grant.objects.get(network__name="Community Housing").ends_on
    assert held_since_the_end("Community Housing")[0].date - end > timedelta(days=140)
    closed = Network.objects.exclude(closed_at=None).values_list("name", flat=True)
    assert set(closed) == {"Heritage Buildings", "Sports and Play"}
    assert not Session.objects.filter(
        network__name__in=closed, date__gt=clock.today("UTC")
    ).exists()


def test_one_network_drifted_to_london():
    came = Attendance.objects.filter(session__in=held_since_the_end("Food Growing"))
    seats = came.values_list("person__holdings__seat__organisation__region", flat=True)
    assert set(seats) == {"London"}


def test_people_of_a_network_that_merged_go_on_in_the_other():
    arts = Network.objects.get(name="Arts Spaces")
    both = arts.memberships.filter(person__memberships__network__name="Heritage Buildings")
    assert both.count() == 9


def test_the_care_community_has_people_who_have_gone_quiet():
    assert {one.name for one in quiet(Network.objects.get(slug="care"))} == set(story.QUIET)


def test_a_little_is_new_to_amina_and_nothing_to_who_wrote_last():
    amina = person_of("member")
    threads = Thread.objects.filter(network__slug="care")
    new = [
        one.title
        for one in threads
        if not ReadMark.objects.filter(
            thread=one, person=amina, last_post_id__gte=one.last_post_id
        ).exists()
    ]
    assert 0 < len(new) < len(threads)
    for one in threads:
        writer = one.posts.get(pk=one.last_post_id).author
        assert ReadMark.objects.get(thread=one, person=writer).last_post_id == one.last_post_id
