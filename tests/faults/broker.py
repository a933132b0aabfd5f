"""Valkey, which carries the bell and the counts of tries, forgets everything or goes away."""

import time

from networks.discussions.models import Post
from networks.network.models import Network
from peernet.lib import clock
from tests import cast

from . import Result, Scenario
from .letters import counted, crowd, tell, waiting
from .stage import Stage, stage
from .visitor import Visitor

LATEST = 90.0  # seconds after its return
BATCH = 50
TOLD = 3  # batches while it is away


def flushed(times: int) -> Result:
    """FLUSHALL so many times, each in the middle of a batch."""
    with stage() as here:
        here.sink.seconds = 0.02
        place = crowd(BATCH)
        here.beat()
        here.worker()
        for number in range(times):
            tell(place)
            half = number * BATCH + BATCH // 2
            here.wait("half a batch", lambda half=half: len(here.sink.taken) >= half)
            here.flush_valkey()
        last = clock.now()
        here.wait("the rest", lambda: not waiting())
        return counted(here.sink.taken, since=last)


def away(seconds: int) -> Result:
    """Stop it for so long; people go on meanwhile, and what they cause is mailed afterwards.

    No watch runs here, which would do the sending itself: this is what beat and worker can do.
    """
    with stage() as here:
        place = crowd(BATCH)
        ann = cast.member(place, "Ann Lee")
        thread, _post = cast.thread(place, ann)
        meeting = tell(place)
        here.beat()
        here.worker()
        here.web()
        here.wait("the first batch", lambda: not waiting())
        visitor = here.visitor(ann)
        pages = ["/", f"/n/{place.slug}/", f"/n/{place.slug}/talk/{thread.pk}/"]
        pages += [f"/n/{place.slug}/talk/", f"/n/{place.slug}/sessions/{meeting.pk}/"]
        here.stop_valkey()
        broken = meanwhile(here, place, visitor, pages, seconds)
        here.start_valkey()
        back = clock.now()
        here.wait("what was told meanwhile", lambda: not waiting())
        result = counted(here.sink.taken, since=back)
        return Result(
            result.of, result.lost, result.doubled, result.late, (*result.broken, *broken)
        )


def meanwhile(
    here: Stage, place: Network, visitor: Visitor, pages: list[str], seconds: int
) -> list[str]:
    """Walk the pages, reply and tell until the time is over; what did not go as always."""
    broken: list[str] = []
    written, told, began = 0, 0, time.monotonic()
    thread = next(page for page in pages if "/talk/" in page)
    while not written or time.monotonic() < began + seconds:
        came = {page: visitor.get(page).status for page in pages}
        broken += [f"{page} answered {status}" for page, status in came.items() if status != 200]
        written += 1
        reply = visitor.press(thread, "#reply", text=f"Reply {written}")
        if reply.status != 302:
            broken.append(f"a reply was answered with {reply.status}")
        if time.monotonic() >= began + told * seconds / TOLD:
            told += 1
            tell(place)
        time.sleep(0.5)
    kept = Post.objects.filter(text__startswith="Reply ").count()
    if kept != written:
        broken.append(f"{kept} of {written} replies were kept")
    return broken[:5]


SCENARIOS = [
    Scenario("broker emptied by FLUSHALL", flushed, quick=1, full=5, latest=LATEST),
    Scenario("broker down for seconds, the pages work", away, quick=4, full=600, latest=LATEST),
]
