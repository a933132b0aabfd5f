"""The foot of each page and where it leads; what search engines and chats may show."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from members.privacy import queries as privacy
from peernet.lib import tokens
from tests import cast

pytestmark = pytest.mark.django_db
ABOUT = ("help", "privacy", "accessibility")


def html(answer):
    return answer.content.decode()


def test_every_page_leads_to_help_privacy_accessibility_and_the_source(client, signed_in):
    place = cast.network()
    ann = cast.member(place)
    pages = [client.get("/"), client.get(reverse("account_login")), client.get("/nowhere/")]
    pages += [signed_in(ann).get(url) for url in ("/", place.get_absolute_url(), "/n/nowhere/")]
    for page in pages:
        foot = html(page).split("<footer")[1]
        for name in ABOUT:
            assert f'href="{reverse(name)}"' in foot
        assert settings.SOURCE_URL in foot


def test_help_names_the_coordinators_of_each_network_and_no_address(signed_in, settings):
    settings.OPERATOR, settings.CONTACT = "Example Trust", "help@example.org"
    place, other = cast.network("Pubs"), cast.network("Secret Farms")
    dan = cast.coordinator(place)
    cast.coordinator(other, "Otto Else")
    page = html(signed_in(cast.member(place)).get(reverse("help")))
    assert "Dan Price" in page
    assert dan.email not in page
    assert "Otto Else" not in page
    assert "Example Trust runs it." in page
    assert 'href="mailto:help@example.org"' in page


def test_help_for_a_stranger_names_nobody(client, settings):
    settings.OPERATOR = settings.CONTACT = ""
    cast.coordinator(cast.network("Secret Farms"))
    page = html(client.get(reverse("help")))
    assert "You cannot sign in?" in page
    assert "Secret Farms" not in page
    assert "Dan Price" not in page
    assert "Ask whoever invited you." in page


def test_the_privacy_notice_says_what_the_declarations_say(client):
    page = html(client.get(reverse("privacy")))
    for model, said in privacy.declared():
        title = privacy.title(model, said)
        assert title.replace("’", "’") in page.replace("&#39;", "'"), title
    assert f"{settings.SESSION_COOKIE_AGE // 86_400} days" in page


def test_the_cookies_are_those_that_the_notice_names(client, signed_in):
    place = cast.network()
    browser = signed_in(cast.member(place))
    browser.get(place.get_absolute_url())
    browser.post(reverse("pause", args=[place.slug]), {})
    browser.get(reverse("you"))
    assert set(browser.cookies) <= {"sessionid", "csrftoken", "messages"}


def test_only_the_first_page_and_those_of_its_foot_are_for_search_engines(client, signed_in):
    place = cast.network()
    ann = cast.member(place)
    asked = cast.invited(place)
    meeting = cast.session(place)
    token = tokens.make("answer", meeting.pk, ann.pk, ann.token_version)
    for url in ("/", *map(reverse, ABOUT)):
        assert "X-Robots-Tag" not in client.get(url).headers
        assert signed_in(ann).get(url).headers["X-Robots-Tag"] == "noindex"
        client.logout()
    for url in (
        reverse("join", args=[asked.token]),
        reverse("answer_by_mail", args=[token]),
        reverse("account_login"),
        place.get_absolute_url(),
        "/nowhere/",
        "/healthz",
    ):
        assert client.get(url).headers["X-Robots-Tag"] == "noindex", url
    assert "Disallow: /source/" in html(client.get("/robots.txt"))


def test_a_chat_that_previews_a_link_shows_nothing_of_the_network(client, signed_in):
    """What WhatsApp, Slack and mail programs read: the title and the meta elements."""
    place = cast.network("Hush Hush")
    ann = cast.member(place)
    meeting = cast.session(place, title="Our debts")
    asked = cast.invited(place)
    token = tokens.make("answer", meeting.pk, ann.pk, ann.token_version)
    for url in (
        place.get_absolute_url(),
        meeting.get_absolute_url(),
        reverse("join", args=[asked.token]),
        reverse("answer_by_mail", args=[token]),
        reverse("join_by_mail", args=[tokens.make("join", meeting.pk, ann.pk, 0)]),
    ):
        head = html(client.get(url, follow=True)).split("</head>")[0]
        assert "Hush" not in head, url
        assert "debts" not in head, url
        assert '<meta property="og:title" content="PeerNet">' in head
        assert "og:image" not in head


def test_where_to_report_a_hole_is_written_down(client, settings):
    settings.CONTACT = "help@example.org"
    text = html(client.get("/.well-known/security.txt"))
    assert "Contact: mailto:help@example.org\n" in text
    assert re.search(r"Expires: 20\d\d-\d\d-\d\dT00:00:00Z\n", text)
    settings.CONTACT = ""
    assert "Contact: http://localhost/help/\n" in html(client.get("/.well-known/security.txt"))
