"""Who may ask to join, how often, and how long nobody may be left waiting. Pure."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from peernet.lib.errors import Refused

LONGEST_WORDS = 1_000
NUDGE = timedelta(days=3)  # then its coordinators are reminded
PATIENCE = timedelta(days=7)  # then those of the networks above hear of it, and whoever waits, too
GIVEN_UP = timedelta(days=37)  # what waited longer is told to nobody any more
ASKED_AGAIN = timedelta(days=30)  # after a "not now"
MONTH = timedelta(days=30)
A_MONTH = 3  # requests of one person to one network: taking one back is no way round
OPEN_AT_ONCE = 5  # requests of one person, to all networks
IN_A_ROW = 5  # replies that nobody has answered
COMINGS = 5  # times in a month that one person comes into an open network


def check_asking(reason: str, declined: datetime | None, now: datetime) -> None:
    """Raises Refused unless somebody whose last time there ended for `reason` ("" for who never
    was there), and who was last told "not now" at `declined`, may ask to come in."""
    if reason and reason not in ("left", "derived"):
        raise Refused(_("A coordinator ended your time here. Speak with them first."))
    if declined and now - declined < ASKED_AGAIN:
        raise Refused(_("They answered a short while ago. You can ask again later."))


def check_pace(lately: int, waiting: int) -> None:
    """Raises Refused where somebody asked this network `lately` times in a month, or waits for
    the answers of `waiting` networks."""
    if lately >= A_MONTH:
        raise Refused(_("You asked here several times this month. Try again in some weeks."))
    if waiting >= OPEN_AT_ONCE:
        raise Refused(
            _("%(n)d networks have not answered you yet. Wait for one of them, or take one back.")
            % {"n": waiting}
        )


def checked_words(typed: str, *, needed: bool = True) -> str:
    """What somebody wrote. Raises Refused where there is nothing, or no end to it."""
    text = typed.strip()
    if needed and not text:
        raise Refused(_("Write a few words first."))
    if len(text) > LONGEST_WORDS:
        raise Refused(
            _("Use %(n)d characters or fewer. You wrote %(wrote)d.")
            % {"n": LONGEST_WORDS, "wrote": len(text)}
        )
    return text
