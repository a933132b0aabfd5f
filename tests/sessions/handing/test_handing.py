"""A seat is handed over: who sees what, what moves when, and what if somebody is gone."""

from datetime import timedelta

import pytest
from django.core import mail

from members.notices.actions import send_due
from members.privacy.actions import erase
from networks.discussions import actions as talk
from networks.discussions.models import Follow, Post, Room, RoomKind
from networks.exchange.actions import put_up
from networks.exchange.models import Entry
from networks.handover import actions as handing
from networks.handover.models import Handover, HandoverItem, Kind, Stays
from networks.handover.queries import of_seat
from networks.invitations.actions import take_up, withdraw_invitation
from networks.membership.actions import leave
from networks.seats.models import Ending
from peernet.lib import clock
from peernet.lib.errors import Refused
from peernet.pages.actions import close_network
from sessions.follow_up.models import AgreedAction
from sessions.handing import queries
from sessions.handing.actions import move_on
from sessions.handing.tasks import tick_handovers
from tests import cast
from tests.networks.files.things import PDF, stored

pytestmark = pytest.mark.django_db
ARGS = {"name": "Grace Obi"}


@pytest.fixture
def house():
    """Amina leads for Octopus, with something of each kind open; Grace came later."""
    return House()


class House:
    def __init__(self):
        self.place = cast.network("Care", slug="care")
        self.dan = cast.coordinator(self.place)
        self.amina = cast.member(self.place, "Amina Begum", organisation="Octopus")
        self.held = self.amina.holdings.get()
        self.room = self.place.rooms.get()
        rants = Room.objects.create(network=self.place, name="Rants", kind=RoomKind.TRUSTED)
        self.secret = talk.start_thread(rants, title="Hush", words="Private", by=self.amina)
        self.thread = talk.start_thread(self.room, title="Rents", words="How?", by=self.amina)
        self.file = stored(Post.objects.get(thread=self.thread), self.amina, PDF, "rents.pdf")
        said = {"kind": "ask", "words": "On Monday", "about": "thing", "tags": []}
        body = self.held.seat.organisation
        self.ask = put_up(self.place, title="A van", organisation=body, **said, by=self.amina)
        self.own = put_up(self.place, title="A flat", **said, by=self.amina)
        met = cast.session(self.place, starts=clock.now() - timedelta(days=3))
        self.action = AgreedAction.objects.create(session=met, what="Ring", who=self.amina)
        self.grace = cast.member(self.place, "Grace Obi", since=clock.now())
        self.today = clock.today(self.place.zone)

    def begin(self, email="", days=30, first=0, by=None, **more):
        return handing.begin_handover(
            self.held, email=email or self.grace.email, starts_on=self.today + timedelta(first),
            ends_on=self.today + timedelta(days), by=by or self.amina, **ARGS | more,
        )  # fmt: skip

    def agreed(self, **more):
        row = self.begin(**more)
        handing.answer(row, agrees=True, by=self.grace)
        move_on(row)
        return fresh(row)

    def picks(self):
        return {("action", self.action.pk), ("entry", self.ask.pk), ("thread", self.thread.pk),
                ("file", self.file.pk), ("person", self.dan.pk)}  # fmt: skip

    def parts(self):
        """Who holds the seat now, and as what."""
        rows = self.held.seat.holdings.current()
        return {one.person_id: one.part for one in rows}


def fresh(row):
    return Handover.objects.told().get(pk=row.pk)


def later(days):
    clock.travel(clock.now() + timedelta(days=days))
    tick_handovers()


def titles(row, reader):
    return {one.thing.title for one in queries.pack(row, reader)}


def test_what_can_be_handed_on_is_the_organisations_and_nothing_of_trusted_rooms(house):
    found = queries.to_choose(house.begin())
    assert {(one.kind, one.title) for one in found} == {
        ("action", "Ring"), ("entry", "A van"), ("file", "rents.pdf"),
        ("thread", "Rents"), ("thread", "A van"), ("thread", "A flat"),
    }  # fmt: skip


def test_until_the_last_day_both_hold_the_seat_and_then_it_and_the_pack_change_hands(house):
    row = house.agreed()
    handing.choose(row, house.picks(), by=house.amina)
    move_on(row)
    assert house.parts() == {house.amina.pk: "lead", house.grace.pk: "lead"}
    assert Follow.objects.get(person=house.grace).thread_id == house.thread.pk
    assert titles(row, house.grace) == {"Ring", "A van", "Rents", "rents.pdf", "Dan Price"}
    house.action.refresh_from_db()
    assert house.action.who == house.amina  # nothing is taken before the last day is over
    later(30)
    assert house.parts().keys() == {house.amina.pk, house.grace.pk}
    later(1)
    house.held.refresh_from_db()
    assert (house.held.reason, house.parts()) == (Ending.HANDOVER, {house.grace.pk: "lead"})
    house.action.refresh_from_db()
    assert house.action.who == house.grace
    assert Entry.objects.get(pk=house.ask.pk).by == house.grace
    assert Entry.objects.get(pk=house.own.pk).by == house.amina
    assert not Post.objects.filter(author=house.grace).exists()
    assert house.place.memberships.current().filter(person=house.amina).exists()
    assert fresh(row).outcome == "done"
    tick_handovers()  # again changes nothing
    assert titles(row, house.grace) == {"Ring", "A van", "Rents", "rents.pdf", "Dan Price"}


def test_whoever_follows_reads_of_the_pack_only_what_the_rooms_let_them_read(house):
    row = house.agreed()
    handing.choose(row, house.picks() | {("thread", house.secret.pk)}, by=house.amina)
    talk.change_history(house.room, "joining", by=house.dan)
    assert titles(row, house.grace) == {"Ring", "Dan Price"}
    talk.reply(house.thread, words="And now?", by=house.amina)
    talk.reply(house.ask.thread, words="Still", by=house.amina)
    assert titles(row, house.grace) >= {"A thread that began before you came"}
    assert not titles(row, house.grace) & {"Rents", "A van", "rents.pdf", "Hush"}
    later(31)
    # What they may not read from its first word on does not become theirs.
    assert Entry.objects.get(pk=house.ask.pk).by == house.amina
    assert fresh(row).outcome == "done"


def test_an_invited_successor_holds_the_seat_on_joining_and_is_shown_the_pack(house):
    row = house.begin(email="bo@example.org", name="Bo Dale")
    bo = cast.person("Bo Dale", email="bo@example.org")
    take_up(row.invitation, bo, accepts_charter=True)
    tick_handovers()
    assert (fresh(row).successor, fresh(row).agreed_at is not None) == (bo, True)
    assert house.parts() == {house.amina.pk: "lead", bo.pk: "lead"}
    send_due()
    assert {(one.to[0], one.subject) for one in mail.outbox} >= {
        (bo.email, "[Care] What Amina Begum hands to you"),
        (house.amina.email, "[Care] Handing over for Octopus"),
    }


@pytest.mark.parametrize("gone", ["declines", "withdrawn", "leaves"])
def test_when_nobody_follows_any_more_the_leaver_is_told_and_loses_nothing(house, gone):
    if gone == "withdrawn":
        row = house.begin(email="bo@example.org")
        withdraw_invitation(row.invitation, by=house.dan)
    elif gone == "declines":
        row = house.begin()
        handing.answer(row, agrees=False, by=house.grace)
    else:
        row = house.agreed()
        leave(house.place, by=house.grace)
    later(31)
    row = fresh(row)
    assert (row.successor, row.agreed_at, row.ended_at) == (None, None, None)
    assert house.parts() == {house.amina.pk: "lead"}
    send_due()
    about = [one.subject for one in mail.outbox if one.to == [house.amina.email]]
    assert "[Care] Nobody follows you at Octopus yet" in about
    joe = cast.member(house.place, "Joe")
    handing.ask_another(row, email=joe.email, name="", by=house.amina)
    handing.answer(row, agrees=True, by=joe)
    move_on(row)
    assert house.parts() == {joe.pk: "lead"}


def test_called_off_nothing_has_changed_and_nothing_can(house):
    row = house.begin(email="bo@example.org")
    handing.call_off(row, by=house.dan)
    later(40)
    assert house.parts() == {house.amina.pk: "lead"}
    assert row.invitation.__class__.objects.get(pk=row.invitation_id).withdrawn_at
    send_due()
    assert not mail.outbox
    with pytest.raises(Refused):
        handing.change_days(row, starts_on=house.today, ends_on=house.today, by=house.dan)
    house.today = clock.today(house.place.zone)
    house.begin()  # another may begin


@pytest.mark.parametrize("how", ["left", "erased"])
def test_a_leaver_who_is_gone_already_has_it_handed_over_at_once(house, how):
    row = house.agreed(days=60)
    handing.choose(row, house.picks(), by=house.amina)
    leave(house.place, by=house.amina)
    if how == "erased":
        erase(house.amina, by=house.amina)
    tick_handovers()
    assert house.parts() == {house.grace.pk: "lead"}
    house.action.refresh_from_db()
    assert (house.action.who, fresh(row).outcome) == (house.grace, "done")


def test_whoever_chose_to_leave_the_network_does_so_at_the_end(house):
    house.agreed(stays=Stays.LEAVE)
    later(31)
    assert not house.place.memberships.current().filter(person=house.amina).exists()
    assert house.amina.is_active


def test_the_last_coordinator_stays_whatever_they_chose(house):
    house.held = cast.holds(house.place, house.dan, "Shops")
    house.agreed(stays=Stays.LEAVE, by=house.dan)
    later(31)
    assert house.parts() == {house.grace.pk: "lead"}
    assert house.place.memberships.current().filter(person=house.dan).exists()


def test_in_a_closed_network_a_handover_waits(house):
    row = house.agreed()
    close_network(house.place, name="Care", words="", by=house.dan)
    later(40)
    assert house.parts().keys() == {house.amina.pk, house.grace.pk}
    assert fresh(row).ended_at is None


def test_only_the_two_and_coordinators_know_of_it(house):
    row = house.begin()
    joe = cast.member(house.place, "Joe")
    knows = [who for who in (house.amina, house.grace, house.dan, joe)
             if list(of_seat(house.held.seat, who)) == [row]]  # fmt: skip
    assert knows == [house.amina, house.grace, house.dan]


def test_only_the_leaver_chooses_whether_they_stay(house):
    row = house.begin(by=house.dan, stays=Stays.LEAVE)
    assert row.stays == Stays.STAY
    with pytest.raises(Refused):
        handing.change_days(row, starts_on=row.starts_on, ends_on=row.ends_on,
                            stays=Stays.LEAVE, by=house.dan)  # fmt: skip


def test_days_that_cannot_be_are_refused(house):
    for first, last in ((5, 4), (-9, -1), (0, 400)):
        with pytest.raises(Refused):
            house.begin(first=first, days=last)
    with pytest.raises(Refused):
        house.begin(email=house.amina.email)
    house.begin()
    with pytest.raises(Refused):
        house.begin()


def test_the_pages_serve_each_of_them(house, client):
    row = house.agreed()
    page = f"/n/care/handovers/{row.pk}/"

    def as_(who):
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    seat = f"/n/care/organisations/{house.held.seat.organisation_id}/people/"
    assert "Being handed over" in as_(house.dan).get(seat).text
    assert "Being handed over" not in as_(cast.member(house.place, "Joe")).get(seat).text
    assert client.get(page).status_code == 404
    chosen = {"deed": "pack", "pack-action": house.action.pk, "pack-thread": house.thread.pk}
    assert as_(house.amina).post(page, chosen).status_code == 302
    assert {item.kind for item in row.items.all()} == {"action", "thread"}
    assert as_(house.dan).post(page, chosen).status_code == 403
    assert "Ring" not in client.get(page).text  # the pack is between the two
    item = HandoverItem.objects.get(kind=Kind.ACTION)
    as_(house.grace).post(page, {"deed": "tick", "item": item.pk, "done": "on"})
    item.refresh_from_db()
    assert item.done_at
    later(31)
    ring = client.get(house.action.session.get_absolute_url()).text
    assert "handed on by Amina Begum" in ring
