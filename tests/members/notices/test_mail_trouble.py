"""The mail server says no, or nothing: what is about one address, and what is about the server."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from aiosmtpd.smtp import AuthResult

from members.notices import actions
from members.notices.models import Notice, NoticeState
from members.notices.notices import kinds
from peernet.lib import clock
from tests import cast
from tests.faults.sink import LOST, serving

pytestmark = pytest.mark.django_db
SMTP = "peernet.lib.smtp.Backend"


class Server:
    """A mail server that answers as it was told to, and counts who came."""

    sender = recipient = data = "250 OK"
    seconds = 0

    def __init__(self):
        self.came, self.taken = 0, []

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.came += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.sender

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.seconds)
        self.taken.append(envelope.rcpt_tos[0])
        if self.data == LOST:
            server.transport.abort()
        return self.data


@pytest.fixture
def server(settings):
    handler = Server()
    nobody = {"authenticator": lambda *_who: AuthResult(success=False, handled=False)}
    with serving(handler, auth_require_tls=False, **nobody) as port:
        settings.EMAIL_BACKEND, settings.EMAIL_PORT = SMTP, port
        settings.EMAIL_HOST, settings.MAIL_IS_SET_UP = "127.0.0.1", True
        yield handler


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def invitations():
    """Three letters that are due."""
    place = cast.network()
    rows = [cast.invited(place, f"Ivy {number}") for number in range(3)]
    actions.tell_addresses([(row.email, row.pk) for row in rows], "invitation", network_id=place.pk)
    return rows


def states():
    return list(Notice.objects.order_by("pk").values_list("state", flat=True))


def test_an_address_that_is_refused_is_not_tried_again(server, invitations):
    server.recipient = "550 No such user"
    actions.send_due()
    assert set(states()) == {NoticeState.FAILED}
    assert "refused the address (550)" in Notice.objects.first().reason


def test_an_address_that_is_refused_for_now_is_tried_a_minute_later(server, invitations, travel):
    server.recipient = "451 Greylisted"
    actions.send_due()
    assert set(states()) == {NoticeState.PENDING}
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}
    server.recipient = "250 OK"
    travel(clock.now() + timedelta(minutes=2))
    actions.send_due()
    assert set(states()) == {NoticeState.SENT}


def test_a_server_that_does_not_take_our_own_address_costs_nobody_their_letter(
    server, invitations, travel
):
    server.sender = "550 You may not send from here"
    for _tick in range(12):
        actions.send_due()
    assert set(states()) == {NoticeState.PENDING}
    server.sender = "250 OK"  # the operator has put it right
    travel(clock.now() + timedelta(minutes=2))
    actions.send_due()
    assert set(states()) == {NoticeState.SENT}


def test_a_wrong_password_costs_nobody_their_letter(server, invitations, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "peernet", "wrong"
    for _tick in range(12):
        actions.send_due()
    assert set(states()) == {NoticeState.PENDING}
    assert set(Notice.objects.values_list("attempts", flat=True)) == {0}
    assert "(535)" in Notice.objects.first().reason


def test_a_server_that_is_away_is_asked_once_a_tick_and_nobody_waits_behind_it(
    settings, invitations
):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = SMTP, _free_port()
    settings.EMAIL_HOST, settings.MAIL_IS_SET_UP = "127.0.0.1", True
    actions.send_due()
    assert Notice.objects.exclude(reason="").count() == 1
    assert set(Notice.objects.values_list("state", "attempts")) == {(NoticeState.PENDING, 0)}


def test_a_server_that_stays_away_is_seen_from_outside(settings, invitations, travel, client):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = SMTP, _free_port()
    for _minute in range(7):
        actions.send_due()
        travel(clock.now() + timedelta(minutes=1))
    actions.beat("heartbeat")
    assert client.get("/healthz").status_code == 503
    assert set(states()) == {NoticeState.PENDING}


def test_a_letter_whose_answer_was_lost_goes_again_at_growing_intervals_but_not_for_ever(
    server, invitations, travel
):
    server.data = LOST
    gaps = []
    while Notice.objects.waiting().exists():
        actions.send_due()
        now, row = clock.now(), Notice.objects.waiting().first()
        if row:
            gaps.append(round((row.due_at - now).total_seconds() / 60))
            travel(now + timedelta(hours=2, minutes=1))
    assert gaps == [1, 2, 4, 8, 16, 32, 64]
    assert set(states()) == {NoticeState.UNCERTAIN}
    assert len(server.taken) == 3 * actions.TRIES
    assert "did not hear" in Notice.objects.first().reason


def test_a_lost_answer_holds_up_nobody_else(server, invitations):
    server.data = LOST
    actions.send_due()
    assert len(set(server.taken)) == 3


def test_a_slow_mail_server_leaves_the_other_jobs_their_turn(server, invitations, monkeypatch):
    monkeypatch.setattr(actions, "PASS", 0.2)
    server.seconds = 0.2
    assert [actions.send_due() for _tick in range(4)] == [1, 1, 1, 0]


def test_we_wait_for_a_mail_servers_answer_longer_than_half_a_minute_but_not_than_a_lease(settings):
    assert 30 < settings.EMAIL_TIMEOUT < actions.LEASE.total_seconds()


def test_a_batch_goes_through_one_connection(server, invitations):
    actions.send_due()
    assert len(server.taken) == 3
    assert server.came == 1


def test_without_mail_letters_wait_until_it_is_set_up(settings, invitations):
    settings.MAIL_IS_SET_UP = False
    assert actions.send_due() == 0
    assert set(Notice.objects.values_list("state", "attempts")) == {(NoticeState.PENDING, 0)}


@pytest.mark.parametrize("part", ["still_true", "render"])
def test_a_fault_of_ours_in_one_letter_holds_up_nobody_else(invitations, monkeypatch, part):
    ours = kinds()["invitation"]
    asked = []

    def broken(notice):
        asked.append(notice.pk)
        if notice.about_id == invitations[0].pk:
            raise KeyError("a fault")
        return getattr(ours, part)(notice)

    monkeypatch.setitem(kinds(), "invitation", replace(ours, **{part: broken}))
    actions.send_due()
    assert states() == [NoticeState.FAILED, NoticeState.SENT, NoticeState.SENT]
    assert len(asked) == 3


def test_a_worker_that_was_too_slow_does_not_undo_what_another_did(invitations, travel):
    slow = actions.claim()
    travel(clock.now() + timedelta(minutes=2))
    actions.send_due()
    assert Notice.objects.get(pk=slow.pk).state == NoticeState.SENT
    actions._refused(slow, 451)
    assert Notice.objects.get(pk=slow.pk).state == NoticeState.SENT


def test_what_we_log_of_a_fault_holds_nobodys_address(invitations, monkeypatch, caplog):
    ours = kinds()["invitation"]

    def broken(notice):
        raise ValueError(f"bad address: {notice.address}")

    monkeypatch.setitem(kinds(), "invitation", replace(ours, render=broken))
    actions.send_due()
    assert "ValueError" in caplog.text
    assert "in broken" in caplog.text  # where it happened
    assert invitations[0].email not in caplog.text
