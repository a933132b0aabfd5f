"""When somebody's weekly mail is due, what it covers, and in which order it is read. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
LONGEST = timedelta(days=28)  # after a longer silence the page is the better place to catch up
# A post written just before and not yet in sight belongs to the next mail, and to no other.
MARGIN = timedelta(minutes=1)


class Item(NamedTuple):
    """One thing to read. `note`: a line about it. `address`: whole, of a page. `new`: worth a mail;
    what is not goes along with what is."""

    network: str
    title: str
    note: str
    address: str
    new: bool = True


def last_due(now: datetime, zone: str, day: int, hour: int) -> datetime:
    """The latest moment up to `now` at which the weekly mail of somebody in the IANA zone was
    due; `day` 0 is Monday, `hour` on their own clock. UTC."""
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    due = datetime.combine(today - timedelta(days=(today.weekday() - day) % 7), time(hour), here)
    if due > now:
        due = datetime.combine(due.date() - WEEK, time(hour), here)
    return due.astimezone(UTC)


def week_of(due: datetime, zone: str) -> int:
    """The week of the calendar that a weekly mail is for: 202649 is week 49 of 2026 (ISO 8601)."""
    year, week, _day = due.astimezone(ZoneInfo(zone)).isocalendar()
    return year * 100 + week


def covered(written: datetime, before: datetime | None) -> tuple[datetime, datetime]:
    """From when until when a mail tells, that was written down at `written`; `before`: when the
    last one that went was. Each follows on from the other, so that nothing is told twice or never;
    somebody's first one reaches back four weeks."""
    until = written - MARGIN
    earliest = until - LONGEST
    return (max(before - MARGIN, earliest) if before else earliest), until


def by_network(items: Iterable[Item]) -> list[tuple[str, list[Item]]]:
    """The items under the names of their networks, by name; within one in the order given."""
    rows = sorted(items, key=lambda item: item.network.casefold())
    return [(name, list(found)) for name, found in groupby(rows, key=lambda item: item.network)]
