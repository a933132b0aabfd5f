"""How often an invitation may be sent, what a name must be, and who may read an address."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peernet.lib.errors import Refused

LETTERS = 6  # the first one, and five times again
PAUSE = timedelta(minutes=5)
SECOND_THOUGHTS = timedelta(minutes=10)  # in which somebody who left can come back by themselves
INVITED_A_DAY = 5  # invitations to one address: withdrawing must not be a way round LETTERS
LONGEST_NAME = 120


def check_letters(times_sent: int) -> None:
    """Raises Refused when an invitation went out as often as it may."""
    if times_sent >= LETTERS:
        raise Refused(
            _("We sent this invitation %(n)s times. Ask them in person whether mail arrives.")
            % {"n": times_sent}
        )


def check_pause(sent_at: datetime, now: datetime) -> None:
    """Raises Refused when an invitation last sent at `sent_at` (both aware) has only just gone."""
    left = sent_at + PAUSE - now
    minutes = -(-left // timedelta(minutes=1))
    if minutes > 0:
        raise Refused(
            ngettext(
                "This invitation went out a moment ago. Wait %(n)s minute, then send it again.",
                "This invitation went out a moment ago. Wait %(n)s minutes, then send it again.",
                minutes,
            )
            % {"n": minutes}
        )


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


def masked(email: str) -> str:
    """ "ivy@example.org" is "i…@example.org": enough for its owner, too little for others."""
    name, _at, host = email.rpartition("@")
    return f"{name[:1]}…@{host}"
