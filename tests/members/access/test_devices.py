"""Where somebody is signed in, without where they were."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members.access.models import Device
from members.access.queries import passkeys_of
from members.audit.models import AuditEntry
from members.privacy.tasks import tick_upkeep
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:144.0) Gecko/20100101 Firefox/144.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1"


def browser(person, agent=FIREFOX):
    """A browser in which the person has signed in, with a code."""
    client = Client(headers={"User-Agent": agent})
    client.post("/accounts/login/", {"login": person.email})
    client.post("/accounts/login/code/confirm/", {"code": mail.outbox[-1].subject[:6]})
    return client


def words(response):
    return " ".join(response.content.decode().split())


def test_each_browser_is_listed_by_name_and_the_one_in_hand_is_marked():
    ann = cast.person("Ann Lee")
    browser(ann, IPHONE)
    page = words(browser(ann).get("/you/devices/"))
    assert "Safari on iPhone" in page
    assert page.index("This one") > page.index("Firefox on Windows")
    assert "144" not in page
    assert browser(cast.person("Bo Lee"), "curl/8").get("/you/devices/").status_code == 200


def test_no_address_on_the_internet_is_kept_anywhere():
    client = browser(cast.person())
    client.get("/you/devices/", REMOTE_ADDR="203.0.113.77")
    row = Device.objects.values().get()
    assert "203.0.113" not in str(row)
    assert "203.0.113" not in str([one.get_decoded() for one in Session.objects.all()])


def test_one_device_is_signed_out_and_the_others_stay():
    ann = cast.person("Ann Lee")
    lost, here, other = browser(ann, IPHONE), browser(ann), browser(ann, "curl/8")
    gone = Device.objects.get(browser="Safari")
    page = words(here.post(f"/you/devices/{gone.pk}/sign-out/", follow=True))
    assert "Safari on iPhone is signed out." in page
    assert lost.get("/you/").status_code == 302
    assert here.get("/you/").status_code == other.get("/you/").status_code == 200
    assert AuditEntry.objects.get(deed="device.signed_out").actor == ann


def test_nobody_signs_out_the_device_of_somebody_else():
    ann = browser(cast.person("Ann Lee"))
    device = Device.objects.get()
    assert browser(cast.person("Bo")).post(f"/you/devices/{device.pk}/sign-out/").status_code == 404
    assert ann.get("/you/").status_code == 200


def test_signing_out_everywhere_else_leaves_one_device_and_one_session():
    ann = cast.person("Ann Lee")
    browser(ann, IPHONE)
    here = browser(ann)
    page = words(here.post("/you/sign-out-elsewhere/", follow=True))
    assert "Safari on iPhone" not in page
    assert [device.browser for device in Device.objects.all()] == ["Firefox"]
    assert Session.objects.count() == 1


def test_a_device_is_written_once_a_day(travel):
    client = browser(cast.person("Ann Lee"))
    first = Device.objects.get().used_on
    with CaptureQueriesContext(connection) as asked:
        client.get("/you/profile/")
    assert not [one for one in asked if not one["sql"].lstrip().startswith("SELECT")]
    travel(clock.now() + timedelta(days=2))
    client.get("/you/profile/")
    assert Device.objects.get().used_on == first + timedelta(days=2)


def test_a_browser_that_signed_out_is_off_the_list_and_forgotten():
    ann = cast.person("Ann Lee")
    browser(ann, IPHONE).post("/accounts/logout/")
    assert "Safari" not in words(browser(ann).get("/you/devices/"))
    tick_upkeep()
    assert [device.browser for device in Device.objects.all()] == ["Firefox"]


def test_a_device_that_is_not_used_for_90_days_is_forgotten_and_signed_out():
    ann = cast.person("Ann Lee")
    client = browser(ann)
    Device.objects.update(used_on=clock.now().date() - timedelta(days=91))
    tick_upkeep()
    assert not Device.objects.exists()
    assert client.get("/you/").status_code == 302


def test_a_browser_whose_sign_in_ran_out_is_off_the_list_at_once():
    ann = cast.person("Ann Lee")
    browser(ann, IPHONE)
    Session.objects.update(expire_date=clock.now() - timedelta(minutes=1))
    assert "Safari" not in words(browser(ann).get("/you/devices/"))


def test_another_way_in_is_no_passkey():
    ann = cast.person("Ann Lee")
    for kind in (Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP):
        Authenticator.objects.create(user=ann, type=kind, data={})
    assert [one.type for one in passkeys_of(ann)] == [Authenticator.Type.WEBAUTHN]
