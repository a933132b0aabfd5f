from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from members.privacy.tasks import tick_upkeep
from peernet.lib import clock

pytestmark = pytest.mark.django_db


def test_sign_ins_that_have_run_out_are_forgotten():
    now = clock.now()
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(days=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(days=1))
    tick_upkeep()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
