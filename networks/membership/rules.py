"""Who may come back, how long a break may be, and what a name must be."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from peernet.lib.errors import Refused

SECOND_THOUGHTS = timedelta(minutes=10)  # in which somebody who left can come back by themselves
LONGEST_NAME = 120
LONGEST_BREAK = timedelta(days=366)


def check_return(reason: str, ended: datetime, now: datetime, *, own: bool) -> None:
    """Raises Refused unless a spell that ended (`reason` "left" or "removed") may go on: removed
    people are put back by others, people who left come back themselves, while it is fresh."""
    if own and reason == "left" and now - ended <= SECOND_THOUGHTS:
        return
    if own:
        raise Refused(_("Ask a coordinator to invite you again."))
    if reason != "removed":
        raise Refused(_("They left themselves. You can invite them again."))


def checked_name(typed: str) -> str:
    """A person's name without stray spaces. Raises Refused when there is none, or no end to it."""
    name = one_line(typed, LONGEST_NAME)
    if not name:
        raise Refused(_("Enter a name."))
    return name


def one_line(typed: str, longest: int) -> str:
    """What was typed, on one line. Raises Refused beyond `longest` characters."""
    line = " ".join(typed.split())
    if len(line) > longest:
        raise Refused(
            _("Use %(n)s characters or fewer: “%(line)s…”") % {"n": longest, "line": line[:40]}
        )
    return line


def check_break(back_on: date | None, today: date) -> None:
    """Raises Refused unless a break may last until `back_on` (None: until they say so)."""
    if back_on is None:
        return
    if back_on <= today:
        raise Refused(_("Choose a day that is still to come."))
    if back_on - today > LONGEST_BREAK:
        raise Refused(_("Choose a day within a year, or leave it empty."))
