"""How long things are kept: which, from when on, and the days of warning. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy as many

TALK, ANSWERS, ATTENDANCE = "talk", "answers", "attendance"
REQUESTS, INVITATIONS, LEFT = "requests", "invitations", "left"
WARNING = timedelta(days=14)  # between choosing a period and the first day that anything goes
REMINDED = timedelta(days=3)  # before that day, those who look after the network hear once more
MONTHS = (3, 6, 12, 24, 36, 60, 84, 120)


@dataclass(frozen=True)
class Kind:
    """One kind of thing: what goes, counted how, what stays, and the fewest months it is kept."""

    code: str
    title: Any
    goes: Any
    stays: Any
    counted: Any
    least: int


KINDS = (
    Kind(
        TALK,
        _("Threads"),
        _(
            "Words, titles and files of threads in which nobody wrote for that long, in every "
            "room. Pinned threads stay."
        ),
        _("That somebody wrote on a day stays, for the figures; nobody can open it."),
        many("%(num)d thread", "%(num)d threads", "num"),
        12,
    ),
    Kind(
        ANSWERS,
        _("Answers to sessions"),
        _("Who said yes, maybe or no to a session."),
        _("Who was there stays."),
        many("%(num)d answer", "%(num)d answers", "num"),
        3,
    ),
    Kind(
        ATTENDANCE,
        _("Participants files"),
        _("Zoom’s files: the names, addresses and minutes in them, and the names of guests."),
        _("That a member was there, and how many guests, stays, for the figures."),
        many("%(num)d file", "%(num)d files", "num"),
        6,
    ),
    Kind(
        REQUESTS,
        _("Requests to join"),
        _("Settled requests, and what was said in them."),
        _("Who became a member stays."),
        many("%(num)d request", "%(num)d requests", "num"),
        3,
    ),
    Kind(
        INVITATIONS,
        _("Invitations"),
        _("Names and addresses in invitations that were taken up or withdrawn."),
        _("Who became a member stays."),
        many("%(num)d invitation", "%(num)d invitations", "num"),
        3,
    ),
    Kind(
        LEFT,
        _("Details of people who left"),
        _(
            "Their breaks, choices of mail, what they could be asked about, and the house rules "
            "and other texts they agreed to."
        ),
        _("When they were members stays, and what they wrote."),
        many("%(num)d person", "%(num)d people", "num"),
        6,
    ),
)
BY_CODE: dict[str, Kind] = {one.code: one for one in KINDS}
CODES: list[tuple[str, Any]] = [(one.code, one.title) for one in KINDS]


def long(months: int | None) -> Any:
    """A period in words; None is for ever."""
    if months is None:
        return _("As long as the network is here")
    if months < 24:
        return many("%(num)d month", "%(num)d months", "num") % {"num": months}
    return many("%(num)d year", "%(num)d years", "num") % {"num": months // 12}


def choices(kind: Kind) -> list[tuple[str, Any]]:
    """Periods of the kind, as a form offers them: months, 0 for ever."""
    return [("0", long(None)), *((str(n), long(n)) for n in MONTHS if n >= kind.least)]


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def shorter(new: int, now: int | None) -> bool:
    """Whether the period takes away what stays now; `now`: None is for ever."""
    return now is None or new < now
