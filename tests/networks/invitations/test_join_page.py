"""From the link in the mail into the network: read, tick, Join, type the code, in."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.db import connection
from django.urls import reverse

from members.notices.actions import send_due
from members.people.models import Person
from networks.invitations import actions
from networks.invitations.models import Invitation
from networks.invitations.queries import standing
from networks.membership import queries
from networks.membership.actions import leave
from networks.membership.models import CharterAcceptance, Membership
from networks.network.models import Charter
from peernet.lib import clock
from peernet.lib.pages import KEPT
from tests import cast

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def invitation(place, dan):
    return actions.invite(
        place, email="ivy@example.org", name="Ivy Stone", organisation="A Farm", by=dan
    )


def link(invitation):
    return reverse("join", args=[invitation.token])


TICKED = {"accepts_charter": "on", "charter": "1"}


def code_in(letter):
    return re.search(r"\b\d{6}\b", letter.body)[0]


def rows():
    """Everything in the tables that a page of ours might change."""
    names = [n for n in connection.introspection.table_names() if n != "django_session"]
    with connection.cursor() as cursor:
        return {
            n: (cursor.execute(f'SELECT * FROM "{n}" ORDER BY 1'), cursor.fetchall())[1]
            for n in names
        }


def test_the_whole_way_takes_two_pages_and_two_presses(place, invitation, client):
    send_due()
    (letter,) = mail.outbox
    address = re.search(r"http://localhost(/join/\S+/)", letter.body)[1]
    html = client.get(address).content.decode()
    for words in ("Join Health and Social Care", "Dan Price invites you.", "To learn from each",
                  "What is said here stays here.", "1 person is in it so far."):  # fmt: skip
        assert words in " ".join(html.split())
    asked = client.post(address, TICKED)
    assert asked.url == f"/accounts/login/code/confirm/?next={address.replace('/', '%2F')}"
    typed_in = client.post(asked.url, {"code": code_in(mail.outbox[1]), "next": address})
    assert typed_in.url == place.get_absolute_url()
    assert "You are in." in client.get(typed_in.url).content.decode()
    ivy = Person.objects.get(email="ivy@example.org")
    assert ivy.name == "Ivy Stone"
    assert Membership.objects.filter(person=ivy).exists()
    assert ivy.holdings.get().seat.organisation.name == "A Farm"
    assert CharterAcceptance.objects.filter(person=ivy).exists()
    assert client.get(address).url == place.get_absolute_url()  # the link again


def test_looking_changes_nothing(place, invitation, client, signed_in):
    before = rows()
    client.get(link(invitation))
    assert client.head(link(invitation)).status_code == 200
    assert rows() == before
    ivy = signed_in(cast.person(email="ivy@example.org"))
    before = rows()
    ivy.get(link(invitation))
    assert rows() == before


def test_who_is_signed_in_with_the_invited_address_joins_with_one_press(
    place, invitation, signed_in
):
    ivy = cast.person("Ivy", email="ivy@example.org")
    answer = signed_in(ivy).post(link(invitation), TICKED, follow=False)
    assert answer.url == place.get_absolute_url()
    assert queries.may_hear(ivy.pk, place.pk)


def test_without_the_tick_it_is_asked_for(place, invitation, client):
    answer = client.post(link(invitation), {"charter": "1"})
    assert answer.status_code == 422
    assert "to go on" in answer.content.decode()
    assert not mail.outbox


def test_house_rules_that_changed_meanwhile_are_shown_again(place, invitation, client, signed_in):
    client.post(link(invitation), TICKED)
    code = code_in(mail.outbox[-1])
    Charter.objects.create(network=place, version=2, text="Be **braver**.")
    back = client.post("/accounts/login/code/confirm/", {"code": code, "next": link(invitation)})
    answer = client.get(back.url)
    html = answer.content.decode()
    assert "The house rules were changed a moment ago." in html
    assert "<strong>braver</strong>" in html
    assert not Membership.objects.filter(person__email="ivy@example.org").exists()
    assert client.get(link(invitation)).status_code == 200  # and it is said only once
    assert client.post(link(invitation), TICKED | {"charter": "2"}).status_code == 302
    assert Membership.objects.filter(person__email="ivy@example.org").exists()


def test_opening_the_page_finishes_nothing_whatever_was_pressed_before(place, invitation, client):
    """Pressed, then signed in some other way than by the code that was sent."""
    client.post(link(invitation), TICKED)
    pressed = client.session[KEPT]
    client.force_login(Person.objects.get(email="ivy@example.org"), backend=BACKEND)
    session = client.session
    session[KEPT] = pressed
    session.save()
    page = client.get(link(invitation))
    assert page.status_code == 200
    assert not Membership.objects.filter(person__email="ivy@example.org").exists()
    assert "checked" in page.content.decode(), "what was ticked stands there"


def test_who_has_no_name_yet_is_in_and_asked_for_it(place, client):
    asked = cast.invited(place, email="ann@example.org")
    Invitation.objects.update(name="")
    client.post(link(asked), TICKED)
    answer = client.post(
        "/accounts/login/code/confirm/", {"code": code_in(mail.outbox[-1]), "next": link(asked)}
    )
    assert answer.url.startswith("/you/?next=")
    assert Membership.objects.filter(person__email="ann@example.org").exists()
    named = client.post(answer.url, {"name": "Ann Lee"}, follow=True)
    assert named.redirect_chain[-1][0] == place.get_absolute_url()


def test_what_was_pressed_elsewhere_joins_nobody(place, invitation, client):
    """A form of another page that waited for a sign-in stays what it was."""
    client.post("/you/profile/", {"name": "Ivy", "accepts_charter": "on", "charter": "1"})
    client.post("/accounts/login/", {"login": "ivy@example.org"})
    code = code_in(mail.outbox[-1])
    assert client.post("/accounts/login/code/confirm/", {"code": code}).status_code == 302
    assert not Membership.objects.filter(person__email="ivy@example.org").exists()


def test_a_wrong_code_lets_nobody_in(place, invitation, client):
    client.post(link(invitation), TICKED)
    client.post("/accounts/login/code/confirm/", {"code": "000000"})
    client.get(link(invitation))
    assert not Membership.objects.filter(person__email="ivy@example.org").exists()


def test_codes_are_not_sent_without_end(place, invitation, client):
    for _press in range(3):
        assert client.post(link(invitation), TICKED).status_code == 302
    answer = client.post(link(invitation), TICKED)
    assert answer.status_code == 422
    assert "Wait a few minutes" in answer.content.decode()
    assert len(mail.outbox) == 3


def test_signed_in_as_somebody_else_it_says_so_without_telling_the_address(
    place, invitation, signed_in
):
    bea = signed_in(cast.person("Bea", email="bea@example.org"))
    shown, pressed = bea.get(link(invitation)), bea.post(link(invitation), TICKED)
    assert (shown.status_code, pressed.status_code) == (200, 403)
    html = shown.content.decode()
    assert "i…@example.org" in html
    assert "ivy@example.org" not in html
    assert "bea@example.org" in html
    assert not Membership.objects.filter(person__email="bea@example.org").exists()
    out = bea.post("/accounts/logout/", {"next": link(invitation)})
    assert out.url == link(invitation)


def test_the_page_before_joining_shows_no_address(invitation, client):
    assert "ivy@example.org" not in client.get(link(invitation)).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_dead_links_explain_themselves(place, dan, invitation, client, method):
    ask = getattr(client, method)
    unknown = ask(reverse("join", args=["nonsense-é-" + "x" * 300]))
    assert (unknown.status_code, "does not open anything" in unknown.content.decode()) == (
        404,
        True,
    )
    old = link(invitation)
    invitation = actions.correct_invitation(
        invitation, email="i@example.org", name="Ivy", organisation=None, role="member", by=dan
    )
    assert ask(old).status_code == 404
    actions.withdraw_invitation(invitation, by=dan)
    gone = ask(link(invitation))
    assert (gone.status_code, "was withdrawn" in gone.content.decode()) == (410, True)
    actions.restore_invitation(invitation, by=dan)
    actions.take_up(invitation, cast.person(email="i@example.org"), accepts_charter=True)
    used = ask(link(invitation))
    assert (used.status_code, "used already" in used.content.decode()) == (410, True)


def test_a_closed_network_says_so(place, invitation, client):
    place.closed_at = clock.now()
    place.save()
    answer = client.get(link(invitation))
    assert (answer.status_code, "is closed" in answer.content.decode()) == (410, True)


def test_a_withdrawal_while_the_code_was_typed_in_is_explained(place, dan, invitation, client):
    client.post(link(invitation), TICKED)
    actions.withdraw_invitation(invitation, by=dan)
    back = client.post(
        "/accounts/login/code/confirm/",
        {"code": code_in(mail.outbox[-1]), "next": link(invitation)},
    )
    assert client.get(back.url).status_code == 410


def test_somebody_who_left_can_come_back_while_it_is_fresh(place, dan, signed_in, travel):
    ann = cast.member(place)
    client = signed_in(ann)
    gone = client.post(reverse("leave", args=[place.slug]), follow=True).content.decode()
    assert "You have left Health and Social Care" in gone
    assert client.post(reverse("left", args=[place.slug])).url == place.get_absolute_url()
    assert queries.may_hear(ann.pk, place.pk)
    client.post(reverse("leave", args=[place.slug]))
    travel(clock.now() + queries.SECOND_THOUGHTS * 2)
    client.post(reverse("left", args=[place.slug]))  # by now it only asks
    assert not queries.may_hear(ann.pk, place.pk)


def test_the_last_coordinator_is_told_why_they_cannot_leave(place, dan, signed_in):
    html = signed_in(dan).post(reverse("leave", args=[place.slug])).content.decode()
    assert "You are the only coordinator of Health and Social Care. You have not left." in html
    assert reverse("invite", args=[place.slug]) in html
    assert reverse("network_close", args=[place.slug]) in html


def test_a_used_link_welcomes_only_whoever_used_it_and_is_still_here(place, invitation, signed_in):
    ivy, ann = cast.person("Ivy Stone", email=invitation.email), cast.member(place, "Ann Lee")
    signed_in(ivy).post(link(invitation), TICKED)
    invitation.refresh_from_db()
    assert invitation.accepted_by == ivy

    def stands(reader):
        return standing(invitation, reader)

    assert (stands(ivy), stands(ann), stands(AnonymousUser())) == ("joined", "used", "used")
    leave(place, by=ivy)
    assert stands(ivy) == "used"
