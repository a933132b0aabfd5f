"""What goes wrong says so in plain words, and has a way on."""

import errno
import json
import re

import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from redis.exceptions import ConnectionError

from peernet.lib.logs import Line
from peernet.pages import health
from peernet.pages.broken import server_error
from peernet.pages.views import bad_request
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["400.html", "500.html", "503.html"])
def test_those_that_need_nothing_lead_home_and_to_help(page):
    html = render_to_string(page, {"number": "1234abcd"})
    assert 'href="/"' in html
    assert 'href="/help/"' in html
    assert "<h1>" in html


def test_both_are_what_is_shown():
    asked = RequestFactory().get("/")
    assert bad_request(asked, None).status_code == 400
    broken = server_error(asked)
    assert broken.status_code == 500
    assert "Something broke on our side" in broken.content.decode()


def test_not_found_not_yours_and_too_often_lead_on(client, signed_in):
    place = cast.network()
    member = signed_in(cast.member(place))
    missing, denied = member.get("/nowhere/"), member.get(reverse("run", args=[place.slug]))
    for answer, status in ((missing, 404), (denied, 403)):
        assert answer.status_code == status
        assert f'href="{reverse("help")}"' in answer.content.decode().split("<main")[1]
        assert 'href="/"' in answer.content.decode().split("<main")[1]


def test_a_form_without_its_key_says_what_to_do():
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("account_login"), {"login": "a@example.org"})
    assert answer.status_code == 403
    html = answer.content.decode()
    assert "This form has gone stale" in html
    assert reverse("help") in html


FAULTS = {
    "no database": (OperationalError("gone"), 503),
    "a connection that was cut": (InterfaceError("closed"), 503),
    "a connection that was cut while it answered": (DatabaseError("no message"), 503),
    "a row that is there twice": (IntegrityError("canary"), 500),
    "no cache": (ConnectionError("refused"), 503),
    "a full disk": (OSError(errno.ENOSPC, "full"), 503),
    "a disk that may only be read": (OSError(errno.EROFS, "read-only"), 503),
    "a file that is not there": (FileNotFoundError(errno.ENOENT, "gone"), 500),
    "a fault of ours": (ValueError("canary"), 500),
}


@pytest.mark.parametrize(("fault", "status"), FAULTS.values(), ids=FAULTS)
def test_a_page_that_fails_has_a_number_and_the_log_has_the_same(
    client, monkeypatch, caplog, fault, status
):
    def fail():
        raise fault

    monkeypatch.setattr(health, "report", fail)
    client.raise_request_exception = False
    answer = client.get("/healthz")
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    shown = re.search(r"give this number: ([0-9a-f]{8})", answer.content.decode())[1]
    (line,) = [record for record in caplog.records if record.name == "django.request"]
    assert json.loads(Line().format(line))["number"] == shown
    assert "canary" not in answer.content.decode()
