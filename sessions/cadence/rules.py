"""A rhythm as a rule: what we accept, how we say it, and which dates it gives. Pure.

Wall-clock time is the truth: dates are counted on naive local times, and the zone comes last.
The rules are the part of RFC 5545's RRULE that dateutil counts rightly (features-sessions.md 3.1).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peernet.lib import words
from peernet.lib.words import listed

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY}
UNTIL_FORM = "%Y%m%dT%H%M%SZ"
HORIZON_SLOTS, HORIZON_DAYS = 8, 180  # made ahead: 8 dates or 180 days, whichever is later


class BadRule(ValueError):
    """A rule outside our part of RFC 5545; the message names what is wrong."""


@dataclass(frozen=True)
class Rule:
    """A rhythm. `days` are weekdays (0 is Monday), each with its ordinal (0: every one)."""

    frequency: str
    interval: int = 1
    days: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    count: int | None = None
    until: datetime | None = None  # UTC, itself included

    def __str__(self) -> str:
        days = ",".join(f"{ordinal or ''}{DAYS[day]}" for day, ordinal in self.days)
        parts = {
            "FREQ": self.frequency,
            "INTERVAL": self.interval if self.interval > 1 else "",
            "BYMONTH": _joined(self.months),
            "BYMONTHDAY": _joined(self.month_days),
            "BYDAY": days,
            "BYSETPOS": _joined(self.positions),
            "COUNT": self.count or "",
            "UNTIL": self.until.strftime(UNTIL_FORM) if self.until else "",
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)


# --- Reading ---------------------------------------------------------------------------------


def parse(text: str) -> Rule:
    """The rule that an RRULE's value states. Raises BadRule for all we cannot count rightly."""
    parts: dict[str, str] = {}
    for part in text.upper().split(";"):
        name, equals, value = part.partition("=")
        if not (equals and value) or name in parts:
            raise BadRule(f"{part or 'an empty part'} cannot be read")
        parts[name] = value
    if parts.pop("WKST", "MO") != "MO":
        raise BadRule("weeks start on Monday")
    frequency = parts.pop("FREQ", "")
    if frequency not in FREQUENCIES:
        raise BadRule("FREQ must be DAILY, WEEKLY or MONTHLY")
    found: dict[str, Any] = {
        field: read(parts.pop(name)) for name, field, read in _PARTS if name in parts
    }
    if parts:
        raise BadRule(f"{', '.join(parts)} is not counted here")
    rule = Rule(frequency, **found)
    _check(rule)
    return rule


def _check(rule: Rule) -> None:
    """Refuse what RFC 5545 forbids, or dateutil counts otherwise than everybody else."""
    if rule.count and rule.until:
        raise BadRule("COUNT and UNTIL exclude each other")
    if rule.frequency != "MONTHLY" and (rule.positions or any(n for _day, n in rule.days)):
        raise BadRule("BYSETPOS and ordinals belong to MONTHLY")
    if rule.frequency == "WEEKLY" and rule.month_days:
        raise BadRule("BYMONTHDAY does not belong to WEEKLY")
    if rule.positions and not (rule.days or rule.month_days):
        raise BadRule("BYSETPOS needs something to choose from")


def _numbers(low: int, high: int, *, signed: bool = False):
    def read(value: str) -> tuple[int, ...]:
        found = tuple(_number(item) for item in value.split(","))
        if not all(low <= (abs(n) if signed else n) <= high for n in found):
            raise BadRule(f"{value} is not between {low} and {high}")
        return tuple(sorted(set(found)))

    return read


def _one(low: int, high: int):
    def read(value: str) -> int:
        (found,) = _numbers(low, high)(_alone(value))
        return found

    return read


def _alone(value: str) -> str:
    if "," in value:
        raise BadRule(f"{value} should be one number")
    return value


def _number(text: str) -> int:
    digits = text[1:] if text[:1] in "+-" else text
    if not (digits.isascii() and digits.isdigit() and len(digits) < 5):
        raise BadRule(f"{text} is not a number")
    return int(text)


def _weekdays(value: str) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({_weekday(item) for item in value.split(",")}))


def _weekday(item: str) -> tuple[int, int]:
    if item[-2:] not in DAYS:
        raise BadRule(f"{item} is not a weekday")
    ordinal = _number(item[:-2]) if item[:-2] else 0
    if item[:-2] and not 1 <= abs(ordinal) <= 5:
        raise BadRule(f"{item} is not in every month")
    return DAYS.index(item[-2:]), ordinal


def _moment(value: str) -> datetime:
    try:
        return datetime.strptime(value, UNTIL_FORM).replace(tzinfo=UTC)
    except ValueError:
        raise BadRule(f"{value} is not a moment in UTC") from None


_PARTS = (
    ("INTERVAL", "interval", _one(1, 26)),
    ("BYDAY", "days", _weekdays),
    ("BYMONTHDAY", "month_days", _numbers(1, 31, signed=True)),
    ("BYMONTH", "months", _numbers(1, 12)),
    ("BYSETPOS", "positions", _numbers(1, 31, signed=True)),
    ("COUNT", "count", _one(1, 200)),
    ("UNTIL", "until", _moment),
)


def _joined(numbers: tuple[int, ...]) -> str:
    return ",".join(str(n) for n in numbers)


# --- Counting --------------------------------------------------------------------------------


def dates(rule: Rule, first: datetime, zone: str) -> Iterator[datetime]:
    """The local starts of the rhythm (naive wall-clock times), in order, perhaps without end.

    `first` is the naive local time of the first one, which must be a date of the rule.
    """
    found = iter(
        rrule.rrule(
            FREQUENCIES[rule.frequency],
            dtstart=first,
            interval=rule.interval,
            byweekday=[rrule.weekday(day, ordinal or None) for day, ordinal in rule.days] or None,
            bymonthday=rule.month_days or None,
            bymonth=rule.months or None,
            bysetpos=rule.positions or None,
            wkst=rrule.MO,
            count=rule.count,
        )
    )
    # dateutil refuses a naive start with an UNTIL in UTC, so the end is ours to see.
    if rule.until is None:
        return found
    end = rule.until
    return takewhile(lambda local: instant(local, zone) <= end, found)


def horizon(rule: Rule, first: datetime, zone: str, now: datetime) -> Iterator[datetime]:
    """The local starts to have ready at `now` (aware): the past ones, and 8 more or all within
    180 days, whichever reaches farther."""
    ahead = 0
    for local in dates(rule, first, zone):
        start = instant(local, zone)
        if start > now + timedelta(days=HORIZON_DAYS) and ahead >= HORIZON_SLOTS:
            return
        ahead += start > now
        yield local


def instant(local: datetime, zone: str) -> datetime:
    """When a wall-clock time is, in UTC.

    Of an hour that comes twice, the first. A time that the clocks skip is moved on by what they
    skip: people meet, so a date is never lost.
    """
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def wall(moment: datetime, zone: str) -> datetime:
    """The naive wall-clock time of an instant."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def slot(local: datetime) -> str:
    """The lasting name of a date of a rhythm: its first local start, "2026-03-03T10:00"."""
    return local.isoformat(timespec="minutes")


def is_past_cover(cover: date | None, *days: date) -> bool:
    """Whether one of the days lies after the last funded one (None: never funded, so no end)."""
    return cover is not None and max(days) > cover


# --- Choosing --------------------------------------------------------------------------------

ONCE, MONTHLY = "once", "monthly"
WEEKS = (1, 2, 3, 4, 6)


def chosen(rhythm: str, first: date) -> Rule | None:
    """The rule for a choice on the planning page ("once", "1" to "6" weeks, "monthly").

    The first date says the weekday and, for "monthly", which one of the month: the fifth is "the
    last", because not every month has five.
    """
    if rhythm == ONCE:
        return None
    if rhythm == MONTHLY:
        nth = (first.day - 1) // 7 + 1
        return Rule("MONTHLY", days=((first.weekday(), nth if nth < 5 else -1),))
    return Rule("WEEKLY", interval=int(rhythm), days=((first.weekday(), 0),))


# --- Saying ----------------------------------------------------------------------------------


def plain(rule: Rule, first: date) -> str:
    """The rule in words: "every three weeks on Tuesday", "on the first Tuesday of each month"."""
    said = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly}[rule.frequency](rule, first)
    if rule.months:
        said += _(", only in %(months)s") % {"months": listed([_month(n) for n in rule.months])}
    if rule.count:
        said += ngettext(", %(n)s time", ", %(n)s times", rule.count) % {"n": rule.count}
    return said


def sentence(rule: Rule, first: datetime, zone: str) -> str:
    """ "every three weeks on Tuesday at 10am, London time"."""
    return _("%(rule)s at %(time)s, %(zone)s") % {
        "rule": plain(rule, first.date()),
        "time": clock_words(first.time()),
        "zone": zone_words(zone),
    }


def _daily(rule: Rule, first: date) -> str:
    said = _every(rule.interval, _("every day"), _("every %(n)s days"))
    if rule.days:
        said += _(" if it is a %(days)s") % {"days": listed([weekday(d) for d, _n in rule.days])}
    return said


def _weekly(rule: Rule, first: date) -> str:
    days = [weekday(day) for day, _n in rule.days] or [weekday(first.weekday())]
    every = _every(rule.interval, _("every week"), _("every %(n)s weeks"))
    return _("%(every)s on %(days)s") % {"every": every, "days": listed(days)}


def _monthly(rule: Rule, first: date) -> str:
    every = _every(rule.interval, _("of each month"), _("of every %(n)s months"))
    if rule.days and not rule.positions:
        days = [
            _("%(nth)s %(day)s") % {"nth": _nth(n), "day": weekday(day)} if n else weekday(day)
            for day, n in rule.days
        ]
    elif rule.positions:
        among = listed([weekday(day) for day, _n in rule.days] or [str(d) for d in rule.month_days])
        days = [
            _("%(nth)s of %(among)s") % {"nth": _nth(n), "among": among} for n in rule.positions
        ]
    else:
        days = [
            _("day %(n)s") % {"n": n} if n > 0 else _("%(nth)s day") % {"nth": _nth(n)}
            for n in rule.month_days or (first.day,)
        ]
    return _("on the %(days)s %(every)s") % {"days": listed(days), "every": every}


def _every(n: int, one: str, more: str) -> str:
    counted = {2: _("two"), 3: _("three"), 4: _("four"), 5: _("five"), 6: _("six")}
    return one if n == 1 else more % {"n": counted.get(n, n)}


def _nth(n: int) -> str:
    named = {
        1: _("first"), 2: _("second"), 3: _("third"), 4: _("fourth"), 5: _("fifth"), -1: _("last"),
    }  # fmt: skip
    return named.get(n) or (_("%(n)sth") if n > 0 else _("%(n)sth to last")) % {"n": abs(n)}


def weekday(n: int) -> str:
    """The name of a day of the week; 0 is Monday."""
    return [
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
        _("Sunday"),
    ][n]  # fmt: skip


def _month(n: int) -> str:
    return [
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"),
        _("August"), _("September"), _("October"), _("November"), _("December"),
    ][n - 1]  # fmt: skip


def zone_words(zone: str) -> str:
    """ "London time"."""
    return _("%(place)s time") % {"place": zone.rpartition("/")[2].replace("_", " ")}


def clock_words(at: time) -> str:
    """ "10am", "10:30am", "midday": a wall-clock time, of whichever day."""
    return words.clock(datetime.combine(date.min, at, UTC), "UTC")


# --- Before saving ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Ahead:
    """A date as it will be: its local start, and what there is to say about it."""

    local: datetime
    moved_by_clocks: bool  # its time does not exist that day: it starts later by the gap
    unsure: bool  # after the last funded day

    @property
    def day(self) -> date:
        return self.local.date()


def ahead(rule: Rule | None, first: datetime, zone: str, cover: date | None) -> Iterator[Ahead]:
    """The dates that a plan would make, in order (one, when there is no rule)."""
    for local in dates(rule, first, zone) if rule else iter([first]):
        real = wall(instant(local, zone), zone)
        yield Ahead(real, real != local, is_past_cover(cover, local.date(), real.date()))
