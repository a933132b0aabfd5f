"""An organisation's place as people see it, and who was here on a day."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.notices.actions import send_due
from members.notices.models import Notice
from networks.invitations import actions as invitations
from networks.invitations.models import Invitation
from networks.membership import actions as membership
from networks.membership.models import Membership
from networks.preferences.actions import choose
from networks.seats.models import Holding, Seat
from sessions.attendance.models import Attendance, Source
from sessions.cadence.models import SessionState
from tests import cast

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MAY = datetime(2026, 5, 1, 10, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today(travel):
    travel(NOW)


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place, since=LONG_AGO)


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee", organisation="A Farm", since=LONG_AGO)


@pytest.fixture
def seat(place, ann):
    return Seat.objects.get(network=place)


def at(name, seat, *more):
    return reverse(name, args=[seat.network.slug, seat.organisation_id, *more])


def on(browser, place, day):
    return browser.get(reverse("people_on", args=[place.slug]), {"day": day}).content.decode()


class TestWhoWasHere:
    def test_on_a_day_it_shows_the_role_and_the_organisation_of_then(
        self, place, dan, ann, signed_in
    ):
        cast.member(place, "Bea Ode", since=LONG_AGO, until=datetime(2026, 5, 2, tzinfo=UTC),
                          reason="left")  # fmt: skip
        cast.member(place, "Cas New", since=datetime(2026, 5, 2, 9, tzinfo=UTC))
        Holding.objects.filter(person=ann).update(until=MAY + timedelta(days=10), reason="moved")
        cast.holds(place, ann, "B Pub", since=MAY + timedelta(days=10))
        Membership.objects.filter(person=ann).update(until=MAY + timedelta(days=20), reason="role")
        Membership.objects.create(
            network=place, person=ann, role="facilitator", since=MAY + timedelta(days=20)
        )
        browser = signed_in(dan)
        page = on(browser, place, "2026-05-01")
        assert "3 people were in the network" in page
        assert all(one in page for one in ("A Farm", "Bea Ode"))
        assert not any(one in page for one in ("B Pub", "Cas New", "Facilitator"))
        page = on(browser, place, "2026-11-23")
        assert all(one in page for one in ("B Pub", "Cas New", "Facilitator"))
        assert not any(one in page for one in ("A Farm", "Bea Ode"))
        assert "0 people" in on(browser, place, "2019-05-01")

    def test_a_long_list_is_counted_once_and_read_on_in_one_statement(self, place, dan, signed_in):
        for n in range(60):
            cast.member(place, f"Person {n:02}", since=LONG_AGO)
        browser = signed_in(dan)
        first = BeautifulSoup(on(browser, place, "2026-05-01"), "html.parser").main
        assert "61 people were in the network" in first.get_text()
        onward = first.select_one(".pager a")["href"]
        seen = [one.get_text(strip=True) for one in first.select(".rows > li")]
        with CaptureQueriesContext(connection) as asked:
            then = BeautifulSoup(browser.get(onward).content, "html.parser").main
        assert sum("networks_membership" in one["sql"] for one in asked) <= 3  # rights, where, rows
        assert "in the network." not in then.get_text()  # how many: it was said
        seen += [one.get_text(strip=True) for one in then.select(".rows > li")]
        assert len(seen) == len(set(seen)) == 61

    def test_a_day_still_to_come_is_refused_in_a_sentence(self, place, dan, signed_in):
        assert "Choose today, or a day before." in on(signed_in(dan), place, "2026-11-24")

    def test_the_file_has_the_same_people(self, place, dan, ann, signed_in):
        address = reverse("people_on_export", args=[place.slug])
        answer = signed_in(dan).post(address, {"day": "2026-05-01"})
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert [row[0] for row in rows[1:]] == ["Ann Lee", "Dan Price"]
        assert rows[1][2] == "A Farm"

    def test_a_longer_list_costs_no_more_queries(self, place, dan, signed_in):
        browser, counts = signed_in(dan), []
        on(browser, place, "2026-05-01")
        for number in range(3):
            cast.member(place, f"One {number}", organisation=f"Body {number}", since=LONG_AGO)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                on(browser, place, "2026-05-01")
            counts.append(len(queries))
        assert len(set(counts)) == 1


class TestThePlaceOfAnOrganisation:
    def test_members_see_who_speaks_for_it_and_coordinators_who_did(
        self, place, dan, ann, seat, signed_in
    ):
        bob = cast.member(place, "Bob Old", organisation="A Farm", since=LONG_AGO)
        held = bob.holdings.get()
        signed_in(dan).post(at("holding_end", seat, held.pk), {"reason": "moved"})
        page = signed_in(ann).get(at("seat", seat)).content.decode()
        assert "Lead" in page
        assert "Bob Old" not in page
        browser = signed_in(dan)
        assert "moved on from the organisation" in browser.get(at("seat", seat)).content.decode()
        browser.post(at("holding_resume", seat, held.pk))
        assert "Bob Old" in signed_in(ann).get(at("seat", seat)).content.decode()

    def test_without_a_reason_nothing_ends(self, dan, ann, seat, signed_in):
        held = ann.holdings.get()
        assert signed_in(dan).post(at("holding_end", seat, held.pk), {}).status_code == 422
        assert ann.holdings.current().exists()

    def test_a_coordinator_changes_a_part(self, dan, ann, seat, signed_in):
        held = ann.holdings.get()
        signed_in(dan).post(at("holding", seat, held.pk), {"part": "observer"})
        assert ann.holdings.current().get().part == "observer"

    def test_whoever_leads_invites_at_once_where_the_network_says_so(
        self, place, dan, ann, seat, signed_in
    ):
        asked = {"email": "ivy@example.org", "name": "Ivy Stone", "part": "deputy"}
        browser = signed_in(ann)
        place.leads_invite = True
        place.save()
        assert browser.post(at("seat_ask", seat), asked | {"part": "lead"}).status_code == 422
        assert browser.post(at("seat_ask", seat), asked).status_code == 302
        invitation = Invitation.objects.get()
        assert (invitation.organisation, invitation.part) == (seat.organisation, "deputy")
        ivy = cast.person("", email="ivy@example.org")
        invitations.take_up(invitation, ivy, accepts_charter=True)
        assert ivy.holdings.get().part == "deputy"
        # A deputy leads nobody in, nor does somebody who leads elsewhere.
        assert signed_in(ivy).get(at("seat_ask", seat)).status_code == 403
        other = cast.member(place, "Olu", organisation="B Pub")
        assert signed_in(other).get(at("seat_ask", seat)).status_code == 403

    def test_a_lead_who_left_the_seat_may_invite_no_more(self, place, dan, ann, seat, signed_in):
        place.leads_invite = True
        place.save()
        signed_in(dan).post(at("holding_end", seat, ann.holdings.get().pk), {"reason": "back"})
        assert signed_in(ann).get(at("seat_ask", seat)).status_code == 403

    def test_a_coordinator_gives_it_to_a_member_at_once(self, place, dan, seat, signed_in):
        bob = cast.member(place, "Bob", organisation="B Pub")
        asked = {"email": bob.email, "name": "Bob", "part": "observer"}
        signed_in(dan).post(at("seat_ask", seat), asked)
        assert not Invitation.objects.exists()
        assert {one.seat.organisation.name for one in bob.holdings.current()} == {"A Farm", "B Pub"}


class TestOnePersonForAnOrganisation:
    def session(self, place, starts, *people):
        held = cast.session(place, starts=starts, state=SessionState.HELD)
        for person in people:
            Attendance.objects.create(session=held, person=person, source=Source.TICK)

    def test_the_figures_name_it_with_months_since_another_came(self, place, dan, ann, signed_in):
        bob = cast.member(place, "Bob", organisation="A Farm", since=LONG_AGO)
        cast.member(place, "Cas", organisation="B Pub", since=LONG_AGO)
        self.session(place, datetime(2026, 7, 1, tzinfo=UTC), bob, ann)
        figures = reverse("network_figures", args=[place.slug])
        browser = signed_in(dan)
        assert "1 organisation has one person here" in browser.get(figures).content.decode()
        held = bob.holdings.get()
        Holding.objects.filter(pk=held.pk).update(
            until=datetime(2026, 8, 1, tzinfo=UTC), reason="moved"
        )
        # What Bob came to afterwards, he came to for himself.
        self.session(place, datetime(2026, 10, 1, tzinfo=UTC), bob, ann)
        page = browser.get(figures).content.decode()
        assert "2 organisations have one person here" in page
        assert "somebody else last came 4 months ago" in page
        assert "nobody else has come to a session yet" in page
        run = browser.get(reverse("run", args=[place.slug])).content.decode()
        assert "2 of 2 have one person here" in run

    def test_whoever_leads_alone_is_asked_kindly_and_once_a_quarter(
        self, place, dan, ann, seat, travel
    ):
        invitations.nudge_leads()
        assert not Notice.objects.filter(kind="second_person").exists()  # may invite nobody
        place.leads_invite = True
        place.save()
        for later in (0, 1, 90):
            travel(NOW + timedelta(days=later))
            invitations.nudge_leads()
        assert Notice.objects.filter(kind="second_person").count() == 1
        send_due()
        (letter,) = mail.outbox
        assert letter.to == [ann.email]
        assert at("seat_ask", seat) in letter.body
        travel(NOW + timedelta(days=100))
        invitations.nudge_leads()
        assert Notice.objects.filter(kind="second_person").count() == 2
        # By the time it is sent there is a second person: nothing goes.
        membership.give_seat(place, dan, seat.organisation, by=dan)
        mail.outbox.clear()
        send_due()
        assert mail.outbox == []

    def test_nobody_is_asked_who_chose_not_to_be(self, place, ann, seat):
        place.leads_invite = True
        place.save()
        choose(ann, place, ask_second=False, by=ann)
        invitations.nudge_leads()
        send_due()
        assert mail.outbox == []
        assert "chose not to be asked" in Notice.objects.get(kind="second_person").reason

    def test_nobody_is_asked_who_has_asked_somebody(self, place, dan, ann, seat):
        place.leads_invite = True
        place.save()
        invitations.ask_in(seat, email="i@example.org", name="Ivy", part="deputy", by=ann)
        invitations.nudge_leads()
        assert not Notice.objects.filter(kind="second_person").exists()
