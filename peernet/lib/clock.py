"""The only clock. A file beside the data can move it, for every process at once: the demo and
the tests travel in time that way. A real site has no such file and refuses one."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def now() -> datetime:
    """The moment, aware, in UTC; moved by `travel` in demo and tests."""
    return datetime.now(UTC) + _offset()


def today(zone: str) -> date:
    """The date that a wall calendar in the IANA zone `zone` shows now."""
    return now().astimezone(ZoneInfo(zone)).date()


def midnight(day: date, zone: str) -> datetime:
    """The moment at which the day begins in the IANA zone `zone`."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def travel(to: datetime | None) -> None:
    """Move every process's clock so that it is `to` now; None brings it back.

    Raises ImproperlyConfigured outside demo mode and tests.
    """
    if not _may_travel():
        raise ImproperlyConfigured("The clock can be moved only in demo mode and in tests.")
    path = _file()
    if to is None:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str((to - datetime.now(UTC)).total_seconds()))


@lru_cache
def zones() -> frozenset[str]:
    """The IANA zones that this machine knows, without the odd ones nobody lives in."""
    odd = ("Etc/", "SystemV/", "US/", "posix", "right", "localtime", "Factory")
    return frozenset(z for z in available_timezones() if "/" in z and not z.startswith(odd))


def _may_travel() -> bool:
    return settings.DEMO or settings.TESTING


def _file() -> Path:
    return settings.VAR_DIR / "clock-offset"


def _offset() -> timedelta:
    if not _may_travel():
        return timedelta(0)
    try:
        return timedelta(seconds=float(_file().read_text()))
    except FileNotFoundError:
        return timedelta(0)
