"""Who is let in by a yes: people whom an organisation's lead names, and people whose link works no
more and who ask for a new one."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from members.notices.actions import send_due
from members.notices.models import Notice
from networks.invitations import actions as invitations
from networks.invitations.models import Invitation
from networks.membership.actions import leave
from networks.seats.models import Seat
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db
IVY = {"email": "ivy@example.org", "name": "Ivy Stone", "part": "deputy"}


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def ann(place, dan):
    """She leads for A Farm."""
    return cast.member(place, "Ann Lee", organisation="A Farm")


@pytest.fixture
def seat(ann):
    return Seat.objects.get(organisation__name="A Farm")


def words(response):
    return " ".join(response.content.decode().split())


def sent():
    """What goes now: (to whom, subject, words) of each letter."""
    mail.outbox.clear()
    send_due()
    return [(one.to[0], one.subject, one.body) for one in mail.outbox]


def at(name, seat, *more):
    return reverse(name, args=[seat.network.slug, seat.organisation_id, *more])


def press(browser, invitation, deed):
    page = reverse("answer_invited", args=[invitation.network.slug, invitation.pk])
    return words(browser.post(page, {"deed": deed}, follow=True))


class TestAnOrganisationNominates:
    def test_a_coordinator_says_yes_and_the_letter_says_who_nominated(
        self, dan, ann, seat, signed_in
    ):
        browser = signed_in(ann)
        assert "A coordinator says yes or not now" in words(browser.get(at("seat_ask", seat)))
        said = words(browser.post(at("seat_ask", seat), IVY, follow=True))
        assert "Ivy Stone is nominated." in said
        assert "Waits for a coordinator" in said
        row = Invitation.objects.get()
        # Until then nothing goes to her, and the link that nobody has opens nothing.
        assert [(to, subject) for to, subject, _words in sent()] == [
            (dan.email, f"[{seat.network.name}] Ann Lee nominates Ivy Stone")
        ]
        assert browser.get(reverse("join", args=[row.token])).status_code == 404
        desk = signed_in(dan)
        run = words(desk.get(reverse("run", args=[seat.network.slug])))
        assert "1 invitation needs your yes" in run
        assert "for A Farm, as deputy." in words(
            desk.get(reverse("requests", args=[seat.network.slug]))
        )
        assert "Ivy Stone is invited." in press(desk, row, "welcome")
        letters = {to: (subject, body) for to, subject, body in sent()}
        subject, body = letters.pop("ivy@example.org")
        assert subject == f"[{seat.network.name}] Ann Lee nominates you to join"
        assert "Ann Lee nominates you to take part in" in body
        assert "for A Farm." in body
        assert "A coordinator said yes" in letters.pop(ann.email)[1]
        assert not letters
        assert "Waits for a coordinator" not in words(browser.get(at("seat", seat)))
        ivy = cast.person("", email=IVY["email"])
        row.refresh_from_db()
        invitations.take_up(row, ivy, accepts_charter=True)
        assert ivy.holdings.get().part == "deputy"

    def test_not_now_writes_to_nobody_but_who_nominated_and_stands_for_a_month(
        self, dan, ann, seat, signed_in, travel
    ):
        row = invitations.ask_in(seat, **IVY, by=ann)
        sent()
        assert "We tell whoever named them" in press(signed_in(dan), row, "decline")
        assert [to for to, _subject, _words in sent()] == [ann.email]
        browser = signed_in(ann)
        assert "Not now" in words(browser.get(at("seat", seat)))
        # Neither a second nomination nor the undo of a "not now" goes round the coordinator.
        again = browser.post(at("seat_ask", seat), IVY)
        assert again.status_code == 422
        assert "A coordinator said “not now” to this" in words(again)
        browser.post(at("seat_asked", seat, row.pk), {"deed": "restore"})
        row.refresh_from_db()
        assert (row.nomination, row.times_sent) == ("no", 0)
        travel(clock.now() + timedelta(days=31))
        assert browser.post(at("seat_ask", seat), IVY).status_code == 302

    def test_who_nominated_takes_it_back_and_undoes_that(self, dan, ann, seat, signed_in):
        row = invitations.ask_in(seat, **IVY, by=ann)
        browser, page = signed_in(ann), at("seat_asked", seat, row.pk)
        assert "Taken back" in words(browser.post(page, {"deed": "take_back"}, follow=True))
        assert sent() == []
        assert "or it was taken back" in press(signed_in(dan), row, "welcome")
        said = words(signed_in(ann).post(page, {"deed": "restore"}, follow=True))
        assert "Waits for a coordinator" in said
        assert "Ivy Stone is invited." in press(signed_in(dan), row, "welcome")

    def test_nobody_sees_or_takes_back_what_another_lead_asked_for(
        self, place, dan, ann, seat, signed_in
    ):
        row = invitations.ask_in(seat, **IVY, by=ann)
        olu = cast.member(place, "Olu", organisation="A Farm")
        assert "Ivy Stone" not in words(signed_in(olu).get(at("seat", seat)))  # a deputy
        olu.holdings.update(part="lead")
        browser = signed_in(olu)
        assert "Ivy Stone" not in words(browser.get(at("seat", seat)))
        assert browser.post(at("seat_asked", seat, row.pk)).status_code == 404
        assert "asked for by Ann Lee" in words(signed_in(dan).get(at("seat", seat)))

    def test_the_rule_of_the_network_lets_it_through(self, place, ann, seat, signed_in):
        place.leads_invite = True
        place.save()
        assert "is invited" in words(signed_in(ann).post(at("seat_ask", seat), IVY, follow=True))
        ((to, subject, _words),) = sent()
        assert (to, "Ann Lee nominates you" in subject) == ("ivy@example.org", True)


class TestALinkThatWorksNoMore:
    @pytest.fixture
    def row(self, place, dan):
        row = invitations.invite(
            place, email=IVY["email"], name="Ivy Stone", organisation=None, by=dan
        )
        sent()
        return row

    def ask(self, client, row):
        """What the page says, before the press and after it."""
        page = reverse("join", args=[row.token])
        answer = client.get(page)
        assert answer.status_code == 410
        before = words(answer)
        assert "Ask for a new invitation" in before
        after = words(client.post(page, {"another": "1"}, follow=True))
        assert "You asked for a new one on" in after
        assert "Ask for a new invitation" not in after
        return [re.sub(r'value="[A-Za-z0-9]{64}"', "", page) for page in (before, after)]

    def test_it_says_so_and_one_press_brings_a_new_one(
        self, place, dan, row, client, signed_in, travel
    ):
        travel(clock.now() + timedelta(days=24))
        invitations.remind_of_ends()
        invitations.remind_of_ends()
        ((to, subject, _words),) = sent()
        assert (to, "Your invitation works until" in subject) == (IVY["email"], True)
        travel(clock.now() + timedelta(days=7))
        before, _after = self.ask(client, row)
        assert "This invitation has run out" in before
        client.post(reverse("join", args=[row.token]), {"another": "1"})  # asks nobody again
        ((to, subject, _words),) = sent()
        assert (to, subject) == (dan.email, f"[{place.name}] Ivy Stone asks for a new invitation")
        desk = signed_in(dan)
        assert "asked for a new one on" in words(desk.get(reverse("requests", args=[place.slug])))
        assert "Ivy Stone is invited." in press(desk, row, "welcome")
        ((to, _subject, body),) = sent()
        assert (to, row.token in body) == (IVY["email"], True)
        client.logout()
        assert client.get(reverse("join", args=[row.token])).status_code == 200

    def test_nobody_joins_by_a_link_that_has_run_out(self, row, signed_in, travel):
        ivy = cast.person("Ivy", email=IVY["email"])
        travel(clock.now() + timedelta(days=30))
        page = reverse("join", args=[row.token])
        assert (
            signed_in(ivy).post(page, {"accepts_charter": "on", "charter": "1"}).status_code == 410
        )
        with pytest.raises(invitations.Refused, match="run out"):
            invitations.take_up(row, ivy, accepts_charter=True)

    def test_withdrawn_it_works_again_after_a_yes(self, dan, row, client, signed_in):
        invitations.withdraw_invitation(row, by=dan)
        self.ask(client, row)
        press(signed_in(dan), row, "welcome")
        assert Invitation.objects.open().get() == row
        assert IVY["email"] in [to for to, _subject, _words in sent()]

    def test_used_it_says_the_same_whoever_is_there_and_asks_once_a_week(
        self, place, dan, row, client, signed_in, travel
    ):
        ivy = cast.person("Ivy", email=IVY["email"])
        invitations.take_up(row, ivy, accepts_charter=True)
        inside = self.ask(client, row)
        assert "need only sign in" in press(signed_in(dan), row, "welcome")
        leave(place, by=ivy)
        client.logout()
        Invitation.objects.update(wanted_at=None, wanted=False)
        assert inside == self.ask(client, row)
        assert "Nobody is told." in press(signed_in(dan), row, "decline")
        client.logout()
        client.post(reverse("join", args=[row.token]), {"another": "1"})
        assert not Invitation.objects.filter(wanted=True).exists()
        travel(clock.now() + timedelta(days=8))
        self.ask(client, row)
        assert Notice.objects.filter(kind="invitation_wanted").count() == 2
        press(signed_in(dan), row, "welcome")
        assert Invitation.objects.open().get().email == IVY["email"]

    def test_of_a_closed_network_nobody_asks(self, place, row, client):
        place.closed_at = clock.now()
        place.save()
        page = reverse("join", args=[row.token])
        assert "Ask for a new" not in words(client.post(page, {"another": "1"}))
        assert not Invitation.objects.get().wanted
