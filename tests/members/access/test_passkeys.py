"""Passkeys in a real Chromium, whose device with a finger is a virtual one (CDP)."""

import json
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail
from django.test import Client

from members.access.models import Device
from members.notices.actions import send_due
from peernet.lib import clock
from tests import cast
from tests.conftest import Live
from tests.test_pages import violations

NOWHERE = {"BACKEND": settings.CACHES["default"]["BACKEND"], "LOCATION": "redis://127.0.0.1:1/0"}
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
SENTENCES = ["did not come from a passkey", "does not open an account", "cannot be kept"]
NEW, LOGIN = "/you/sign-in/passkeys/new/", "/accounts/login/passkey/"


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def ann(transactional_db):
    return cast.person("Ann Lee", email="ann@example.org")


@pytest.fixture
def site(ann):
    server = Live([ann])
    server.url = server.url.replace("127.0.0.1", "localhost")  # as SITE_URL has it
    server.cookies[ann.pk]["url"] = server.url
    yield server
    server.stop()


@pytest.fixture
def tab(site, browser, ann):
    """A tab of Ann's, who is signed in; tab.finger turns her device's answers on and off."""
    context = browser.new_context()
    context.add_cookies([site.cookie(ann)])
    page = context.new_page()
    page.errors = []
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    about = {"authenticatorId": made["authenticatorId"]}
    page.finger = lambda yes: cdp.send("WebAuthn.setUserVerified", about | {"isUserVerified": yes})
    yield page
    context.close()


def add(tab, site, name="My phone"):
    tab.goto(site.url + NEW)
    tab.get_by_label("What shall we call it?").fill(name)
    tab.get_by_role("button", name="Make the passkey").click()
    tab.wait_for_url(site.url + "/you/sign-in/")


def sign_out(tab, site):
    tab.goto(site.url + "/accounts/logout/")
    tab.get_by_role("button", name="Sign out").click()
    tab.wait_for_url(site.url + "/")


def test_a_passkey_is_added_named_and_signs_in_and_a_removed_one_does_not(tab, site, ann):
    add(tab, site)
    assert tab.get_by_text("Next time, you can sign in with this passkey.").is_visible()
    assert "My phone" in tab.content()
    send_due()
    assert "You added a passkey" in mail.outbox[-1].body

    sign_out(tab, site)
    tab.goto(site.url + "/accounts/login/?next=/you/devices/")
    tab.get_by_role("button", name="Use a passkey").click()
    tab.wait_for_url(site.url + "/you/devices/")
    assert tab.errors == []  # the Content-Security-Policy had nothing to say

    tab.goto(site.url + "/you/sign-in/")
    assert "Last used on" in tab.content()
    assert violations(tab) == []
    tab.get_by_role("link", name="Rename").click()
    tab.wait_for_url("**/you/sign-in/passkeys/*/")
    assert violations(tab) == []
    tab.get_by_label("What shall we call it?").fill("Ann's phone")
    tab.get_by_role("button", name="Save").click()
    assert Authenticator.objects.get(user=ann).data["name"] == "Ann's phone"
    tab.get_by_role("button", name="Remove").click()
    tab.wait_for_load_state()
    assert not Authenticator.objects.exists()
    sign_out(tab, site)
    tab.goto(site.url + "/accounts/login/")
    tab.get_by_role("button", name="Use a passkey").click()
    tab.get_by_text("That passkey does not open an account here.").wait_for()


def test_a_page_left_open_for_long_asks_for_a_code_before_the_passkey(tab, site, ann):
    tab.goto(site.url + NEW)
    Device.objects.update(proved_at=clock.now() - timedelta(hours=1))
    tab.get_by_role("button", name="Make the passkey").click()
    tab.get_by_role("heading", name="Show that it is you").wait_for()


def test_a_device_that_says_no_gets_a_sentence_and_can_be_asked_again(tab, site, ann):
    tab.finger(False)
    tab.goto(site.url + NEW)
    tab.get_by_role("button", name="Make the passkey").click()
    tab.get_by_text("Nothing came from your device.").wait_for()
    assert not Authenticator.objects.exists()
    tab.finger(True)
    tab.get_by_role("button", name="Make the passkey").click()
    tab.wait_for_url(site.url + "/you/sign-in/")
    kept = Authenticator.objects.get()
    assert (kept.user, kept.data["name"]) == (ann, "My passkey")  # it was given no name


@pytest.mark.parametrize(
    ("options", "script", "sentence"),
    [
        ({"java_script_enabled": False}, "", "A passkey needs JavaScript"),
        ({}, "delete window.PublicKeyCredential", "This browser cannot use passkeys here."),
    ],
)
def test_a_browser_without_passkeys_says_so_and_offers_the_code(
    site, browser, options, script, sentence
):
    context = browser.new_context(**options)
    context.add_init_script(script)
    page = context.new_page()
    page.goto(site.url + "/accounts/login/")
    assert page.get_by_text(sentence).is_visible()
    assert page.get_by_text("A code by mail always works.").filter(visible=True).count() == 1
    assert not page.get_by_role("button", name="Use a passkey").is_visible()
    assert page.get_by_role("button", name="Send me a code").is_visible()
    context.close()


# --- Without a browser: what no device ever sends -------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sent",
    ["", "x", "[]", "{}", "null", "7", '{"id": "a"}', '{"response": []}',
     json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "clientExtensionResults": {},
                 "response": {"clientDataJSON": "e30", "authenticatorData": "AA",
                              "signature": "AA", "userHandle": "MQ"}}),
     json.dumps({"id": "AA", "rawId": "AA", "type": "public-key",
                 "response": {"clientDataJSON": "e30", "attestationObject": "AA"}}),
     "\x00", "[" * 4000],
)  # fmt: skip
def test_what_no_passkey_sends_gets_a_sentence(sent, signed_in):
    stranger = Client()
    stranger.post(f"{LOGIN}begin/")
    page = words(stranger.post(LOGIN, {"credential": sent}, follow=True))
    assert any(sentence in page for sentence in SENTENCES)
    assert "_auth_user_id" not in stranger.session
    client = signed_in(cast.person())
    client.post("/you/sign-in/passkeys/ready/")
    answer = client.post(NEW, {"name": "My phone", "credential": sent})
    assert answer.status_code == 422
    assert 'value="My phone"' in words(answer)
    assert not Authenticator.objects.exists()


@pytest.mark.django_db
def test_who_has_a_passkey_still_signs_in_with_a_code_alone(client):
    ann = cast.person(email="ann@example.org")
    Authenticator.objects.create(user=ann, type="webauthn", data={"name": "Lost phone"})
    client.post("/accounts/login/", {"login": "ann@example.org"})
    code = mail.outbox[-1].subject[:6]
    assert client.post("/accounts/login/code/confirm/", {"code": code}).url == "/"
    assert client.session["_auth_user_id"] == str(ann.pk)


@pytest.mark.django_db
def test_nobody_sees_or_touches_the_passkey_of_somebody_else(signed_in):
    theirs = Authenticator.objects.create(
        user=cast.person(), type="webauthn", data={"name": "Hidden phone"}
    )
    client = signed_in(cast.person("Bo Lee"))
    assert "Hidden phone" not in words(client.get("/you/sign-in/"))
    page = f"/you/sign-in/passkeys/{theirs.pk}/"
    assert client.post(page, {"name": "Mine"}).status_code == 404
    assert client.post(f"{page}remove/").status_code == 404


@pytest.mark.django_db
def test_without_the_shared_cache_no_passkey_is_asked(client, settings):
    settings.CACHES = {"default": NOWHERE}
    for path in (LOGIN, f"{LOGIN}begin/"):
        assert client.post(path).status_code == 503
