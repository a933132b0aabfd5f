# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""What stands in a private feed, read back by another program, and one session by hand."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from peernet.lib import tokens
from peernet.lib.errors import Refused
from sessions.cadence import actions as planning
from sessions.cadence.models import Session, SessionState
from sessions.calendar import actions
from tests import cast
from tests.sessions.around import (
    calendar_of,
    cancel,
    dates,
    lasts_until,
    move,
    plan,
    post,
    ring,
)  # fmt: skip
from tests.sessions.calendar.fetching import shown, text
from tests.sessions.calendar.reading import read, starts

pytestmark = pytest.mark.django_db


def test_it_is_a_calendar_that_says_its_name_and_how_often_to_come_back(place, ann):
    feed = read(text(actions.make_address(ann, place, by=ann)))
    assert str(feed["NAME"]) == str(feed["X-WR-CALNAME"]) == place.name
    assert feed["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert feed["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert feed["X-PUBLISHED-TTL"] in ("PT1H", b"PT1H")
    assert "METHOD" not in feed
    assert str(read(text(actions.make_address(ann, by=ann)))["NAME"]) == "PeerNet"


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe"])
def test_its_dates_are_those_of_our_pages_in_every_zone(place, zone):
    place.zone = zone
    place.save()
    dan = cast.coordinator(place)
    cast.grant(place, ends_on=date(2026, 12, 31))
    first = plan(place, dan)
    ours = [one.starts_at for one in dates(first) if one.state == SessionState.PLANNED]
    assert len(ours) > 5
    found = [start for _, start, _ in shown(actions.make_address(dan, by=dan))]
    # The rule goes on to the end of the money, our rows only some months ahead.
    assert found[: len(ours)] == ours


def test_an_event_has_the_name_it_has_in_the_mails(place, dan, ann):
    series, single = (
        plan(place, dan),
        plan(place, dan, rhythm="once", first=datetime(2026, 3, 9, 15)),
    )
    ring()
    mailed = {
        (str(event["UID"]), event["DTSTART"].dt)
        for message in post(ann)
        for event in read(calendar_of(message)).walk("VEVENT")
    }
    feed = read(text(actions.make_address(ann, by=ann)))
    assert {(str(e["UID"]), e["DTSTART"].dt) for e in feed.walk("VEVENT")} == mailed
    assert len(mailed) == len({series.cadence.uid, single.uid})


def test_a_moved_date_is_moved_and_numbered_as_its_mail_is(place, dan, ann):
    first = plan(place, dan)
    ring()
    post()
    second = dates(first)[1]
    move(second, datetime(2026, 3, 25, 11), dan)
    ring()
    (mailed,) = read(calendar_of(post(ann)[0])).walk("VEVENT")
    token = actions.make_address(ann, by=ann)
    (ours,) = [e for e in read(text(token)).walk("VEVENT") if "RECURRENCE-ID" in e]
    for name in ("UID", "SEQUENCE", "SUMMARY"):
        assert ours[name] == mailed[name]
    for name in ("DTSTART", "RECURRENCE-ID"):
        assert ours[name].dt == mailed[name].dt
    assert datetime(2026, 3, 25, 11, tzinfo=UTC) in starts(text(token))


def test_what_is_cancelled_stays_struck_through_for_ninety_days_and_then_goes(
    place, dan, ann, travel
):
    first = plan(place, dan)
    single = plan(place, dan, rhythm="once", first=datetime(2026, 8, 4, 15))
    gone = dates(first)[7]  # far ahead: it is still to come when the ninety days are over
    cancel(gone, dan)
    cancel(single, dan)
    token = actions.make_address(ann, by=ann)
    for one in (gone, single):
        assert [s for _, start, s in shown(token) if start == one.starts_at] == ["CANCELLED"]
    travel(datetime(2026, 5, 29, 12, tzinfo=UTC))
    assert [s for _, _, s in shown(token)].count("CANCELLED") == 2
    travel(datetime(2026, 5, 31, 12, tzinfo=UTC))
    left = shown(token)
    assert {status for _, _, status in left} == {"CONFIRMED"}
    assert not {gone.starts_at, single.starts_at} & {start for _, start, _ in left}


def test_of_an_ended_rhythm_what_was_to_come_is_struck_through(place, dan, ann, travel):
    first = plan(place, dan)
    travel(datetime(2026, 3, 20, 12, tzinfo=UTC))
    planning.end(first.cadence, reason="Thank you all", by=dan)
    token = actions.make_address(ann, by=ann)
    found = shown(token)
    assert [status for _, _, status in found].count("CONFIRMED") == 1
    assert found[0][2] == "CONFIRMED"
    assert len(found) == len(dates(first))
    travel(datetime(2026, 7, 1, 12, tzinfo=UTC))
    assert [(start, status) for _, start, status in shown(token)] == [
        (first.starts_at, "CONFIRMED")
    ]


def test_a_date_that_waits_for_somebody_is_not_in_it_until_it_is_taken_on(place, dan, ann):
    grant = cast.grant(place, ends_on=date(2026, 12, 31))
    first = plan(place, dan)
    lasts_until(grant, date(2026, 4, 30))
    token = actions.make_address(ann, by=ann)
    assert max(start for _, start, _ in shown(token)).date() <= date(2026, 4, 30)
    waiting = next(one for one in dates(first) if one.state == SessionState.TENTATIVE)
    planning.take_on(waiting, by=ann)
    waiting.refresh_from_db()
    assert (f"{waiting.uid}@localhost", waiting.starts_at, "CONFIRMED") in shown(token)


@pytest.mark.parametrize("seed", range(6))
def test_after_any_changes_each_sure_date_is_in_it_once_and_nothing_else(place, dan, ann, seed):
    """What another program counts out is exactly what our own rows say."""
    rng = random.Random(seed)
    grant = cast.grant(place, ends_on=date(2026, 12, 31))
    first = plan(place, dan, rhythm=rng.choice(["1", "2", "3"]))
    plan(place, dan, rhythm="once", first=datetime(2026, 3, 9, 15))
    token = actions.make_address(ann, by=ann)
    for _ in range(8):
        _change(rng, first, grant, dan)
        rows = Session.objects.exclude(state=SessionState.TENTATIVE)
        ours = sorted((one.starts_at, _status(one)) for one in rows)
        far = ours[-1][0]  # the rule goes on to the end of the money, our rows some months ahead
        found = sorted((start, status) for _, start, status in shown(token) if start <= far)
        sure = [pair for pair in found if pair[1] == "CONFIRMED"]
        assert sure == [pair for pair in ours if pair[1] == "CONFIRMED"]
        assert set(found) <= set(ours)


def _change(rng, first, grant, dan):
    """One thing that coordinators do, or the refusal of it."""
    one = rng.choice(dates(first))
    deed = rng.randrange(4)
    try:
        if deed == 0:
            cancel(one, dan)
        elif deed == 1:
            to = datetime.combine(one.date, one.time) + timedelta(hours=rng.choice([2, 26]))
            move(one, to, dan)
        elif deed == 2:
            planning.take_on(one, by=dan)
        else:
            lasts_until(grant, date(2026, rng.randrange(4, 12), 28))
    except Refused:
        pass


def _status(one):
    return "CANCELLED" if one.state == SessionState.CANCELLED else "CONFIRMED"


# --- One session --------------------------------------------------------------------------------


def test_one_session_can_be_added_by_hand_under_the_name_of_its_mails(place, dan, ann, signed_in):
    first = plan(place, dan)
    single = plan(place, dan, rhythm="once", first=datetime(2026, 3, 9, 15))
    for one, uid in ((dates(first)[2], first.cadence.uid), (single, single.uid)):
        answer = signed_in(ann).get(reverse("session_calendar", args=[place.slug, one.pk]))
        token = tokens.make("answer", one.pk, ann.pk, ann.token_version)
        by_mail = Client().get(reverse("session_calendar_by_mail", args=[token]))
        assert by_mail.content == answer.content
        (event,) = read(answer.content.decode()).walk("VEVENT")
        assert event["DTSTART"].dt == one.starts_at
        assert str(event["UID"]) == f"{uid}@localhost"
        assert ann.email not in answer.content.decode()


def test_a_mails_link_to_the_file_dies_as_its_answer_page_does(place, dan, ann):
    one = plan(place, dan, rhythm="once", first=datetime(2026, 3, 9, 15))
    token = tokens.make("answer", one.pk, ann.pk, ann.token_version)
    cancel(one, dan)
    for dead, status in ((token, 410), (token + "x", 404)):
        path = reverse("session_calendar_by_mail", args=[dead])
        assert Client().get(path, follow=True).status_code == status
