"""Asking somebody into a network: the deed, its letter, and what may go wrong on the way."""

from datetime import timedelta

import pytest

from members.audit.models import AuditEntry
from members.notices.models import Notice, NoticeState
from networks.invitations import actions
from networks.invitations.models import Invitation
from networks.membership.models import Role
from peernet.lib import clock
from peernet.lib.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


def ask(place, dan, email="ivy@example.org", name="Ivy Stone", **fields):
    values = {"organisation": None, "by": dan} | fields
    return actions.invite(place, email=email, name=name, **values)


def test_an_invitation_is_written_down_with_its_letter(place, dan):
    invitation = ask(
        place, dan, email=" Ivy@Example.org ", name="Ivy  Stone", organisation="A  Farm"
    )
    assert (invitation.email, invitation.name) == ("ivy@example.org", "Ivy Stone")
    assert invitation.organisation.name == "A Farm"
    notice = Notice.objects.get()
    assert (notice.kind, notice.about_id, notice.address) == (
        "invitation",
        invitation.pk,
        "ivy@example.org",
    )
    entry = AuditEntry.objects.get(deed="invitation.made")
    assert (entry.actor_id, entry.network_id, entry.about_id) == (dan.pk, place.pk, invitation.pk)


@pytest.mark.parametrize(
    "address", ["", "ivy", "ivy@", "ivy@example", "a b@example.org", "ivy@x.org\nbcc: a@x.org",
                "x" * 250 + "@example.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_sentence(place, dan, address):
    with pytest.raises(Refused, match="not an email address"):
        ask(place, dan, email=address)
    assert not Invitation.objects.exists()


def test_a_name_is_asked_for_and_has_an_end(place, dan):
    with pytest.raises(Refused, match="Enter a name"):
        ask(place, dan, name="  ")
    with pytest.raises(Refused, match="120 characters"):
        ask(place, dan, name="x" * 121)
    with pytest.raises(Refused, match="160 characters"):
        ask(place, dan, organisation="x" * 161)


def test_a_member_is_not_invited_again_by_any_of_their_addresses(place, dan):
    ann = cast.member(place, "Ann Lee", email="ann@example.org")
    ann.emailaddress_set.create(email="ann@home.example", verified=True)
    for address in ("ANN@example.org", "ann@home.example"):
        with pytest.raises(Refused, match="Ann Lee is in this network already"):
            ask(place, dan, email=address)


def test_somebody_who_left_can_be_invited_again(place, dan):
    gus = cast.former_member(place, email="gus@example.org")
    ask(place, dan, email=gus.email, name=gus.name)
    assert Invitation.objects.get().email == gus.email


def test_nobody_is_invited_twice_into_one_network(place, dan):
    ask(place, dan)
    with pytest.raises(Refused, match="was invited already"):
        ask(place, dan, email="IVY@example.org")
    other = cast.network("Libraries")
    ask(other, cast.coordinator(other))
    assert Invitation.objects.count() == 2


def test_a_new_address_kills_the_old_link_and_its_letter(place, dan):
    first = ask(place, dan, email="ivi@example.org")
    fixed = actions.correct_invitation(
        first, email="ivy@example.org", name="Ivy", organisation="A Farm", role=Role.MEMBER, by=dan
    )
    assert fixed.token != first.token
    old, new = Notice.objects.order_by("pk")
    assert (old.state, old.reason) == (NoticeState.DROPPED, "The address was corrected.")
    assert (new.state, new.address) == (NoticeState.PENDING, "ivy@example.org")


def test_a_corrected_name_sends_nothing(place, dan):
    first = ask(place, dan)
    fixed = actions.correct_invitation(
        first, email=first.email, name="Ivy B", organisation=None, role=Role.FACILITATOR, by=dan
    )
    assert (fixed.token, fixed.name, fixed.role) == (first.token, "Ivy B", Role.FACILITATOR)
    assert Notice.objects.count() == 1


def test_an_address_corrected_there_and_back_gets_its_letter_again(place, dan):
    invitation = ask(place, dan)
    for address in ("other@example.org", "ivy@example.org"):
        actions.correct_invitation(
            invitation, email=address, name="Ivy", organisation=None, role="member", by=dan
        )
    assert Notice.objects.waiting().get().address == "ivy@example.org"


def test_it_is_sent_again_five_times_and_five_minutes_apart(place, dan, travel):
    invitation = ask(place, dan)
    for _again in range(5):
        with pytest.raises(Refused, match="Wait 5 minutes"):
            actions.send_again(invitation, by=dan)
        travel(clock.now() + timedelta(minutes=5, seconds=1))
        actions.send_again(invitation, by=dan)
    travel(clock.now() + timedelta(days=9))
    with pytest.raises(Refused, match="6 times"):
        actions.send_again(invitation, by=dan)
    assert sorted(Notice.objects.values_list("version", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_withdrawing_holds_the_letter_back_and_can_be_undone(place, dan):
    invitation = ask(place, dan)
    actions.withdraw_invitation(invitation, by=dan)
    actions.withdraw_invitation(invitation, by=dan)
    assert Notice.objects.get().state == NoticeState.DROPPED
    actions.restore_invitation(invitation, by=dan)
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is None
    assert Notice.objects.waiting().get().version == 2


def test_undoing_sends_no_second_letter_where_the_first_one_went(place, dan):
    invitation = ask(place, dan)
    Notice.objects.update(state=NoticeState.SENT)
    actions.withdraw_invitation(invitation, by=dan)
    actions.restore_invitation(invitation, by=dan)
    assert Notice.objects.count() == 1


def test_withdrawing_is_no_way_round_the_limit(place, dan):
    for _again in range(5):
        actions.withdraw_invitation(ask(place, dan), by=dan)
    with pytest.raises(Refused, match="invited often today"):
        ask(place, dan)


def test_what_was_withdrawn_can_be_neither_sent_nor_corrected(place, dan):
    invitation = actions.withdraw_invitation(ask(place, dan), by=dan)
    with pytest.raises(Refused, match="withdrawn meanwhile"):
        actions.send_again(invitation, by=dan)
    with pytest.raises(Refused, match="withdrawn meanwhile"):
        actions.correct_invitation(
            invitation, email="x@example.org", name="X", organisation=None, role="member", by=dan
        )


def test_nothing_is_done_in_a_closed_network(place, dan):
    place.closed_at = clock.now()
    place.save()
    with pytest.raises(Refused, match="closed"):
        ask(place, dan)
