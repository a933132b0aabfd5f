"""Reminders are written many at a time: that changes nothing in who gets which, and loses none."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.notices import actions as notices
from members.notices.actions import beat
from members.notices.models import Notice
from members.people.models import Person
from networks.membership.models import CohortSpell, Membership, Role
from networks.network.models import Cohort
from peernet.lib import clock
from sessions.cadence.models import Session, SessionState
from sessions.meetings.actions import AHEAD, remind
from sessions.meetings.models import Answer
from sessions.meetings.rules import HOUR, due_between
from tests import cast

START = datetime(2026, 4, 14, 9, tzinfo=UTC)
ZONES = ["Europe/London", "Asia/Kathmandu", "America/St_Johns"]
MOMENTS = [  # a tick now, and the one before it
    (START - timedelta(days=7), timedelta(minutes=1)),
    (START - timedelta(days=1), timedelta(minutes=1)),
    (START - timedelta(days=1, hours=-3), timedelta(hours=6)),
    (START - timedelta(hours=1), timedelta(minutes=1)),
    (START - timedelta(hours=1), timedelta(days=2)),
]


def plainly(since, now):
    """Who is to be reminded of what, asked one person and one session at a time."""
    for one in Session.objects.select_related("network", "cohort"):
        if one.state != SessionState.PLANNED or one.network.closed_at or one.starts_at <= now:
            continue
        for person in Person.objects.filter(is_active=True):
            after = max(since, one.sure_since)
            found = due_between(
                after, now + AHEAD, one.starts_at, person.zone, quiet=person.quiet_hours
            )
            if not found:
                continue
            offset, due = found
            reply = dict(Answer.objects.filter(session=one).values_list("person", "reply"))
            said = reply.get(person.pk, "")
            wanted = said in ("yes", "maybe") if offset == HOUR else said != "no"
            if wanted and in_it(one, person, now) and in_it(one, person, due):
                yield person.pk, one.pk, one.sequence, offset, due, one.network_id


def in_it(one, person, moment):
    if not Membership.objects.filter(network=one.network, person=person).at(moment).exists():
        return False
    inside = CohortSpell.objects.filter(cohort=one.cohort_id, person=person).at(moment)
    return one.cohort_id is None or inside.exists()


def crowd(rng, places):
    """People of every sort: other zones, quiet hours, groups, roles changed, come late, gone."""
    for _ in range(18):
        person = cast.person(zone=rng.choice(ZONES), quiet_hours=rng.random() < 0.3)
        Person.objects.filter(pk=person.pk).update(is_active=rng.random() < 0.9)
        for place in rng.sample(places, rng.choice([1, 1, 2])):
            groups = [None, *Cohort.objects.filter(network=place)]
            since = START - timedelta(hours=rng.choice([2, 22, 22, 100, 400, 900, 900]))
            changed = START - timedelta(hours=rng.choice([22, 22, 100, 2000]))
            row = {"network": place, "person": person}
            in_cohorts(rng, person, {rng.choice(groups), rng.choice(groups)}, since)
            if changed > since:
                Membership.objects.create(**row, since=since, until=changed, reason="role")
                since, row["role"] = changed, Role.FACILITATOR
            gone = START - timedelta(minutes=30) if rng.random() < 0.1 else None
            if since < START - timedelta(minutes=30) and rng.random() < 0.95:
                Membership.objects.create(**row, since=since, until=gone)


def in_cohorts(rng, person, cohorts, since):
    """In some from the start, in some for a while, in some again."""
    for cohort in filter(None, cohorts):
        left = rng.choice([None, None, START - timedelta(hours=rng.choice([1, 23, 200]))])
        if left is None or left > since:
            cohort.spells.create(person=person, since=since, until=left)
            if left and rng.random() < 0.3:
                cohort.spells.create(person=person, since=left + timedelta(minutes=10))


def meetings(rng, places):
    for _ in range(10):
        place = rng.choice(places)
        made = cast.session(
            place,
            starts=START + timedelta(hours=rng.choice([0, 0, 0, 0, 3])),
            cohort=rng.choice([None, None, *Cohort.objects.filter(network=place)]),
            state=rng.choice([*["planned"] * 6, "tentative", "cancelled"]),
            sequence=rng.choice([0, 0, 3]),
            sure_since=START - timedelta(hours=rng.choice([2, 23, 900, 900, 900, 900])),
        )
        for person in Person.objects.order_by("pk"):
            if reply := rng.choice(["", "yes", "maybe", "no"]):
                Answer.objects.create(session=made, person=person, reply=reply)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(1, 13))
def test_those_asked_at_once_are_those_found_one_by_one(seed, travel, monkeypatch):
    monkeypatch.setattr(notices, "BATCH", 7)  # several batches, the last of them not full
    rng = random.Random(seed)
    now, before = MOMENTS[seed % len(MOMENTS)]
    travel(START - timedelta(days=60))
    places = [cast.network(), cast.network(closed_at=None if seed % 4 else clock.now())]
    for place in places:
        Cohort.objects.create(network=place, name="Spring", starts_on=START.date())
    crowd(rng, places)
    meetings(rng, places)
    travel(now - before)
    beat("reminders")
    travel(now)
    expected = sorted(plainly(now - before, now))
    assert expected
    written = ("person", "about_id", "version", "offset", "due_at", "network_id")
    for _twice in range(2):
        remind()
        rows = Notice.objects.filter(kind="reminder").values_list(*written)
        assert sorted(rows) == expected


@pytest.mark.django_db
def test_a_hundred_sessions_cost_as_many_statements_as_one(travel):
    travel(START - timedelta(days=30))
    place = cast.network()
    ann = cast.member(place)
    one = cast.session(place, starts=START)
    counts = []
    for number in (0, 100):
        Session.objects.bulk_create(cast.copy(one) for _ in range(number))
        Notice.objects.all().delete()
        travel(START - timedelta(days=1, minutes=5))
        beat("reminders")
        travel(START - timedelta(days=1))
        with CaptureQueriesContext(connection) as seen:
            remind()
        assert Notice.objects.filter(person=ann, kind="reminder").count() == number + 1
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 4


# --- kill -9 -------------------------------------------------------------------------------------

WORKER = """
import django; django.setup()
from members.notices import actions
from sessions.meetings.tasks import tick_reminders
actions.BATCH = 1
tick_reminders()
"""


def worker():
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={host}"
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "peernet.settings"}
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment, cwd=settings.BASE_DIR)


@pytest.mark.django_db(transaction=True)
def test_who_is_killed_in_the_middle_loses_none_and_doubles_none(travel):
    travel(START - timedelta(days=30))
    place = cast.network()
    people = [cast.member(place, f"Member {number}") for number in range(30)]
    every = {cast.session(place, starts=START).pk for _ in range(5)}
    travel(START - timedelta(days=1, minutes=5))
    beat("reminders")
    travel(START - timedelta(days=1))
    written = Notice.objects.filter(kind="reminder")
    stopped = []
    for stop_at in (20, 70):
        running = worker()
        patience = time.monotonic() + 60
        while written.count() < stop_at and time.monotonic() < patience:
            time.sleep(0.002)
        running.send_signal(signal.SIGKILL)
        running.wait()
        stopped.append(written.count())
    assert 20 <= stopped[0] < stopped[1] < len(every) * len(people), "none was in the middle"
    assert worker().wait(timeout=120) == 0
    each = Counter(written.values_list("person", "about_id"))
    assert set(each) == {(person.pk, pk) for person in people for pk in every}
    assert set(each.values()) == {1}
