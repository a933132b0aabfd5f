"""An optional password: set by whoever wants one, and never the only way in."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from members.audit.models import AuditEntry
from members.notices.actions import send_due
from tests import cast
from tests.crowd import at_once

pytestmark = pytest.mark.django_db
PAGE, LOGIN = "/you/sign-in/password/", "/accounts/login/password/"
GOOD = "three wet umbrellas"
NOWHERE = {"BACKEND": settings.CACHES["default"]["BACKEND"], "LOCATION": "redis://127.0.0.1:1/0"}


def words(response):
    return " ".join(response.content.decode().split())


def enter(email, password, **more):
    return (client := Client()), client.post(LOGIN, {"login": email, "password": password, **more})


@pytest.fixture
def ann():
    made = cast.person("Ann Lee", email="ann@example.org")
    made.set_password(GOOD)
    made.save()
    return made


def test_somebody_sets_a_password_is_told_and_signs_in_with_it(signed_in):
    ann = cast.person("Ann Lee", email="ann@example.org")
    ann.emailaddress_set.create(email="ann@work.org", verified=True)
    page = signed_in(ann).post(PAGE, {"password": GOOD}, follow=True)
    assert "Your password is set." in words(page)
    for address in ("ann@example.org", " Ann@Work.org "):
        client, answer = enter(address, GOOD, next="/you/")
        assert answer.url == "/you/"
        assert client.session["_auth_user_id"] == str(ann.pk)
    send_due()
    assert "You set a password" in mail.outbox[0].body
    assert AuditEntry.objects.get(deed="password.set").detail == {}


def test_a_new_password_signs_every_other_device_out(ann, signed_in):
    lost = Client()
    lost.force_login(ann, backend="allauth.account.auth_backends.AuthenticationBackend")
    lost.get("/you/")
    here = signed_in(ann)
    here.post(PAGE, {"password": "four wet umbrellas"})
    assert "1 device" in words(here.get("/you/"))
    assert lost.get("/you/").status_code == 302
    assert "There is a problem" in words(enter("ann@example.org", GOOD)[1])


def test_a_removed_password_opens_nothing(ann, signed_in):
    client = signed_in(ann)
    assert "You have no password now" in words(client.post(f"{PAGE}remove/", follow=True))
    assert "_auth_user_id" not in enter("ann@example.org", GOOD)[0].session
    assert client.get("/you/").status_code == 200


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Fill in “New password”."),
        ("short", "Use 12 characters or more."),
        ("1q2w3e4r5t6y", "Many people use that password."),
        ("zenobia quagmire", "too much like your name"),
        ("a" * 201, "Use 200 characters or fewer."),
    ],
)
def test_a_weak_password_gets_a_sentence(signed_in, typed, sentence):
    zoe = cast.person("Zenobia Quagmire")
    answer = signed_in(zoe).post(PAGE, {"password": typed})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert GOOD not in words(answer)
    zoe.refresh_from_db()
    assert not zoe.has_usable_password()


def test_a_wrong_password_an_unknown_address_and_an_account_without_one_get_the_same_answer(ann):
    cast.person("Bo Lee", email="bo2@example.org")
    pages = []
    for email in ("ann@example.org", "bo2@example.org", "who@example.org"):
        client, answer = enter(email, "not the password")
        assert "_auth_user_id" not in client.session
        pages.append(re.sub(r'value="[^"]*"', "", words(answer)))
    assert "do not go together" in pages[0]
    assert pages[0] == pages[1] == pages[2]


def test_each_of_them_costs_one_hash(ann, monkeypatch, settings):
    """The same class of time: what takes long is done once, whoever is asked for."""
    cast.person("Bo Lee", email="bo2@example.org")
    path = "django.contrib.auth.hashers.MD5PasswordHasher"
    settings.PASSWORD_HASHERS = [path]
    ann.set_password(GOOD)
    ann.save()
    counted = []
    hasher = __import__("django.contrib.auth.hashers", fromlist=["x"]).MD5PasswordHasher
    plain = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda *a, **k: counted.append(1) or plain(*a, **k))
    for email in ("ann@example.org", "bo2@example.org", "who@example.org"):
        counted.clear()
        enter(email, "not the password")
        assert len(counted) == 1, email


def test_the_sixth_wrong_password_for_an_address_is_not_looked_at(ann):
    for _ in range(5):
        enter("ann@example.org", "not the password")
    client, answer = enter("Ann@example.org", GOOD)
    assert "That was too often" in words(answer)
    assert "_auth_user_id" not in client.session
    code_still = Client().post("/accounts/login/", {"login": "ann@example.org"})
    assert code_still.url == "/accounts/login/code/confirm/"


@pytest.mark.django_db(transaction=True)
def test_passwords_tried_all_at_once_are_counted_too():
    ann = cast.person("Ann Lee", email="ann@example.org")
    ann.set_password(GOOD)
    ann.save()
    answers = at_once(lambda n: words(enter("ann@example.org", f"wrong {n}")[1]), 20)
    assert sum("do not go together" in page for page in answers) <= 5


def test_without_the_shared_cache_no_password_opens_anything(ann, settings):
    settings.CACHES = {"default": NOWHERE}
    client, answer = enter("ann@example.org", GOOD)
    assert answer.status_code == 503
    assert "We cannot count tries just now" in words(answer)
    assert "_auth_user_id" not in client.session


def test_what_was_typed_as_address_stays_and_the_password_does_not(ann):
    page = words(enter("ann@example.org", "not the password")[1])
    assert 'value="ann@example.org"' in page
    assert "not the password" not in page


def test_who_waits_for_a_code_may_use_the_password_instead(ann, client):
    client.post("/accounts/login/", {"login": "ann@example.org"})
    assert client.get(LOGIN).status_code == 200
    answer = client.post(LOGIN, {"login": "ann@example.org", "password": GOOD})
    assert answer.url == "/"


def test_a_closed_account_stays_closed(ann):
    ann.is_active = False
    ann.save()
    client, answer = enter("ann@example.org", GOOD)
    assert answer.url == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


def test_who_forgot_it_sets_a_new_one_after_signing_in_with_a_code(ann, client):
    client.post("/accounts/login/", {"login": "ann@example.org"})
    code = re.search(r"\b\d{6}\b", mail.outbox[-1].body)[0]
    client.post("/accounts/login/code/confirm/", {"code": code})
    client.post(PAGE, {"password": "four wet umbrellas"})
    cache.clear()
    assert enter("ann@example.org", "four wet umbrellas")[1].url == "/"
