"""One press ends every other session, and no link in an old mail acts for them any more."""

import pytest
from django.test import Client

from members.audit.models import AuditEntry
from members.people.actions import sign_out_everywhere
from peernet.lib.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db


def browser(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_every_other_browser_is_signed_out_and_this_one_is_not():
    ann = cast.person("Ann Lee")
    lost, here, somebody = browser(ann), browser(ann), browser(cast.person("Bo Lee"))
    page = here.post("/you/sign-out-elsewhere/", follow=True)
    assert "You are signed out everywhere but here." in page.content.decode()
    assert lost.get("/you/").status_code == 302
    assert here.get("/you/").status_code == 200
    assert somebody.get("/you/").status_code == 200
    assert AuditEntry.objects.get(deed="person.signed_out").actor_id == ann.pk


def test_links_in_mails_sent_before_are_dead():
    ann = cast.person("Ann Lee")
    version = ann.token_version
    sign_out_everywhere(ann, by=ann)
    ann.refresh_from_db()
    assert ann.token_version == version + 1  # dies with it: tests/sessions/meetings/test_answers


def test_looking_signs_nobody_out():
    ann = cast.person("Ann Lee")
    client = browser(ann)
    assert client.get("/you/sign-out-elsewhere/").status_code == 405
    assert browser(ann).get("/you/").status_code == 200


def test_nobody_signs_out_somebody_else():
    ann = cast.person("Ann Lee")
    with pytest.raises(Refused):
        sign_out_everywhere(ann, by=cast.person("Bo Lee"))
