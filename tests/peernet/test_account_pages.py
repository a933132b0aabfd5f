"""The pages around signing in, and those for when something is wrong."""

import re

import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from peernet.pages.broken import server_error
from tests import cast

pytestmark = pytest.mark.django_db


def page(response):
    return response.content.decode()


@pytest.fixture
def waiting(client):
    """Somebody who has asked for a code."""
    client.post("/accounts/login/", {"login": "ann@example.org"})
    return client


def test_signing_in_asks_for_one_thing(client):
    html = page(client.get("/accounts/login/?next=/n/libraries/"))
    assert re.findall(r'type="(text|email|password)"', html) == ["email"]
    assert 'autocomplete="email"' in html
    assert 'name="next" value="/n/libraries/"' in html
    assert "<title>Sign in - PeerNet</title>" in html


def test_a_wrong_address_comes_back_with_its_sentence(client):
    html = page(client.post("/accounts/login/", {"login": "ann at home"}))
    assert "<title>Error: Sign in - PeerNet</title>" in html
    assert html.count("Enter an email address like name@example.org.") == 2
    assert 'value="ann at home"' in html


def test_the_code_page_says_where_the_code_went_and_how_to_get_another(waiting):
    html = page(waiting.get("/accounts/login/code/confirm/"))
    assert "We have sent a code to ann@example.org." in html
    assert 'autocomplete="one-time-code"' in html
    assert "I did not get the code" in html
    again = waiting.post("/accounts/login/code/confirm/", {"action": "resend"}, follow=True)
    assert "We have sent a code to ann@example.org." in page(again)
    assert len(mail.outbox) == 2


def test_a_wrong_code_is_said_beside_the_field(waiting):
    html = page(waiting.post("/accounts/login/code/confirm/", {"code": "000"}))
    assert "There is a problem" in html
    assert html.startswith("<!DOCTYPE html>")
    assert "Error: Type the code we sent" in html


def test_the_code_from_the_mail_opens_the_door(waiting):
    code = re.search(r"\b\d{3} ?\d{3}\b", mail.outbox[0].body)[0]
    waiting.post("/accounts/login/code/confirm/", {"code": code})
    assert waiting.get("/accounts/logout/").status_code == 200


def test_a_new_address_waits_for_its_code(signed_in):
    ann = cast.person("Ann Lee")
    client = signed_in(ann)
    assert ann.email in page(client.get("/you/addresses/"))
    answer = client.post("/you/addresses/", {"email": "new@example.org"}, follow=True)
    assert "We have sent a code to new@example.org." in page(answer)
    assert "style=" not in page(client.get("/you/addresses/"))


def test_a_page_of_allauths_own_wears_our_frame():
    request = RequestFactory().get("/")
    request.session, request.user = Client().session, cast.person()
    request._messages = []
    html = render_to_string("account/signup_closed.html", {}, request=request)
    assert "Sign Up Closed - PeerNet</title>" in html
    assert 'class="skip"' in html


def test_a_page_that_is_not_there_says_what_to_do(client, signed_in):
    for reader in (client, signed_in(cast.person())):
        answer = reader.get("/nowhere/")
        assert answer.status_code == 404
        assert "We cannot find that page" in page(answer)
        assert "ask them to invite you" in page(answer)


def test_a_stale_form_says_that_nothing_was_sent():
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.org"})
    assert answer.status_code == 403
    assert "This form has gone stale" in page(answer)


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_pages_for_a_broken_house_need_nothing_of_it(name, django_assert_num_queries):
    with django_assert_num_queries(0):
        html = render_to_string(name, {"number": "1234abcd"})
    assert "Go to Home" in html


def test_an_error_of_ours_is_a_page_in_our_own_words(rf):
    answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Something broke on our side" in page(answer)
