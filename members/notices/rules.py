"""When a person may be disturbed, and what a mail server's answer means. Pure: hours are wall-clock
hours in the person's zone."""

import re
from datetime import UTC, datetime, time, timedelta
from enum import Enum, IntEnum
from zoneinfo import ZoneInfo

QUIET_FROM, QUIET_UNTIL = time(20), time(8)  # decisions.md: 20:00-08:00 and Sunday
SUNDAY = 6
# A message that cannot wait until morning must be read before its session, not during it.
LAST_USEFUL = timedelta(minutes=30)
PUT_OFF = timedelta(minutes=1)  # when a mail server in trouble is next asked for the same letter
LOOK_AGAIN = timedelta(days=1)  # at what waits for the end of a break, should nobody end it


REFUSALS = 2  # so many in a row, and an address gets nothing any more
GIVEN_UP = timedelta(days=30)  # then it is tried anew
NO_MAILBOX = {550, 551, 553}  # RFC 5321 4.2.3
ABOUT = re.compile(r"5\.(\d+)\.\d+")  # RFC 3463: 5.1.x is about the address, 5.7.x about us


class Hearing(Enum):
    """How somebody stands to what a network has to tell."""

    ALL = "all"
    BREAK = "break"  # they take a break: most of it waits, and what does not keep is left out
    CLOSED = "closed"  # the network is closed: no reminders, no digests
    FUNDER = "funder"  # they sit for its funder and are not in it: only what is for funders
    NOTHING = "nothing"  # they are not in it any more


class Scope(IntEnum):
    """What one press in a mail stops. The numbers stand in the links of mails: never reuse one."""

    WEEKLY = 1  # the weekly mail, of all networks
    TALK = 2  # all mail about talk, of one network
    REMINDERS = 3  # all reminders of sessions, of one network
    THREAD = 4  # mail about one thread


def is_quiet(moment: datetime, zone: str) -> bool:
    """Whether `moment` falls into the quiet hours of somebody living in the IANA zone."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.weekday() == SUNDAY or not QUIET_UNTIL <= local.time() < QUIET_FROM


def next_waking(moment: datetime, zone: str) -> datetime:
    """The first moment from `moment` on that is not quiet; UTC."""
    here = ZoneInfo(zone)
    local = moment.astimezone(here)
    while is_quiet(local, zone):
        morning = local.replace(hour=QUIET_UNTIL.hour, minute=0, second=0, microsecond=0, fold=0)
        local = morning if morning > local else morning + timedelta(days=1)
    return local.astimezone(UTC)


def last_waking(moment: datetime, zone: str) -> datetime:
    """The last whole minute up to `moment` that is not quiet; UTC."""
    here = ZoneInfo(zone)
    local = moment.astimezone(here)
    while is_quiet(local, zone):
        evening = local.replace(hour=QUIET_FROM.hour, minute=0, second=0, microsecond=0, fold=0)
        evening -= timedelta(minutes=1)
        local = evening if evening < local else evening - timedelta(days=1)
    return local.astimezone(UTC)


def considerate(due: datetime, zone: str, start: datetime | None) -> datetime:
    """When to send what is due at `due` about something that starts at `start`, in UTC.

    In quiet hours it waits for morning, unless that would come later than 30 minutes before
    the start; then it is sent before the quiet hours began (features-sessions.md row 20).
    """
    if not is_quiet(due, zone):
        return due.astimezone(UTC)
    morning = next_waking(due, zone)
    if start is None or morning <= start - LAST_USEFUL:
        return morning
    return last_waking(due, zone)


def is_no_address(code: int, said: str) -> bool:
    """Whether a mail server's answer means that nobody reads mail there, as far as it tells: not
    that it does not want this letter, or none of ours."""
    about = ABOUT.match(said)
    return code in NO_MAILBOX and (about is None or about[1] == "1")


def retry_after(attempts: int) -> timedelta:
    """How long to wait after the mail server said "later": 1, 2, 4 … minutes, at most 2 hours."""
    return min(timedelta(minutes=2 ** max(attempts - 1, 0)), timedelta(hours=2))
