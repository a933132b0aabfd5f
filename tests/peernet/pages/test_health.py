from datetime import timedelta

import pytest

from members.notices import actions, tasks
from members.notices.models import Notice
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db


def test_all_is_well_after_the_beat_has_rung(client):
    tasks.tick_heartbeat()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["ok"] is True
    assert answer.json()["database"] == answer.json()["broker"] == "ok"
    assert answer.json()["beat"]


def test_a_beat_that_never_rang_is_a_fault(client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["beat"] is None


def test_a_beat_that_stopped_is_a_fault_after_five_minutes(client, travel):
    tasks.tick_heartbeat()
    travel(clock.now() + timedelta(minutes=6))
    assert client.get("/healthz").status_code == 503


def test_mail_that_waits_too_long_is_a_fault(client):
    tasks.tick_heartbeat()
    place = cast.network()
    invitation = cast.invited(place)
    actions.tell_address(invitation.email, "invitation", invitation.pk, network_id=place.pk)
    assert client.get("/healthz").status_code == 200
    Notice.objects.update(due_at=clock.now() - timedelta(minutes=6))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["oldest_due_notice"]


def test_mail_that_waits_because_there_is_no_mail_server_yet_is_none(client, settings):
    tasks.tick_heartbeat()
    invitation = cast.invited(cast.network())
    actions.tell_address(invitation.email, "invitation", invitation.pk)
    Notice.objects.update(due_at=clock.now() - timedelta(minutes=6))
    settings.MAIL_IS_SET_UP = False
    assert client.get("/healthz").status_code == 200


def test_a_broker_that_is_gone_is_a_fault(client, settings):
    tasks.tick_heartbeat()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["broker"] != "ok"
    assert answer.json()["database"] == "ok"
