"""The mail somebody gets who is invited; and when it does not go after all."""

import pytest
from django.core import mail

from members.notices.actions import send_due
from members.notices.models import Notice, NoticeState
from networks.invitations import actions
from networks.invitations.models import Invitation
from networks.membership.models import Role
from networks.network.models import Network
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation():
    place = cast.network(purpose="We run **day centres**.")
    dan = cast.coordinator(place)
    cast.member(place)
    return actions.invite(
        place, email="ivy@example.org", name="Ivy Stone", organisation=None, by=dan
    )


def letter():
    send_due()
    (only,) = mail.outbox
    return only


def test_it_says_who_invites_to_what_and_what_happens_next(invitation):
    sent = letter()
    assert sent.subject == "[Health and Social Care] Dan Price invites you to join"
    assert sent.to == ["ivy@example.org"]
    assert sent.from_email.startswith('"Dan Price at Health and Social Care (PeerNet)"')
    for words in (
        "Hello Ivy,",
        "Dan Price invites you to join Health and Social Care.",
        "We run day centres.",
        "2 people are in it so far.",
        "If you would rather not join, do nothing.",
        "You get this because Dan Price gave us your address",
    ):
        assert words in sent.body
        assert words in sent.alternatives[0][0]
    assert sent.body.count("/join/") == 1
    assert f"http://localhost/join/{invitation.token}/" in sent.body


def test_nobody_elses_address_is_in_it(invitation):
    sent = letter()
    inviter = invitation.invited_by.email
    assert inviter not in sent.message().as_string()


def test_a_name_in_it_is_only_a_name():
    place = cast.network("Ann & Co\r\nBcc: all@example.org")
    dan = cast.coordinator(place, "Dan <b>Price</b>")
    actions.invite(place, email="ivy@example.org", name="<i>Ivy</i>", organisation=None, by=dan)
    sent = letter()
    assert sent.recipients() == ["ivy@example.org"]
    assert "<b>Price" not in sent.alternatives[0][0]
    assert "Hello <i>Ivy</i>," in sent.body


def test_a_coordinator_to_be_reads_what_is_asked_of_them(invitation):
    Invitation.objects.update(role=Role.COORDINATOR)
    assert "asks you to help look after Health and Social Care, as a coordinator" in letter().body


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"withdrawn_at": clock.now()}, "The invitation was withdrawn."),
        ({"accepted_at": clock.now()}, "They have joined already."),
        ({"email": "other@example.org"}, "The address was corrected."),
    ],
)
def test_what_is_no_longer_true_is_not_sent(invitation, change, reason):
    Invitation.objects.update(**change)
    send_due()
    notice = Notice.objects.get()
    assert (notice.state, notice.reason, mail.outbox) == (NoticeState.DROPPED, reason, [])


def test_a_closed_network_invites_nobody(invitation):
    Network.objects.update(closed_at=clock.now())
    send_due()
    assert Notice.objects.get().reason == "The network is closed."
    assert not mail.outbox


def test_an_invitation_that_is_gone_is_not_written_to(invitation):
    Invitation.objects.all().delete()
    send_due()
    assert Notice.objects.get().reason == "The invitation is gone."
