"""kill -9 in the middle of a batch: the whole worker, or the process in it that is sending."""

import random
import time
from dataclasses import replace
from datetime import timedelta

from members.notices.actions import LEASE
from members.notices.models import Notice
from peernet.lib import clock

from . import Result, Scenario
from .letters import counted, crowd, tell, waiting
from .stage import Stage, stage

LATEST = LEASE.total_seconds() + 90
A_KILL = 25  # letters for each kill
MANY = 10


def killed(times: int, letters: int = A_KILL, seconds: float = 0.02, **said: str) -> Result:
    """Kill so many times in a batch of so many `letters` each, over which the mail server takes so
    long; `said` goes to the workers' environment."""
    chance = random.Random()
    with stage() as here:
        here.sink.seconds, tries = seconds, here.sink.tries
        tell(crowd(times * letters))
        here.beat()
        here.worker(**said)
        for number in range(times):
            at = number * letters + chance.randrange(1, letters)
            here.wait("more letters", lambda at=at: tries.total() >= at or not waiting())
            time.sleep(chance.uniform(0, 0.05))
            kill_one(here, whole=number % 2 == 0, **said)
        last = clock.now()
        if times < MANY:
            clock.travel(last + LEASE + timedelta(seconds=1))  # do not sit through the leases
        here.wait("the rest", lambda: not waiting())
        result = counted(here.sink.taken, since=last)
        in_hand = Notice.objects.filter(doubtful=True).count()
        return replace(result, seen=f"{in_hand} letters were in hand when a worker died")


def kill_one(here: Stage, *, whole: bool, **said: str) -> None:
    """All of the worker, which is then started again as Docker does; or a random process of it,
    as when memory runs out."""
    children = here.process("worker").children()
    if whole or not children:
        here.kill("worker")
        here.worker(**said)
    else:
        here.kill("worker", only=random.choice(children))


SCENARIOS = [
    Scenario(
        "worker killed with -9 in a batch", killed, quick=2, full=20,
        most_doubled=lambda kills: kills, latest=LATEST,
    )
]  # fmt: skip
