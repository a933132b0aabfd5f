"""Dates, times, amounts and names in words: the same on a page, in a mail and in a download.

Moments are turned to the reader's zone, which is the active one unless a zone is named.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext, ngettext

from peernet.lib import clock as house_clock

SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}
MB = 1024 * 1024


def day(value: date | datetime, zone: str | None = None) -> str:
    """ "Tuesday 1 December"; with its year when that is not this year."""
    here = zone or timezone.get_current_timezone_name()
    return _day(value, "l j F", here, get_language(), house_clock.today(here).year)


def short_day(value: date | datetime, zone: str | None = None) -> str:
    """ "1 Dec", for tables and charts; with its year when that is not this year."""
    here = zone or timezone.get_current_timezone_name()
    return _day(value, "j M", here, get_language(), house_clock.today(here).year)


def leaf(value: date | datetime, zone: str | None = None) -> tuple[str, str, str]:
    """What stands on a leaf of a wall calendar: "Dec", "1", "Tue"."""
    here = zone or timezone.get_current_timezone_name()
    month_of, number_of, weekday = _day(value, "M|j|D", here, get_language(), 0).split("|")
    return month_of, number_of, weekday


def month(value: date | datetime, zone: str | None = None) -> str:
    """ "December 2026"."""
    here = zone or timezone.get_current_timezone_name()
    return _day(value, "F Y", here, get_language(), 0)


def clock(value: datetime, zone: str | None = None) -> str:
    """ "10am", "10:30am", "midday", "midnight"."""
    return _clock(value, zone or timezone.get_current_timezone_name(), get_language())


def when(value: datetime, zone: str | None = None) -> str:
    """ "Tuesday 1 December, 10am"."""
    return f"{day(value, zone)}, {clock(value, zone)}"


def ago(value: datetime, zone: str | None = None) -> str:
    """ "just now", "20 minutes ago", "3 hours ago", "yesterday", "2 days ago"; then the day."""
    return ages([value], zone)[0]


def ages(values: Iterable[datetime], zone: str | None = None) -> list[str]:
    """`ago` for each moment of a list, as of one moment; the clock is asked once."""
    here, now = zone or timezone.get_current_timezone_name(), house_clock.now()
    today = now.astimezone(ZoneInfo(here)).date()
    return [_ago(value, now, today, here) for value in values]


def _ago(value: datetime, now: datetime, today: date, here: str) -> str:
    minutes = int((now - value).total_seconds() // 60)
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    days = (today - value.astimezone(ZoneInfo(here)).date()).days
    if days == 0 or minutes < 6 * 60:
        hours = minutes // 60
        return ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours}
    if days == 1:
        return gettext("yesterday")
    if days < 7:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    return _day(value, "l j F", here, get_language(), today.year)


def length(value: timedelta | int) -> str:
    """A length of time, or a number of minutes: "90 minutes", "2 hours", "1 hour"."""
    minutes = value if isinstance(value, int) else int(value.total_seconds() // 60)
    if minutes and minutes % 60 == 0:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def iso(value: datetime) -> str:
    """ "2026-12-01T10:00:00+00:00", for machines: the datetime of a <time>."""
    return value.isoformat(timespec="seconds")


def number(value: int | float | Decimal, places: int = 1) -> str:
    """ "12,480", "3.5": at most `places` decimals, and none that are only noughts."""
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def size(count: int) -> str:
    """ "1.2 MB", "240 KB": of so many bytes."""
    if count >= MB:
        return gettext("%(n)s MB") % {"n": number(count / MB)}
    return gettext("%(n)s KB") % {"n": number(max(1, round(count / 1024)))}


def signed(value: float) -> str:
    """ "+0.4", "−1.2", "0.0": a difference, with its sign and one decimal."""
    shown = round(value, 1)
    return f"{'+' if shown > 0 else '−' if shown < 0 else ''}{abs(shown):.1f}"


def money(value: Decimal | int, currency: str = "GBP") -> str:
    """ "£750,000", "£12.50", "-£3": an amount in whole units of `currency`."""
    places = 0 if value == int(value) else 2
    mark = SYMBOLS.get(currency, f"{currency} ")
    return f"{'-' if value < 0 else ''}{mark}{abs(value):,.{places}f}"


def initials(name: str) -> str:
    """ "Amina Begum-Shah" is "AB": of the first and the last word, at most two letters."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper() or "?"


def listed(items: list[str] | tuple[str, ...]) -> str:
    """ "Ann", "Ann and Bo", "Ann, Bo and Cy"."""
    *first, last = items
    if not first:
        return last
    return gettext("%(some)s and %(last)s") % {"some": ", ".join(first), "last": last}


@lru_cache(10_000)
def _day(value: date | datetime, form: str, zone: str, _language: str | None, year: int) -> str:
    there = value.astimezone(ZoneInfo(zone)) if isinstance(value, datetime) else value
    if year and there.year != year:
        form += " Y"
    return formats.date_format(there, form, use_l10n=False)


@lru_cache(10_000)
def _clock(value: datetime, zone: str, _language: str | None) -> str:
    there = value.astimezone(ZoneInfo(zone))
    if (there.hour, there.minute) == (0, 0):
        return gettext("midnight")
    if (there.hour, there.minute) == (12, 0):
        return gettext("midday")
    hour = there.hour % 12 or 12
    time = f"{hour}:{there.minute:02}" if there.minute else f"{hour}"
    return (gettext("%(time)sam") if there.hour < 12 else gettext("%(time)spm")) % {"time": time}
