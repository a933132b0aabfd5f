"""Two beats ring for everything twice, and three workers hear them."""

import time
from datetime import timedelta

from members.notices.models import Notice
from networks.network.models import Network
from peernet.lib import clock
from tests import cast

from . import Result, Scenario
from .letters import counted, crowd, tell, waiting
from .stage import stage

PEOPLE = 10
LONG = 60  # seconds from which on the beats' own reminders come in time


def doubled_bell(seconds: int) -> Result:
    """For so long, tell of sessions and let reminders fall due."""
    with stage() as here:
        place = crowd(PEOPLE)
        for name in ("worker", "worker-2", "worker-3"):
            here.worker(name)
        for name in ("beat", "beat-2"):
            here.beat(name)
        rounds, until = 0, time.monotonic() + seconds
        while not rounds or time.monotonic() < until:
            rounds += 1
            tell(place)
            to_be_reminded_of(place)
            for _each in range(6):  # six processes at once, as when both beats ring together
                here.ring("sessions.meetings.tasks.tick_reminders")
                here.ring()
            time.sleep(min(5, seconds / 2))
        if seconds < LONG:
            # A clock put forward ends the lease of what is just being sent.
            here.wait(
                "what is on its way", lambda: not Notice.objects.overdue(clock.now()).exists()
            )
            clock.travel(clock.now() + timedelta(minutes=3))
            here.ring("sessions.meetings.tasks.tick_reminders")
        here.wait("every reminder", lambda: reminders() >= rounds * PEOPLE and not waiting())
        result = counted(here.sink.taken)
        wrong = reminders() - rounds * PEOPLE
        extra = (f"{wrong} reminders too many",) if wrong else ()
        return Result(result.of, result.lost, result.doubled, broken=(*result.broken, *extra))


def to_be_reminded_of(place: Network) -> None:
    """A session of whose last day everybody is reminded within two minutes."""
    cast.session(place, clock.now() + timedelta(days=1, minutes=2))


def reminders() -> int:
    return Notice.objects.filter(kind="reminder").count()


SCENARIOS = [
    Scenario("two beats and three workers, for seconds", doubled_bell, quick=4, full=600),
]
