"""The mail server says no, or nothing: what is about one address, and what is about the server."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes

import pytest
from aiosmtpd.smtp import AuthResult

from members.notices import actions
from members.notices.models import Notice, NoticeState
from members.notices.notices import kinds
from members.people.actions import write_to as choose
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
        self.came, self.taken, self.letters = 0, [], []

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
        self.letters.append(message_from_bytes(envelope.content))
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


def test_what_was_put_off_for_a_minute_does_not_wait_an_hour_when_the_clock_is_put_back(
    server, settings, invitations, travel
):
    begin, port = clock.now(), settings.EMAIL_PORT
    travel(begin + timedelta(hours=1))
    settings.EMAIL_PORT = 1
    actions.send_due()
    settings.EMAIL_PORT = port
    assert actions.send_due() == len(invitations) - 1, "only the one that was tried is put off"
    travel(begin + timedelta(seconds=90))
    assert actions.send_due() == 1
    assert set(states()) == {NoticeState.SENT}


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


def test_of_rings_that_nobody_heard_those_for_the_outbox_are_forgotten_first(settings):
    kept = {name: job["options"]["expires"] for name, job in settings.CELERY_BEAT_SCHEDULE.items()}
    assert kept.pop("outbox") <= min(kept.values()) / 2


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
    actions._refused(slow, 451, b"")
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


# --- An address that is gone -------------------------------------------------------------------


@pytest.fixture
def ann():
    return cast.member(cast.network(), "Ann Lee")


def write_to(person, letters):
    """So many letters, one after the other; how many of them were sent in the end."""
    place = person.memberships.get().network
    for _letter in range(letters):
        session = cast.session(place)
        who = type(person).objects.filter(pk=person.pk)
        actions.tell(who, "session", session.pk, network_id=place.pk)
        actions.send_due()
    return Notice.objects.filter(state=NoticeState.SENT).count()


def test_an_address_that_was_refused_twice_gets_nothing_more_and_it_is_said_why(server, ann):
    server.recipient = "550 5.1.1 No such user"
    write_to(ann, letters=3)
    assert states() == [NoticeState.FAILED, NoticeState.FAILED, NoticeState.DROPPED]
    assert "refused this address twice" in Notice.objects.last().reason


def test_so_does_somebody_invited_who_has_no_account(server, invitations):
    server.recipient = "550 5.1.1 No such user"
    for version in range(1, 4):
        first = invitations[0]
        actions.tell_address(first.email, "invitation", first.pk, version=version)
        actions.send_due()
    letters = Notice.objects.filter(address=invitations[0].email).order_by("pk")
    assert [row.state for row in letters] == ["failed", "failed", "dropped", "dropped"]


def test_one_letter_that_gets_through_makes_up_for_the_refusal_before(server, ann):
    for answer in ["550 No", "250 OK", "550 No", "250 OK"]:
        server.recipient = answer
        write_to(ann, letters=1)
    assert states() == [NoticeState.FAILED, NoticeState.SENT] * 2


@pytest.mark.parametrize("said", ["550 5.7.1 Your host is blocked", "552 Mailbox full", "554 Spam"])
def test_a_refusal_that_is_not_about_the_address_stops_nothing_else(server, ann, said):
    server.recipient = said
    write_to(ann, letters=3)
    assert set(states()) == {NoticeState.FAILED}


def test_after_a_month_the_address_is_tried_again(server, ann, travel):
    server.recipient = "550 No such user"
    write_to(ann, letters=2)
    travel(clock.now() + timedelta(days=31))
    server.recipient = "250 OK"
    assert write_to(ann, letters=1) == 1


def test_when_an_operator_sends_one_again_it_is_tried_again(server, ann):
    server.recipient = "550 No such user"
    write_to(ann, letters=2)
    server.recipient = "250 OK"
    actions.retry(Notice.objects.first(), by=cast.person("Olu", is_operator=True))
    actions.send_due()
    assert Notice.objects.first().state == NoticeState.SENT
    assert write_to(ann, letters=1) == 2


def test_the_person_reads_that_our_mail_comes_back_and_another_address_ends_it(
    server, ann, signed_in
):
    server.recipient = "550 No such user"
    write_to(ann, letters=2)
    assert "refused our mail twice" in signed_in(ann).get("/you/").content.decode()
    other = ann.emailaddress_set.create(email="ann@new.example.org", verified=True)
    server.recipient = "250 OK"
    choose(other, by=ann)
    assert "refused our mail" not in signed_in(ann).get("/you/").content.decode()
    assert write_to(ann, letters=1)
    assert "ann@new.example.org" in server.taken


def test_who_signs_in_with_a_code_sent_there_is_written_to_again(server, ann, client):
    server.recipient = "550 No such user"
    write_to(ann, letters=2)
    server.recipient = "250 OK"
    client.post("/accounts/login/", {"login": ann.email})
    code = server.letters[-1]["Subject"].split()[0]
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert client.session["_auth_user_id"] == str(ann.pk)
    assert write_to(ann, letters=1) == 1
