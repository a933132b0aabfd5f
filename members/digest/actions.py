"""Writing the weekly mails that fell due: each once for a person and a week."""

from members.notices.actions import tell
from members.notices.queries import last_beat
from peernet.lib import clock

from . import queries, rules


def write_due() -> int:
    """Write the weekly mails that fell due since the last time; returns how many.

    Safe at any moment and from any number of workers: the notice's key holds one row for each
    person and week. After a standstill each gets one mail, however many weeks it lasted.
    """
    now = clock.now()
    since = last_beat("digest") or now  # the very first tick of a site looks back at nothing
    written = 0
    for zone, day, hour in queries.rhythms():
        due = rules.last_due(now, zone, day, hour)
        if due > since:
            written += tell(
                queries.readers(zone, day, hour), "digest", rules.week_of(due, zone), due=due
            )
    return written
