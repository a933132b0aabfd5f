"""What goes wrong says so in plain words, and has a way on."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from peernet.pages.views import bad_request, server_error
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["400.html", "500.html"])
def test_the_two_that_need_nothing_lead_home_and_to_help(page):
    html = render_to_string(page)
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
