"""What a handover needs of its days, and what is next in it."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from peernet.lib.errors import Refused

OVERLAP = timedelta(days=30)
LONGEST = timedelta(days=366)
WAIT, ALARM, OVERLAPS, ENDS = "wait", "alarm", "overlaps", "ends"


def check_days(starts_on: date, ends_on: date, today: date) -> None:
    """Raises Refused unless two people may overlap from one day to the other."""
    if ends_on < starts_on:
        raise Refused(_("The last day comes before the first. Choose a later last day."))
    if ends_on < today:
        raise Refused(_("Choose a last day that is still to come."))
    if ends_on - min(starts_on, today) > LONGEST:
        raise Refused(_("Choose days within a year."))


def step(*, agreed: bool, leaver_holds: bool, starts_on: date, ends_on: date, today: date) -> str:
    """What is due today. Nothing is handed over to nobody: until somebody has agreed to follow it
    waits, and once the last day is past the leaver hears that nobody has. A leaver who holds the
    place no longer overlaps with nobody, so that whoever agreed gets everything at once."""
    if not agreed:
        return ALARM if today > ends_on else WAIT
    if not leaver_holds or today > ends_on:
        return ENDS
    return OVERLAPS if today >= starts_on else WAIT
