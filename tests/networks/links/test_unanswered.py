"""A wish to come back that nobody answers for a week goes up to the networks above."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from members.notices.actions import send_due
from networks.links import queries
from networks.links.tasks import tick_links
from networks.membership import actions as membership
from networks.network.models import Network
from peernet.lib import clock
from tests import cast
from tests.rows.links import stand

pytestmark = pytest.mark.django_db
BEGUN = datetime(2026, 3, 3, 10, tzinfo=UTC)


@pytest.fixture
def place(travel):
    travel(BEGUN)
    return cast.network("Libraries")


@pytest.fixture
def asked(place):
    gus = cast.former_member(place, "Gus Hill")
    cast.coordinator(place, "Dan Price")
    return membership.ask_to_come_back(place, words="It is me", by=gus)


def parent(place, name, lead):
    above = cast.network(name)
    cast.coordinator(above, lead)
    stand(above, place)
    return above


def sent():
    mail.outbox.clear()
    send_due()
    return {(letter.to[0].split("-")[0], letter.subject) for letter in mail.outbox}


def test_after_a_week_their_own_are_reminded_and_those_above_are_told_once(place, asked, travel):
    parent(place, "Builders", "Lea Lead")
    parent(place, "Trust", "Tom Trust")
    stand(place, cast.network("Peer"), kind="peer")
    sent()
    for days in (6, 7, 8, 20):
        travel(BEGUN + timedelta(days=days, minutes=-1 if days == 7 else 1))
        tick_links()
        told = sent()
        if days < 8:
            assert told == set()
        elif days == 8:
            assert told == {
                ("dan", "[Libraries] Gus Hill still waits for your answer"),
                ("lea", "[Builders] Somebody waits for an answer from Libraries"),
                ("tom", "[Trust] Somebody waits for an answer from Libraries"),
            }
            above = [letter for letter in mail.outbox if "Somebody waits" in letter.subject]
            assert not [one for one in above if "Gus" in one.body or "It is me" in one.body]
        else:
            assert told == set()


def test_the_very_minute_after_a_week(place, asked, travel):
    parent(place, "Builders", "Lea Lead")
    sent()
    travel(asked.asked_at + timedelta(days=7))
    tick_links()
    assert len(sent()) == 2


def test_one_that_was_answered_goes_nowhere(place, asked, travel):
    parent(place, "Builders", "Lea Lead")
    lead = queries.coordinators_of([place])[place.pk][0]
    membership.answer_comeback(asked, welcome=False, by=lead)
    sent()
    travel(BEGUN + timedelta(days=9))
    tick_links()
    assert sent() == set()


def test_an_answer_between_the_telling_and_the_sending_stops_the_letters(place, asked, travel):
    parent(place, "Builders", "Lea Lead")
    sent()
    travel(BEGUN + timedelta(days=9))
    tick_links()
    lead = queries.coordinators_of([place])[place.pk][0]
    membership.answer_comeback(asked, welcome=True, by=lead)
    assert [subject for _to, subject in sent()] == ["[Libraries] Welcome back"]


def test_only_open_networks_above_that_somebody_looks_after_are_asked(place, travel):
    above, empty, closed = parent(place, "A", "Ann A"), cast.network("B"), parent(place, "C", "C C")
    stand(empty, place)
    ended = stand(cast.network("D"), place, ended_at=clock.now())
    cast.coordinator(ended.upper)
    Network.objects.filter(pk=closed.pk).update(closed_at=clock.now())
    assert list(queries.parents_to_ask(place)) == [above]
    assert not queries.parents_to_ask(above).exists()
