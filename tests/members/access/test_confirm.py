"""Before somebody changes how they sign in, they show that it is still them who sits there."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail

from members.access.models import Device
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db
PAGE, SEND = "/you/confirm/", "/you/confirm/code/"
NOWHERE = {"BACKEND": settings.CACHES["default"]["BACKEND"], "LOCATION": "redis://127.0.0.1:1/0"}


def words(response):
    return " ".join(response.content.decode().split())


def code():
    return re.search(r"\b\d{6}\b", mail.outbox[-1].body)[0]


@pytest.fixture
def ann():
    return cast.person("Ann Lee", email="ann@example.org")


@pytest.fixture
def stale(ann, signed_in):
    """Ann's browser, an hour after she signed in."""
    client = signed_in(ann)
    client.get("/you/")
    Device.objects.update(proved_at=clock.now() - timedelta(hours=1))
    return client


@pytest.mark.parametrize("page", ["/you/sign-in/passkeys/new/", "/you/sign-in/password/"])
def test_a_code_by_mail_opens_the_page_they_wanted(stale, page):
    sent_away = stale.get(page)
    assert sent_away.url.startswith(PAGE)
    asked = words(stale.get(sent_away.url))
    assert "ann@example.org" in asked
    assert mail.outbox == []
    back = stale.post(SEND, {"next": page})
    assert mail.outbox[-1].to == ["ann@example.org"]
    assert f'name="next" value="{page}"' in words(stale.get(back.url))
    assert stale.post(PAGE, {"code": f" {code()[:3]} {code()[3:]}", "next": page}).url == page
    assert stale.get(page).status_code == 200


@pytest.mark.parametrize(
    "deed",
    [
        "/you/sign-in/password/remove/", "/you/sign-in/passkeys/ready/",
        "/you/sign-in/passkeys/7/remove/", "/you/addresses/", "/you/addresses/7/main/",
        "/you/addresses/7/remove/", "/you/sign-in/password/", "/you/sign-in/passkeys/new/",
    ],
)  # fmt: skip
def test_nothing_that_lets_somebody_in_is_changed_without_it(stale, deed):
    answer = stale.post(deed, {"password": "three wet umbrellas"} if "sign-in" in deed else {})
    assert answer.url.startswith(PAGE)
    assert mail.outbox == []
    assert "umbrellas" not in str(dict(stale.session))


def test_the_address_they_typed_is_there_when_they_come_back(stale):
    stale.post("/you/addresses/", {"email": "ann@work.org"})
    assert 'value="ann@work.org"' in words(stale.get("/you/addresses/"))


def test_a_wrong_code_gets_a_sentence_and_five_end_it(stale):
    stale.post(SEND)
    right = code()
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        answer = stale.post(PAGE, {"code": wrong})
        assert answer.status_code == 422
        assert "That is not the code we sent" in words(answer)
    assert "does not work any more" in words(stale.post(PAGE, {"code": right}))
    assert stale.get("/you/sign-in/password/").status_code == 302


def test_an_old_code_is_dead(stale, travel):
    stale.post(SEND)
    travel(clock.now() + timedelta(minutes=16))
    assert "does not work any more" in words(stale.post(PAGE, {"code": code()}))


def test_a_code_of_another_browser_opens_nothing(stale, ann, client):
    stale.post(SEND)
    held = dict(stale.session["proof"])
    other = type(client)()
    other.force_login(ann, backend="allauth.account.auth_backends.AuthenticationBackend")
    other.get("/you/")
    session = other.session
    session["proof"] = held
    session.save()
    assert other.post(PAGE, {"code": code()}).status_code == 422


def test_the_fourth_code_within_a_minute_is_refused(stale):
    answers = [stale.post(SEND).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


def test_without_the_shared_cache_nothing_can_be_shown(stale, settings):
    stale.post(SEND)
    settings.CACHES = {"default": NOWHERE}
    for closed in (stale.post(SEND), stale.post(PAGE, {"code": code()})):
        assert closed.status_code == 503
        assert "We cannot count tries just now" in words(closed)


def test_nobody_is_sent_to_another_site(stale):
    stale.post(SEND, {"next": "https://evil.example/"})
    answer = stale.post(PAGE, {"code": code(), "next": "https://evil.example/"})
    assert answer.url == "/you/sign-in/"


def test_who_signs_in_again_has_shown_it(stale, ann):
    stale.post("/accounts/logout/")
    stale.post("/accounts/login/", {"login": "ann@example.org"})
    stale.post("/accounts/login/code/confirm/", {"code": code()})
    assert stale.get("/you/sign-in/password/").status_code == 200
