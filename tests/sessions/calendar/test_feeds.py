# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""The private address that a calendar program fetches, read back by another program."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import recurring_ical_events
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from members.audit.models import AuditEntry
from networks.membership.actions import change_role, leave
from peernet.lib import tokens
from peernet.lib.errors import Refused
from sessions.cadence import actions as planning
from sessions.cadence.models import Session, SessionState
from sessions.calendar import actions
from sessions.calendar.models import CalendarFeed
from tests import cast
from tests.sessions.around import (
    FIRST,
    calendar_of,
    cancel,
    dates,
    lasts_until,
    move,
    plan,
    post,
    ring,
    words,
)  # fmt: skip
from tests.sessions.calendar.reading import FROM, UNTIL, read, starts

pytestmark = pytest.mark.django_db


def fetch(token, **headers):
    return Client(headers=headers).get(reverse("calendar_feed", args=[token]))


def text(token):
    answer = fetch(token)
    assert answer.status_code == 200
    return answer.content.decode()


def shown(token):
    """(UID, start, status) of every date of the feed, its series counted out."""
    found = recurring_ical_events.of(Calendar.from_ical(text(token))).between(FROM, UNTIL)
    return sorted(
        (str(one["UID"]), one["DTSTART"].dt.astimezone(UTC), str(one["STATUS"])) for one in found
    )


# --- What is in it -----------------------------------------------------------------------------


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


# --- Whose it is ---------------------------------------------------------------------------------


def test_it_names_nobody(place, dan, ann):
    first = plan(place, dan, facilitator=dan)
    move(dates(first)[1], datetime(2026, 3, 25, 11), dan)
    ring()
    said = text(actions.make_address(ann, by=ann)).replace("\r\n ", "")
    for one in (dan, ann):
        assert one.name not in said
        assert one.email not in said
    assert "ATTENDEE" not in said
    assert "ORGANIZER" not in said
    assert "meet.example.org" not in said
    assert tokens.make("join_next", first.cadence_id, ann.pk, ann.token_version) not in said


def test_of_one_network_it_holds_that_network_only_and_of_all_each_that_one_is_in(place, dan, ann):
    libraries = cast.network("Libraries")
    otto = cast.coordinator(libraries, "Otto Else")
    plan(place, dan)
    plan(libraries, otto, rhythm="once", first=datetime(2026, 3, 9, 15))
    alone, everything = (
        actions.make_address(ann, place, by=ann), actions.make_address(ann, by=ann)
    )  # fmt: skip
    before = shown(everything)
    assert before == shown(alone)
    cast.member(libraries, person=ann)
    assert shown(alone) == before
    assert len(shown(everything)) == len(before) + 1


def test_another_cohorts_sessions_are_not_in_it(place, dan, ann):
    cohort = place.cohorts.create(name="North", starts_on=date(2026, 3, 1))
    bea = cast.member(place, "Bea Lane", cohort=cohort)
    plan(place, dan, cohort=cohort)
    assert shown(actions.make_address(bea, by=bea))
    assert shown(actions.make_address(ann, by=ann)) == []
    assert shown(actions.make_address(dan, by=dan)) == []  # who runs it is not invited either


# --- The token ---------------------------------------------------------------------------------


def test_the_address_is_a_secret_that_is_not_stored(place, ann):
    token = actions.make_address(ann, by=ann)
    assert len(token) >= 43  # 256 bits
    assert token not in str(list(CalendarFeed.objects.values()))
    assert token not in str(list(AuditEntry.objects.values()))


def test_a_new_address_ends_the_old_one(place, ann):
    old = actions.make_address(ann, by=ann)
    new = actions.make_address(ann, by=ann)
    assert fetch(old).status_code == 404
    assert fetch(new).status_code == 200
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarFeed.objects.create(person=ann, digest="x")


def test_what_is_no_address_any_more_is_answered_as_what_never_was(place, dan, ann):
    """The same bytes and the same single look-up, so that nothing tells them apart."""
    gone, off, shut = (cast.member(place, name) for name in ("Gus Hill", "Oz Off", "Ina Closed"))
    ended = {who: actions.make_address(who, place, by=who) for who in (gone, off)}
    leave(place, by=gone)
    actions.switch_off(off, place, by=off)
    ended[shut] = actions.make_address(shut, by=shut)
    type(shut).objects.filter(pk=shut.pk).update(is_active=False)
    answers, looks = [], []
    for token in ("x" * 43, actions.make_address(ann, by=ann) + "x", *ended.values()):
        with CaptureQueriesContext(connection) as seen:
            answers.append(fetch(token))
        looks.append(len(seen))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert set(looks) == {1}


def test_a_change_of_role_keeps_it_and_leaving_ends_it_for_good(place, dan, ann, travel):
    token = actions.make_address(ann, place, by=ann)
    everything = actions.make_address(ann, by=ann)
    plan(place, dan)
    travel(datetime(2026, 3, 2, 12, tzinfo=UTC))
    change_role(ann.memberships.get(), "facilitator", by=dan)
    assert shown(token)
    travel(datetime(2026, 3, 2, 13, tzinfo=UTC))
    leave(place, by=ann)
    assert fetch(token).status_code == 404
    assert shown(everything) == []
    travel(datetime(2026, 3, 9, 13, tzinfo=UTC))
    cast.member(place, person=ann, since=datetime(2026, 3, 9, tzinfo=UTC))
    assert fetch(token).status_code == 404
    assert shown(actions.make_address(ann, place, by=ann))


def test_nobody_makes_one_for_somebody_else_or_of_a_network_they_are_not_in(place, dan, ann):
    for person, network, by in ((ann, place, dan), (ann, cast.network("Other"), ann)):
        with pytest.raises(Refused):
            actions.make_address(person, network, by=by)
    assert not CalendarFeed.objects.exists()


# --- Fetching ------------------------------------------------------------------------------------


def test_what_has_not_changed_is_not_sent_again(place, dan, ann, travel):
    first = plan(place, dan)
    token = actions.make_address(ann, by=ann)
    etag = fetch(token)["ETag"]
    travel(datetime(2026, 3, 2, 12, tzinfo=UTC))  # a day alone changes nothing
    again = fetch(token, if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert "private" in again["Cache-Control"]
    cancel(dates(first)[2], dan)
    changed = fetch(token, if_none_match=etag)
    assert changed.status_code == 200
    assert changed["ETag"] != etag


def test_the_same_etag_is_the_same_text_with_and_without_what_is_kept(place, dan, ann):
    plan(place, dan)
    token = actions.make_address(ann, by=ann)
    kept = text(token)
    assert text(token) == kept
    cache.clear()
    assert text(token) == kept


def test_nobody_between_keeps_it_and_it_sets_no_cookie(place, ann, signed_in):
    token = actions.make_address(ann, by=ann)
    for asks in (Client(), signed_in(ann)):
        answer = asks.get(reverse("calendar_feed", args=[token]))
        assert not answer.cookies
    assert {"private", "no-cache"} <= set(answer["Cache-Control"].split(", "))
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"


def test_its_owner_sees_when_it_was_last_fetched(place, ann, signed_in, travel):
    token = actions.make_address(ann, by=ann)
    page = reverse("calendar_feeds")
    assert "No calendar has fetched it yet" in words(signed_in(ann).get(page))
    Client().head(reverse("calendar_feed", args=[token]))
    assert CalendarFeed.objects.get().fetched_at is None
    fetch(token)
    first = CalendarFeed.objects.get().fetched_at
    travel(datetime(2026, 3, 1, 12, 5, tzinfo=UTC))
    fetch(token)
    assert CalendarFeed.objects.get().fetched_at == first  # not a row written at each visit
    assert "Your calendar last fetched it on" in words(signed_in(ann).get(page))


def test_two_hundred_sessions_cost_as_many_statements_as_one(place, dan, ann):
    plan(place, dan)
    one = cast.session(place)
    token = actions.make_address(ann, by=ann)
    counts = []
    for more in (0, 9, 190):
        Session.objects.bulk_create(cast.copy(one) for _ in range(more))
        for week in range(min(more, 9)):
            plan(place, dan, first=FIRST + timedelta(days=week))
        fetch(token)
        with CaptureQueriesContext(connection) as seen:
            assert fetch(token).status_code == 200
        counts.append(len(seen))
    assert len(set(counts)) == 1
    assert counts[0] <= 6
    assert len({uid for uid, _, _ in shown(token)}) >= 200
    assert all(a <= b for a, b in pairwise(shown(token)))


# --- The page ------------------------------------------------------------------------------------


def test_the_page_shows_a_new_address_once(place, ann, signed_in):
    page, client = reverse("calendar_feeds"), signed_in(ann)
    made = client.post(page, {"deed": "make", "network": place.slug})
    address = made.content.decode().split('value="http://localhost/calendar/')[1].split('"')[0]
    assert f"webcal://localhost/calendar/{address}" in made.content.decode()
    assert fetch(address.removesuffix(".ics")).status_code == 200
    assert address not in client.get(page).content.decode()
    off = client.post(page, {"deed": "off", "network": place.slug}, follow=True)
    assert "That address works no more" in words(off)
    assert fetch(address.removesuffix(".ics")).status_code == 404


@pytest.mark.parametrize("slug", ["nowhere", "x" * 5000, "\x00"])
def test_a_network_that_is_not_theirs_is_not_there(place, ann, signed_in, slug):
    made = signed_in(ann).post(reverse("calendar_feeds"), {"deed": "make", "network": slug})
    assert made.status_code == 404
    assert not CalendarFeed.objects.exists()


# --- One session -----------------------------------------------------------------------------


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
