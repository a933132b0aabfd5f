"""Twenty at once: one row, one spell, and never a network without a coordinator."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from members.notices.models import Notice
from networks.invitations import actions as invitations
from networks.invitations.models import Invitation
from networks.membership import actions, queries
from networks.membership.models import CharterAcceptance, Membership, Role
from networks.seats.models import Holding, Seat
from peernet.lib.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


def together(*deeds):
    """Do them all at the same moment; returns what each gave, or the sentence of its refusal."""
    start = Barrier(len(deeds))

    def do(deed):
        try:
            start.wait()
            return deed()
        except Refused as no:
            return str(no)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


def test_a_form_sent_twenty_times_makes_one_invitation(place, dan):
    key = uuid4()

    def press():
        return invitations.invite(
            place, email="ivy@example.org", name="Ivy", organisation="New Farm", by=dan, once=key
        )

    assert len(set(together(*[press] * 20))) == 1
    assert Invitation.objects.count() == Notice.objects.count() == 1


def test_two_who_invite_the_same_person_make_one_invitation(place, dan):
    def press():
        return invitations.invite(
            place, email="ivy@example.org", name="Ivy", organisation=None, by=dan
        )

    answers = together(*[press] * 8)
    assert Invitation.objects.count() == Notice.objects.count() == 1
    assert sum("was invited already" in str(answer) for answer in answers) == 7


def test_joining_twenty_times_makes_one_spell(place, dan):
    invitation = invitations.invite(
        place, email="ivy@example.org", name="Ivy", organisation="New Farm", by=dan
    )
    ivy = cast.person(email="ivy@example.org")

    def press():
        return invitations.take_up(invitation, ivy, accepts_charter=True)

    assert len(set(together(*[press] * 20))) == 1
    assert Membership.objects.filter(person=ivy).count() == 1
    assert Seat.objects.count() == Holding.objects.count() == 1
    assert CharterAcceptance.objects.filter(person=ivy).count() == 1


def test_of_joining_and_withdrawing_one_wins(place, dan):
    invitation = invitations.invite(
        place, email="ivy@example.org", name="Ivy", organisation=None, by=dan
    )
    ivy = cast.person(email="ivy@example.org")
    together(
        lambda: invitations.take_up(invitation, ivy, accepts_charter=True),
        lambda: invitations.withdraw_invitation(invitation, by=dan),
    )
    invitation.refresh_from_db()
    assert bool(invitation.accepted_at) != bool(invitation.withdrawn_at)
    assert Membership.objects.filter(person=ivy).exists() == bool(invitation.accepted_at)


def test_two_coordinators_who_go_at_once_leave_one(place, dan):
    eve = cast.coordinator(place, "Eve")
    answers = together(lambda: actions.leave(place, by=dan), lambda: actions.leave(place, by=eve))
    assert queries.coordinators(place).count() == 1
    assert sum("Make another person" in str(answer) for answer in answers) == 1


def test_a_role_pressed_twenty_times_changes_once(place, dan):
    ann = cast.member(place)
    spell = Membership.objects.get(person=ann)

    def press():
        return actions.change_role(spell, Role.FACILITATOR, by=dan)

    assert len(set(together(*[press] * 20))) == 1
    assert Membership.objects.filter(person=ann).count() == 2
