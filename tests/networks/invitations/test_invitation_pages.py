"""The coordinator's pages: who was asked, what became of the mail, and putting it right."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from members.notices.models import Notice, NoticeState
from networks.invitations import actions
from networks.invitations.models import Invitation
from networks.membership.models import Membership
from networks.network.models import Cohort
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


def ask(place, dan, name="Ivy Stone", email="ivy@example.org", **fields):
    return actions.invite(place, email=email, name=name, by=dan, organisation=None, **fields)


def typed(**fields):
    return {"email": "ivy@example.org", "name": "Ivy Stone", "organisation": "A Farm",
            "role": "member", "once": str(uuid.uuid4())} | fields  # fmt: skip


def mark_in(answer):
    return answer.content.decode().split('name="mark" value="')[1].split('"')[0]


def page(client, name, place, *args):
    return client.get(reverse(name, args=[place.slug, *args])).content.decode()


def test_an_empty_list_says_what_to_do_first(place, dan, signed_in):
    html = page(signed_in(dan), "invitations", place)
    assert "Nobody is waiting to join" in html
    assert reverse("invite", args=[place.slug]) in html


def test_somebody_is_invited_by_hand(place, dan, signed_in):
    answer = signed_in(dan).post(reverse("invite", args=[place.slug]), typed(), follow=True)
    assert "Ivy Stone is invited. The mail goes in a moment." in answer.content.decode()
    made = Invitation.objects.get()
    assert (made.email, made.organisation.name, made.invited_by) == (
        "ivy@example.org",
        "A Farm",
        dan,
    )
    assert Notice.objects.get().address == "ivy@example.org"


def test_with_cohorts_one_can_be_chosen_and_no_other_networks(place, dan, signed_in):
    mine = Cohort.objects.create(network=place, name="Spring", starts_on=clock.today("UTC"))
    other = Cohort.objects.create(network=cast.network(), name="X", starts_on=clock.today("UTC"))
    client, address = signed_in(dan), reverse("invite", args=[place.slug])
    assert client.post(address, typed(cohort=other.pk)).status_code == 422
    client.post(address, typed(cohort=mine.pk))
    assert Invitation.objects.get().cohort == mine


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": ""}, "Enter an email address."),
        ({"email": "ivy@"}, "Enter an email address like name@example.org."),
        ({"email": "x" * 260 + "@example.org"}, "Use 254 characters or fewer"),
        ({"name": " \n "}, "Fill in “Name”."),
        ({"name": "x" * 121}, "Use 120 characters or fewer. You wrote 121."),
        ({"name": "Ivy\x00"}, "held a character that cannot be kept"),
        ({"organisation": "x" * 161}, "Use 160 characters or fewer"),
        ({"role": "owner"}, "Choose one of the answers shown."),
        ({"role": ""}, "Choose an answer for “Role”."),
        ({"email": "dan@example.org"}, "Dan Price is in this network already."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(
    place, signed_in, wrong, sentence
):
    dan = cast.coordinator(place, email="dan@example.org")
    form = typed(**wrong)
    answer = signed_in(dan).post(reverse("invite", args=[place.slug]), form)
    html = answer.content.decode()
    assert (answer.status_code, html.count(sentence)) == (422, 2)  # in the summary, at the field
    assert "<title>Error: " in html
    kept = "A Farm" if "organisation" not in wrong else "Ivy Stone"
    assert f'value="{kept}"' in html
    assert not Invitation.objects.exists()


def test_hostile_words_are_only_words(place, dan, signed_in):
    nasty = "<script>alert(1)</script>{{ 7*7 }}"
    client = signed_in(dan)
    html = client.post(
        reverse("invite", args=[place.slug]), typed(name=nasty, organisation=nasty), follow=True
    ).content.decode()
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}") >= 2


def test_a_sign_in_that_expired_keeps_what_was_typed(place, dan, client, signed_in):
    address = reverse("invite", args=[place.slug])
    answer = client.post(address, typed(role="facilitator"))
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")
    html = signed_in(dan).get(address).content.decode()
    assert 'value="ivy@example.org"' in html
    assert 'value="A Farm"' in html
    assert "checked" in html.split('value="facilitator"')[1][:60]


def test_the_list_says_what_became_of_the_mail(place, dan, signed_in):
    for number, (state, reason) in enumerate(
        [(NoticeState.SENT, ""), (NoticeState.FAILED, "The mail server refused the address (550).")]
    ):
        made = ask(place, dan, name=f"P{number}", email=f"p{number}@example.org")
        Notice.objects.filter(about_id=made.pk).update(state=state, reason=reason)
    ask(place, dan)
    html = page(signed_in(dan), "invitations", place)
    for words in ("Mail sent just now.", "The mail goes in a moment.",
                  "The mail did not go. The mail server refused the address (550)."):  # fmt: skip
        assert words in " ".join(html.split())


def test_a_correction_shows_what_is_and_keeps_what_was_typed(place, dan, signed_in):
    made = ask(place, dan, email="ivi@example.org")
    client, address = signed_in(dan), reverse("invitation_edit", args=[place.slug, made.pk])
    opened = client.get(address)
    assert 'value="ivi@example.org"' in opened.content.decode()
    answer = client.post(address, typed(email="ivy@", mark=mark_in(opened)))
    assert (answer.status_code, 'value="ivy@"' in answer.content.decode()) == (422, True)
    client.post(address, typed(mark=mark_in(answer)))
    made.refresh_from_db()
    assert (made.email, made.organisation.name) == ("ivy@example.org", "A Farm")


def test_a_correction_does_not_overwrite_somebody_elses_unseen(place, dan, signed_in):
    made = ask(place, dan)
    client, address = signed_in(dan), reverse("invitation_edit", args=[place.slug, made.pk])
    mark = mark_in(client.get(address))
    Invitation.objects.update(name="Ivy B Stone")
    form = typed(name="Ivie Stone", mark=mark)
    answer = client.post(address, form)
    assert answer.status_code == 422
    assert "It now says: Name: Ivy B Stone." in answer.content.decode()
    assert client.post(address, form | {"mark": mark_in(answer)}).status_code == 302
    made.refresh_from_db()
    assert made.name == "Ivie Stone"


def test_who_joined_while_the_form_was_open_is_not_corrected(place, dan, signed_in):
    made = ask(place, dan)
    actions.take_up(made, cast.person(email=made.email), accepts_charter=True)
    answer = signed_in(dan).post(
        reverse("invitation_edit", args=[place.slug, made.pk]), typed(name="Else")
    )
    assert answer.status_code == 422
    assert "Ivy Stone has joined" in answer.content.decode()


def test_sending_again_too_soon_is_refused_in_a_sentence(place, dan, signed_in):
    made = ask(place, dan)
    html = (
        signed_in(dan)
        .post(reverse("invitation_send", args=[place.slug, made.pk]), follow=True)
        .content.decode()
    )
    assert "This invitation went out a moment ago. Wait 5 minutes" in html


def test_withdrawing_offers_to_undo_it(place, dan, signed_in):
    made, client = ask(place, dan), signed_in(dan)
    html = client.post(
        reverse("invitation_withdraw", args=[place.slug, made.pk]), follow=True
    ).content.decode()
    assert "The invitation of Ivy Stone is withdrawn." in html
    undo = reverse("invitation_restore", args=[place.slug, made.pk])
    assert f'action="{undo}"' in html
    assert "Ivy Stone is invited again." in client.post(undo, follow=True).content.decode()
    assert Invitation.objects.open().get() == made


def test_another_networks_invitation_is_not_there(place, dan, signed_in):
    other = cast.network("Libraries")
    made = ask(other, cast.coordinator(other))
    client = signed_in(dan)
    assert client.get(reverse("invitation_edit", args=[place.slug, made.pk])).status_code == 404
    for deed in ("invitation_send", "invitation_withdraw", "invitation_restore"):
        assert client.post(reverse(deed, args=[place.slug, made.pk])).status_code == 404


def test_many_invitations_come_in_pages_at_a_flat_cost(
    place, dan, signed_in, django_assert_max_num_queries
):
    client, address = signed_in(dan), reverse("invitations", args=[place.slug])
    Invitation.objects.bulk_create(
        Invitation(network=place, name=f"P{n:04}", email=f"p{n}@example.org") for n in range(1000)
    )
    with django_assert_max_num_queries(12):
        html = client.get(address).content.decode()
    assert (html.count("Send again"), "P0999" in html) == (25, True)
    older = re.search(r'rel="next"\s+href="([^"]+)"', html)[1].replace("&amp;", "&")
    assert "P0974" in client.get(older).content.decode()
    for odd in ("before=x", "before=-1", "before=" + "9" * 40, "show=else", "withdrawn=x"):
        assert client.get(f"{address}?{odd}").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_at_once_make_one_invitation(place, dan):
    form, address = typed(), reverse("invite", args=[place.slug])
    first = Client()
    first.force_login(dan, backend=BACKEND)

    def press(_number):
        client = Client()
        client.cookies = first.cookies.copy()
        try:
            return client.post(address, form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(press, range(20))) == {302}
    assert Invitation.objects.count() == Notice.objects.count() == 1


def test_nobody_without_the_right_learns_an_address(place, dan, signed_in):
    ask(place, dan)
    for person in (cast.member(place), cast.facilitator(place)):
        assert signed_in(person).get(reverse("invitations", args=[place.slug])).status_code == 403
    assert Membership.objects.count() == 3
