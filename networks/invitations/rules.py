"""How often an invitation may be sent, and who may read an address."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peernet.lib.errors import Refused

LETTERS = 6  # the first one, and five times again
PAUSE = timedelta(minutes=5)
QUARTER = timedelta(days=91)  # whoever speaks alone for an organisation is reminded once in it
LET_SETTLE = timedelta(days=60)  # nobody new is asked at once for somebody else
GOES_FOR = timedelta(days=30)  # how long a link works after its last letter
ENDS_SOON = timedelta(days=7)  # before that, whoever was invited hears of it once
WANTED_AGAIN = timedelta(days=7)  # one press in it asks the coordinators for a new link, not more
NAMED_AGAIN = timedelta(days=30)  # after a "not now" to a nomination
INVITED_A_DAY = 5  # invitations to one address: withdrawing must not be a way round LETTERS


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


def masked(email: str) -> str:
    """ "ivy@example.org" is "i…@example.org": enough for its owner, too little for others."""
    name, _at, host = email.rpartition("@")
    return f"{name[:1]}…@{host}"
