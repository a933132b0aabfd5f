"""kill -9 of a worker that is just writing down whom a post is to be mailed to."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.db import connection, transaction

from members.causes.models import Cause
from members.notices.actions import tell
from members.notices.models import Notice
from members.people.models import Person
from networks.discussions.actions import start_thread
from networks.discussions.models import Post
from networks.network.models import Network
from networks.preferences.actions import choose
from peernet.lib import clock

from . import Result, Scenario
from .letters import counted, crowd, waiting
from .stage import Stage, stage

PEOPLE = 10
# Somebody waits for what this transaction has written.
HELD_UP = """SELECT EXISTS (SELECT FROM pg_locks
    WHERE NOT granted AND transactionid = pg_current_xact_id()::xid)"""


def killed(times: int, **said: str) -> Result:
    """Kill a worker so many times in the middle of one INSERT; `said` goes to its environment."""
    with stage() as here:
        place = crowd(PEOPLE)
        members = list(Person.objects.order_by("pk"))
        for person in members:
            choose(person, place, talk="each", by=person)
        for _ in range(times):
            caught(here, place, members, **said)
            here.worker(**said)
            here.wait("all to be written down", lambda: rung(here, Cause.objects.exists))
        clock.travel(clock.now() + timedelta(minutes=10))  # a post is mailed some minutes later
        here.wait("the mails", lambda: rung(here, waiting))
        result = counted(here.sink.taken)
        silent = 2 * times * (PEOPLE - 1) - Notice.objects.count()
        return replace(result, of=result.of + silent, lost=result.lost + silent)


def written(place: Network, by: Person) -> Post:
    """A post, the only one that its mail will bring."""
    thread = start_thread(place.rooms.get(), title="Rents", words="By the hour?", by=by)
    return thread.posts.get()


def caught(here: Stage, place: Network, members: list[Person], **said: str) -> None:
    """Hold a worker up at the notice of somebody, see that the next post is not held up with it,
    and kill it."""
    post, other = written(place, members[0]), written(place, members[0])
    people = Person.objects.filter(pk=members[1].pk)
    with transaction.atomic():
        tell(people, "post", post.pk, network_id=place.pk)  # the same notice as it will write
        here.worker(**said)
        here.wait("the worker to be held up", lambda: rung(here, lambda: not one(HELD_UP)))
        next_one = Cause.objects.filter(about_id=other.pk)
        here.wait("the next post", lambda: rung(here, next_one.exists))
        here.kill("worker")
        transaction.set_rollback(True)


def one(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def rung(here: Stage, still: Callable[[], object]) -> bool:
    """Ring for the outbox as long as it is `still` so; whether it is over."""
    if not still():
        return True
    here.ring()
    time.sleep(0.2)
    return False


SCENARIOS = [
    Scenario("worker killed with -9 while it writes down who is told", killed, quick=1, full=20)
]
