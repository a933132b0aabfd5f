"""The mail server is slow, says "later" or "never", or takes a mail and does not say so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from statistics import median, quantiles

from django.test import Client

from members.notices.actions import TRIES
from members.notices.models import Notice, NoticeState
from members.people.models import Person
from networks.network.models import Network
from peernet.lib import clock
from peernet.pages import health
from tests import cast

from . import Result, Scenario
from .letters import counted, crowd, tell, waiting
from .sink import LATER, LOST, NEVER, TAKEN, Try
from .stage import PATIENCE, Stage, stage
from .visitor import BACKEND, Visitor

ROUNDS, VISITS = 5, 60
HUNDREDTHS = 100


def later(one: Try) -> str:
    """451 to three tries in ten; not for ever to the same address, which is another promise."""
    return LATER if one.number < TRIES and one.one_in(0.3) else TAKEN


def lost(one: Try) -> str:
    """No answer to one try in five."""
    return LOST if one.one_in(0.2) else TAKEN


def both(one: Try) -> str:
    return LOST if one.one_in(0.2) else later(one)


def taken(_one: Try) -> str:
    return TAKEN


def troubled(times: int, answer: Callable[[Try], str], **said: str) -> Result:
    """A letter to each of so many people."""
    with stage() as here:
        here.sink.answer = answer
        tell(crowd(times))
        start(here, **said)
        finish(here)
        return counted(here.sink.taken)


def start(here: Stage, **said: str) -> None:
    here.beat()
    here.worker(**said)
    here.ring()


def finish(here: Stage) -> None:
    """See every letter through, and do not sit through the minutes between two tries."""
    while waiting():
        here.wait("a pass", lambda: not Notice.objects.due(clock.now()).exists() and not leased())
        rows = Notice.objects.waiting().values_list("due_at", "leased_until")
        if ahead := [max(moment for moment in row if moment) for row in rows]:
            clock.travel(max(min(ahead), clock.now()) + timedelta(minutes=1))
            here.ring()


def leased() -> bool:
    return Notice.objects.filter(state=NoticeState.LEASED).exists()


# --- Never ---------------------------------------------------------------------------------------


def refused(times: int, others: Callable[[Try], str] = taken) -> Result:
    """Four letters to each of so many people, of whom every fifth has an address that is gone;
    `others` is the answer to the rest."""
    with stage() as here:
        place = crowd(times)
        dan = cast.coordinator(place)
        gone = list(Person.objects.filter(name__startswith="Member").order_by("pk"))[::5]
        addresses = {person.email for person in gone}
        here.sink.answer = lambda one: NEVER if one.to in addresses else others(one)
        start(here)
        for _letter in range(4):
            tell(place)
            here.ring()
            finish(here)
        result = counted(here.sink.taken, without=addresses)
        return replace(result, broken=(*result.broken, *treated(here, addresses, place, dan)))


def treated(here: Stage, gone: set[str], place: Network, dan: Person) -> list[str]:
    """What else is promised: two tries, never one more, and those who can help see it."""
    wrong = []
    if tries := {here.sink.tries[to] for to in gone} - {2}:
        wrong.append(f"addresses that are gone were tried {sorted(tries)} times, not 2")
    reason = "refused this address twice"
    if reason not in page(dan, f"/n/{place.slug}/sent/?state=dropped"):
        wrong.append("the coordinator does not see why the rest was not sent")
    if f"{2 * len(gone)} messages did not arrive" not in page(dan, f"/n/{place.slug}/run/"):
        wrong.append("the coordinator's tasks do not say that mail did not arrive")
    person = Person.objects.get(email=sorted(gone)[0])
    if "refused our mail" not in page(person, "/you/"):
        wrong.append("the person does not see that their address does not work")
    return wrong


def page(reader: Person, path: str) -> str:
    browser = Client()
    browser.force_login(reader, backend=BACKEND)
    return browser.get(path).content.decode()


# --- Slow ----------------------------------------------------------------------------------------


def slow(seconds: int) -> Result:
    """Each letter takes so long; the pages answer as fast as ever, and no other job is held up."""
    with stage() as here:
        place, large = crowd(4), crowd(24)
        path = f"/n/{place.slug}/sessions/{tell(place).pk}/"
        late: set[str] = set()
        since = clock.now()
        here.web()
        start(here)
        visitor = here.visitor(Person.objects.filter(memberships__network=place).first())
        finish(here)
        idle, busy, wrong = [], [], []
        for _round in range(ROUNDS):
            here.sink.seconds = 0
            idle.append(p95(visitor, path, wrong))
            here.sink.seconds = seconds
            tried = here.sink.tries.total()
            tell(place)
            here.ring()
            here.wait("a slow letter", lambda tried=tried: here.sink.tries.total() > tried)
            busy.append(p95(visitor, path, wrong))
            here.wait("the slow letters", lambda: not waiting(), 10 * seconds + PATIENCE)
        tell(large)
        done = partial(all_sent, since, late)
        here.wait("many slow letters", done, 24 * seconds + PATIENCE)
        wrong += [f"job {name} was held up" for name in late]
        before, meanwhile = median(idle) * 1000, median(busy) * 1000
        if meanwhile > 1.1 * before:
            wrong.append("the pages became slower")
        result = counted(here.sink.taken)
        seen = f"p95 of a page {before:.0f} ms, meanwhile {meanwhile:.0f} ms"
        return replace(result, broken=(*result.broken, *wrong[:5]), seen=seen)


def all_sent(since: datetime, late: set[str]) -> bool:
    """Whether nothing is waiting any more; adds to `late` the jobs that are now."""
    late.update(job.name for job in health.jobs(since) if job.late)
    return not waiting()


def p95(visitor: Visitor, path: str, wrong: list[str]) -> float:
    """Seconds within which 95 of 100 of its visits were answered."""
    came = [visitor.get(path) for _visit in range(VISITS)]
    wrong += [f"{path} answered {one.status}" for one in came if one.status != 200]
    return quantiles([one.seconds for one in came], n=HUNDREDTHS)[94]


SCENARIOS = [
    Scenario("SMTP slow, for seconds a letter", slow, quick=0, full=30),
    Scenario("SMTP: 451 to 30 %", partial(troubled, answer=later), quick=0, full=500),
    Scenario("SMTP: 550 to every fifth, four letters each", refused, quick=0, full=100),
    Scenario(
        "SMTP: answer lost for 20 %", partial(troubled, answer=lost), quick=0, full=500,
        most_doubled=lambda letters: letters,
    ),
    Scenario(
        "SMTP: 550, 451 and lost answers at once", partial(refused, others=both), quick=6,
        full=100, most_doubled=lambda people: 4 * people,
    ),
]  # fmt: skip
