"""Taking up an invitation, changing roles, going: one spell at a time, always a coordinator."""

import pytest
from django.urls import reverse

from members.organisations.models import Affiliation
from networks.invitations import actions as invitations
from networks.invitations.models import Invitation
from networks.membership import actions, queries
from networks.membership.models import CharterAcceptance, Membership, Role
from networks.network.queries import charter_in_force
from networks.seats.models import Holding, Seat
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


def spell(place, person):
    return Membership.objects.filter(network=place, person=person).current().get()


def invited(place, dan, **fields):
    values = {"name": "Ivy Stone", "organisation": "A Farm"} | fields
    return invitations.invite(place, email="ivy@example.org", by=dan, **values)


def test_joining_gives_a_spell_a_seat_an_affiliation_and_the_accepted_rules(place, dan):
    ivy = cast.person("", email="ivy@example.org")
    joined = invitations.take_up(invited(place, dan), ivy, accepts_charter=True)
    (held,) = ivy.holdings.current()
    assert (joined.role, held.seat.organisation.name, held.part) == (Role.MEMBER, "A Farm", "lead")
    assert Affiliation.objects.get(person=ivy).organisation.name == "A Farm"
    assert CharterAcceptance.objects.get(person=ivy).charter == charter_in_force(place)
    assert Invitation.objects.get().accepted_by == ivy
    ivy.refresh_from_db()
    assert ivy.name == "Ivy Stone"


def test_taking_it_up_again_changes_nothing(place, dan):
    ivy = cast.person(email="ivy@example.org")
    invitation = invited(place, dan)
    first = invitations.take_up(invitation, ivy, accepts_charter=True)
    assert invitations.take_up(invitation, ivy, accepts_charter=True) == first
    assert Membership.objects.filter(person=ivy).count() == 1


def test_two_from_one_organisation_share_its_seat(place, dan):
    ann = cast.member(place, "Ann Lee", organisation="A Farm")
    joined = invitations.take_up(
        invited(place, dan), cast.person(email="ivy@example.org"), accepts_charter=True
    )
    assert Seat.objects.count() == 1
    held = Holding.objects.filter(person__in=[ann, joined.person]).order_by("pk")
    assert [one.part for one in held.current()] == ["lead", "deputy"]


def test_without_the_house_rules_nobody_joins(place, dan):
    ivy = cast.person(email="ivy@example.org")
    with pytest.raises(Refused, match="house rules"):
        invitations.take_up(invited(place, dan), ivy, accepts_charter=False)
    assert not Membership.objects.filter(person=ivy).exists()


def test_an_invitation_belongs_to_its_address(place, dan):
    bea = cast.person("Bea", email="bea@example.org")
    bea.emailaddress_set.create(email="ivy@example.org", verified=False)
    invitation = invited(place, dan)
    with pytest.raises(Refused, match="another address"):
        invitations.take_up(invitation, bea, accepts_charter=True)
    bea.emailaddress_set.update(verified=True)
    invitations.take_up(invitation, bea, accepts_charter=True)


def test_a_withdrawn_or_used_invitation_lets_nobody_in(place, dan):
    ivy = cast.person(email="ivy@example.org")
    withdrawn = invitations.withdraw_invitation(invited(place, dan), by=dan)
    with pytest.raises(Refused, match="withdrawn"):
        invitations.take_up(withdrawn, ivy, accepts_charter=True)
    used = invited(place, dan)
    invitations.take_up(used, ivy, accepts_charter=True)
    actions.leave(place, by=ivy)
    with pytest.raises(Refused, match="used already"):
        invitations.take_up(used, ivy, accepts_charter=True)


def test_who_joined_meanwhile_can_be_neither_withdrawn_nor_sent_again(place, dan):
    invitation = invited(place, dan)
    invitations.take_up(invitation, cast.person(email="ivy@example.org"), accepts_charter=True)
    with pytest.raises(Refused, match="Ivy Stone has joined"):
        invitations.withdraw_invitation(invitation, by=dan)
    with pytest.raises(Refused, match="Ivy Stone has joined"):
        invitations.send_again(invitation, by=dan)


def test_a_change_of_role_ends_one_spell_and_begins_another(place, dan):
    ann = cast.member(place, "Ann Lee", organisation="A Farm")
    old = spell(place, ann)
    new = actions.change_role(old, Role.FACILITATOR, by=dan)
    old.refresh_from_db()
    assert (old.until, old.reason) == (new.since, "role")
    assert new.role == Role.FACILITATOR
    assert Holding.objects.current().filter(person=ann).exists()
    assert queries.members(place).filter(pk=ann.pk).count() == 1
    assert actions.change_role(old, Role.FACILITATOR, by=dan) == new  # pressed twice


def test_a_role_changed_by_somebody_else_is_not_overwritten_unseen(place, dan):
    ann = cast.member(place)
    seen = spell(place, ann)
    actions.change_role(seen, Role.COORDINATOR, by=dan)
    with pytest.raises(Refused, match="they are “Coordinator” now"):
        actions.change_role(seen, Role.FACILITATOR, by=dan)


def test_the_last_coordinator_can_neither_step_down_nor_go(place, dan):
    mine = spell(place, dan)
    for deed in (
        lambda: actions.change_role(mine, Role.MEMBER, by=dan),
        lambda: actions.remove_member(mine, by=dan),
        lambda: actions.leave(place, by=dan),
    ):
        with pytest.raises(Refused, match="Make another person coordinator first"):
            deed()
    eve = cast.coordinator(place, "Eve")
    actions.change_role(mine, Role.MEMBER, by=dan)
    with pytest.raises(Refused, match="Make another"):
        actions.leave(place, by=eve)


def test_a_removed_member_is_out_at_once_and_can_be_put_back(place, dan):
    ann = cast.member(place)
    first = spell(place, ann)
    removed = actions.remove_member(first, by=dan)
    assert (removed.reason, queries.may_hear(ann.pk, place.pk)) == ("removed", False)
    actions.remove_member(first, by=dan)
    assert actions.restore_member(removed, by=dan).since == first.since
    assert queries.may_hear(ann.pk, place.pk)


def test_who_left_is_not_put_back_by_somebody_else(place, dan):
    ann = cast.member(place)
    actions.leave(place, by=ann)
    actions.leave(place, by=ann)
    gone = Membership.objects.get(person=ann)
    assert (gone.reason, gone.until <= clock.now()) == ("left", True)
    with pytest.raises(Refused, match="left themselves"):
        actions.restore_member(gone, by=dan)


def test_who_left_twice_within_minutes_can_still_think_again(place, dan, signed_in):
    ann = cast.member(place)
    actions.leave(place, by=ann)
    actions.begin(place, ann, by=dan)
    actions.leave(place, by=ann)
    page = reverse("left", args=[place.slug])
    assert signed_in(ann).get(page).status_code == 200
    assert signed_in(ann).post(page).status_code == 302
    assert queries.may_hear(ann.pk, place.pk)
