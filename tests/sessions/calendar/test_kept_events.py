# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""A feed joins events that were made before: it says what a plain rendering of the rows says."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from networks.network.models import Network
from peernet.lib import clock
from peernet.lib.errors import Refused
from sessions.cadence import actions as planning
from sessions.cadence.models import Cadence, Session, SessionState
from sessions.calendar import actions, queries, rules
from sessions.calendar.models import KeptEvent
from sessions.calendar.tasks import tick_calendar
from tests import cast
from tests.sessions.around import cancel, dates, lasts_until, move, plan
from tests.sessions.calendar.fetching import fetch, text

pytestmark = pytest.mark.django_db
NEW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def events(found):
    """Each event as a calendar program reads it, in an order of its own."""
    return sorted(event.to_ical() for event in Calendar.from_ical(found).walk("VEVENT"))


def plainly(name):
    """The same feed with every event made now, from the rows alone; for a member of everything."""
    made = []
    for cadence in Cadence.objects.order_by("pk"):
        ended = cadence.ended_at
        if ended is None or ended > clock.now() - queries.HISTORY:
            made += queries._published_series(cadence)
    for one in Session.objects.order_by("starts_at", "pk"):
        if one.cadence_id and not one.alone:
            continue
        if one.ends_at <= clock.now() - queries.HISTORY or one.state == SessionState.TENTATIVE:
            continue
        cancelled = one.state == SessionState.CANCELLED
        if cancelled and one.settled_at <= clock.now() - queries.CANCELLED_STAYS:
            continue
        made.append(queries._published(one))
    return rules.joined([rules.event(*pair) for pair in made], name)


def rename(place, rng):
    place.name = f"Network {rng.randrange(99)}"
    place.save()


DEEDS = ["cancel", "move", "take_on", "lasts", "end", "rename", "later", "place", "lead", "title"]


def happens(  # noqa: C901 -- one branch for each thing that happens
    deed, rng, place, dan, grant
):
    """One thing that people do, or that time does, or the refusal of it; and perhaps the bell."""
    one = rng.choice(list(Session.objects.order_by("pk")))
    try:
        if deed == "cancel":
            cancel(one, dan)
        elif deed == "move":
            to = datetime.combine(one.date, one.time) + timedelta(hours=rng.choice([2, 26]))
            move(one, to, dan, place=rng.choice(["", "The hall"]), link=rng.choice(["", one.link]))
        elif deed == "take_on":
            planning.take_on(one, by=dan)
        elif deed == "lasts":
            lasts_until(grant, date(2026, rng.randrange(4, 12), 28))
        elif deed == "end" and one.cadence:
            planning.end(one.cadence, reason="", by=dan)
        elif deed == "rename":
            rename(place, rng)
        elif deed == "later":
            clock.travel(clock.now() + timedelta(days=rng.choice([1, 40, 91])))
            planning.keep_ahead()
        elif deed == "place":
            Cadence.objects.update(place=f"Room {rng.randrange(9)}", link="")
        elif deed == "lead":
            Session.objects.filter(pk=one.pk).update(facilitator=dan, agenda="Tea")
        elif deed == "title":
            Session.objects.filter(pk=one.pk).update(title=f"Called {rng.randrange(99)}")
    except Refused:
        pass
    if rng.random() < 0.5:
        tick_calendar()


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32), deeds=st.lists(st.sampled_from(DEEDS), min_size=4, max_size=9))
def test_whatever_happens_it_says_what_a_plain_rendering_says(db, seed, deeds):
    with transaction.atomic():
        lived_through(random.Random(seed), deeds)
        transaction.set_rollback(True)


def lived_through(rng, deeds):
    clock.travel(NEW)
    place = cast.network(zone=rng.choice(["Europe/London", "America/New_York"]))
    dan = cast.coordinator(place)
    grant = cast.grant(place, ends_on=date(2026, 12, 31))
    plan(place, dan, rhythm=rng.choice(["2", "3", "monthly"]))
    plan(place, dan, rhythm="once", first=datetime(2026, 3, 9, 15))
    token = actions.make_address(dan, by=dan)
    for deed in deeds:
        before = fetch(token)
        happens(deed, rng, place, dan, grant)
        after = fetch(token, if_none_match=before["ETag"])
        now = fetch(token)
        assert events(now.content) == events(plainly("PeerNet"))
        assert (after.status_code == 304) == (now.content == before.content)
        assert (now["ETag"] == before["ETag"]) == (now.content == before.content)


def test_what_is_kept_is_what_is_shown(place, dan, ann):
    plan(place, dan)
    plan(place, dan, rhythm="once", first=datetime(2026, 3, 9, 15))
    token = actions.make_address(ann, by=ann)
    live = text(token)
    assert actions.keep_events() == 2
    assert text(token) == live
    KeptEvent.objects.update(text="BEGIN:VEVENT\r\nUID:kept\r\nEND:VEVENT\r\n")
    assert text(token).count("UID:kept") == 2
    assert actions.keep_events() == 0, "what is true is not made again"


def test_what_another_version_of_the_code_made_is_made_again(place, dan, ann, monkeypatch):
    plan(place, dan)
    token = actions.make_address(ann, by=ann)
    actions.keep_events()
    KeptEvent.objects.update(text="old")
    monkeypatch.setattr(queries, "CODE", "another")
    assert "old" not in text(token)
    assert actions.keep_events() == 1
    assert KeptEvent.objects.get().text.startswith("BEGIN:VEVENT")


def test_what_is_kept_leaves_in_its_time(place, dan, ann, travel):
    gone = dates(plan(place, dan))[7]
    cancel(gone, dan)
    token = actions.make_address(ann, by=ann)
    actions.keep_events()
    assert text(token).count("STATUS:CANCELLED") == 1
    travel(NEW + timedelta(days=91))
    assert text(token).count("STATUS:CANCELLED") == 0


# What says nothing in a calendar: a change of it alone makes no new event.
SILENT = {
    Session: {"id", "network", "cohort", "cadence", "type", "starts_at", "ends_at", "agenda",
              "facilitator", "reason", "taken_on_by", "invitation", "settled_at", "once", "link"},
    Cadence: {"id", "network", "cohort", "type", "facilitator", "reason", "planned_by", "once",
              "link", "ended_at"},
}  # fmt: skip


def other(field, value):
    """Another value that the column takes."""
    kind = field.get_internal_type()
    if kind in ("CharField", "URLField", "TextField"):
        return {"planned": "cancelled"}.get(value, f"{value}9")
    if kind in ("DateField", "DateTimeField"):
        return (value or clock.now()) + timedelta(days=1)
    if kind == "TimeField":
        return value.replace(minute=17)
    if kind == "UUIDField":
        return cast.uuid4()
    return not value if kind == "BooleanField" else value + 1


@pytest.mark.parametrize("model", SILENT)
def test_a_new_value_in_any_column_makes_a_new_look_but_for_those_that_say_nothing(
    model, place, dan, ann
):
    first = plan(place, dan)
    one = first.cadence if model is Cadence else cast.session(place)

    def look():
        if model is Cadence:
            rows = queries._rhythms(queries.Q(), clock.now())
        else:
            rows = Session.objects.annotate(look=queries._look(*queries.OF_A_DATE))
        return rows.values_list("look", flat=True).get(pk=one.pk)

    names = {field.name for field in model._meta.concrete_fields}
    assert SILENT[model] <= names
    for name in sorted(names - SILENT[model]):
        field, before = model._meta.get_field(name), look()
        if (model, name) == (Session, "slot"):
            continue  # only a date of a rhythm has one, and it never changes
        value = other(field, getattr(one, name))
        model.objects.filter(pk=one.pk).update(**{name: value})
        assert look() != before, name
        one.refresh_from_db()


@pytest.mark.parametrize("field", ["name", "slug"])
def test_a_network_that_is_called_otherwise_has_other_events(place, dan, ann, field):
    plan(place, dan)
    plan(place, dan, rhythm="once", first=datetime(2026, 3, 9, 15))
    token = actions.make_address(ann, by=ann)
    actions.keep_events()
    etag = fetch(token)["ETag"]
    Network.objects.filter(pk=place.pk).update(**{field: "quite-another"})
    answer = fetch(token, if_none_match=etag)
    assert answer.status_code == 200
    said = answer.content.decode().replace("\r\n ", "")
    assert "quite-another" in said
    assert getattr(place, field) not in said


def test_two_hundred_kept_events_and_none_that_changed_cost_three_statements(place, dan, ann):
    one = cast.session(place)
    Session.objects.bulk_create(cast.copy(one) for _ in range(199))
    token = actions.make_address(ann, by=ann)
    actions.keep_events()
    etag = fetch(token)["ETag"]
    with CaptureQueriesContext(connection) as seen:
        assert fetch(token, if_none_match=etag).status_code == 304
    assert len(seen) <= 3


def test_of_two_hundred_only_the_one_that_changed_is_made_again(place, dan, ann, monkeypatch):
    one = cast.session(place)
    Session.objects.bulk_create(cast.copy(one) for _ in range(199))
    token = actions.make_address(ann, by=ann)
    actions.keep_events()
    moved = dates(plan(place, dan))[0]
    actions.keep_events()
    move(moved, datetime(2026, 3, 4, 11), dan)
    made = []
    make = rules.event
    monkeypatch.setattr(rules, "event", lambda *pair: made.append(pair) or make(*pair))
    assert "20260304T110000" in text(token)
    assert len(made) == 2  # the series, and its changed date
