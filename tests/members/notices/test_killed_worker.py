"""kill -9 in the middle of a batch: real processes, real SMTP, a real database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

from members.notices import actions
from members.notices.models import Notice, NoticeState
from members.people.models import Person
from peernet.lib import clock
from tests import cast

PEOPLE = 40
WORKER = "import django; django.setup(); from members.notices.actions import send_due; send_due()"


class Sink:
    """Takes every mail, slowly enough that a worker can be caught in the middle."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content)
        self.taken.append((envelope.rcpt_tos[0], message["Message-ID"]))
        return "250 OK"


@pytest.fixture
def sink():
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=0)
    # aiosmtpd wants a port beforehand: let the system choose one.
    controller.port = _free_port()
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def worker(sink):
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}"
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    environment = os.environ | {
        "DATABASE_URL": f"{url}?host={host}",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(sink.port),
        "DJANGO_SETTINGS_MODULE": "peernet.settings",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment, cwd=settings.BASE_DIR)


@pytest.mark.django_db(transaction=True)
def test_workers_killed_in_the_middle_of_a_batch_lose_nothing(sink, travel):
    place = cast.network()
    for number in range(PEOPLE):
        cast.member(place, f"Member {number}")
    session = cast.session(place)
    actions.tell(Person.objects.all(), "session", session.pk, network_id=place.pk)

    for stop_at in (5, 15, 25):
        running = worker(sink)
        patience = time.monotonic() + 60
        while len(sink.taken) < stop_at and time.monotonic() < patience:
            time.sleep(0.002)
        running.send_signal(signal.SIGKILL)
        running.wait()
    # The dead workers' leases run out, and the next worker finishes the batch.
    travel(clock.now() + timedelta(minutes=2))
    assert worker(sink).wait(timeout=60) == 0

    assert not Notice.objects.exclude(state=NoticeState.SENT).exists()
    each = Counter(sink.taken)
    assert {address for address, _ in each} == set(Person.objects.values_list("email", flat=True))
    assert len(each) == PEOPLE, "a double must carry the same Message-ID"
    assert sum(each.values()) - PEOPLE <= 3, "at most one double per kill"
