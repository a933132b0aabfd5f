"""What went wrong in systems like this one, where no other test of ours stands against it yet:
docs/guides/promises.md has the whole table."""

import ast
from pathlib import Path

import pytest
from celery.schedules import crontab, schedule
from django.conf import settings
from django.db import IntegrityError, transaction

from members.notices.models import Notice
from members.people.actions import welcome
from members.people.models import Person
from sessions.cadence.actions import INHERITED
from tests import cast
from tests.letters import noon
from tests.sessions import around

pytestmark = pytest.mark.django_db
HOUSE = Path(__file__).resolve().parents[2]
WINGS = ["members", "networks", "sessions", "evaluation", "peernet"]
CALLS = {
    "apply_async",
    "send_task",
    "delay",
    "retry",
    "signature",
    "si",
    "s",
    "task",
    "shared_task",
}
WAITING = {"eta", "countdown", "default_retry_delay", "visibility_timeout"}


def waiting_tasks(source):
    """The lines that give a task a time to wait for: a broker hands such ones out twice."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in CALLS
        and any(one.arg in WAITING for one in node.keywords)
    ]


def test_no_task_is_given_a_time_to_wait_for():
    paths = [path for wing in WINGS for path in (HOUSE / wing).rglob("*.py")]
    assert {str(path) for path in paths if waiting_tasks(path.read_text())} == set()


@pytest.mark.parametrize(
    "planted",
    ["remind.apply_async((1,), countdown=90)", "app.send_task('a', eta=then)",
     "self.retry(countdown=2)", "@shared_task(default_retry_delay=60)\ndef tick(): pass"],
)  # fmt: skip
def test_such_a_task_would_be_seen(planted):
    assert waiting_tasks(planted)


def test_every_job_of_the_beat_rings_by_intervals_and_in_utc():
    """A crontab in somebody's zone is silent, doubled or late when their clocks change."""
    assert settings.CELERY_TIMEZONE == settings.TIME_ZONE == "UTC"
    for name, job in settings.CELERY_BEAT_SCHEDULE.items():
        assert isinstance(job["schedule"], schedule), name
        assert not isinstance(job["schedule"], crontab), name


def test_a_date_inherits_nothing_of_what_was_sent():
    """A rhythm hands down what a date is, never what became of another one."""
    place = cast.network()
    first = around.plan(place, cast.coordinator(place), first=noon(3), rhythm="1")
    around.move(first, noon(4), by=first.facilitator)
    later = around.dates(first)[1:]
    assert {(one.sequence, one.reason, one.state) for one in later} == {(0, "", "planned")}
    assert not Notice.objects.filter(kind="session_changed").exclude(about_id=first.pk).exists()
    state = {"sequence", "sure_since", "reason", "uid", "settled_at", "state", "taken_on_by_id"}
    assert not state & set(INHERITED)


def test_one_mailbox_is_one_account_however_it_is_written():
    ann = cast.person(email="ann.lee@example.org")
    for typed in ("Ann.Lee@Example.ORG", " ann.lee@example.org ", "ANN.LEE@EXAMPLE.ORG"):
        assert welcome(typed.strip(), "Ann") == ann
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.create(email=typed.strip(), name="Twin")
    bo = cast.person("Bo")
    with pytest.raises(IntegrityError), transaction.atomic():
        bo.emailaddress_set.create(email=ann.email, verified=True)
