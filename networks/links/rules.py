"""How networks stand to one another, and what each lets the other see. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from peernet.lib.errors import Refused
from peernet.lib.words import listed

# How the other network stands to ours.
ABOVE, BELOW, BESIDE = "above", "below", "beside"
STANDS = [
    (BELOW, lazy("It is part of ours")),
    (ABOVE, lazy("Ours is part of it")),
    (BESIDE, lazy("Neither: we stand side by side")),
]
# What a network may let another see of it; nothing else ever goes along a link.
FACTS, SESSIONS, FIGURES, MONEY, PEOPLE = "facts", "sessions", "figures", "money", "people"
GIVES = [
    (FACTS, lazy("What it is for, and who coordinates it")),
    (SESSIONS, lazy("The next session that is for everybody in it: its title and time")),
    (
        FIGURES,
        lazy(
            "Whether it meets, when it last did, and how many people and organisations are in it, "
            "never fewer than 5"
        ),
    ),
    (MONEY, lazy("Until when its money lasts")),
    (
        PEOPLE,
        lazy("Those of its people who want to be seen by linked networks, each as they chose"),
    ),
]
ASKED_AGAIN = timedelta(days=30)  # after a "not now"
WAITING_AT_MOST = 10  # proposals of one network that nobody has answered


def sees(reader: str, giver: str, what: Collection[str]) -> str:
    """What everybody in the network `reader` sees of `giver`; both sides read this sentence."""
    said = {
        FACTS: [_("what it is for"), _("who coordinates it")],
        SESSIONS: [_("what its next session is called, with its time")],
        FIGURES: [_("whether it meets"), _("how many people and organisations (5 or more)")],
        MONEY: [_("until when its money lasts")],
        PEOPLE: [_("those of its people who want to be seen")],
    }
    names = {"reader": reader, "giver": giver}
    chosen = [one for code, words in said.items() if code in what for one in words]
    if not chosen:
        return _("People in %(reader)s see the name of %(giver)s, and nothing else.") % names
    told = listed([_("its name"), *chosen])
    return _("People in %(reader)s see of %(giver)s: %(told)s.") % {**names, "told": told}


def check_asking(declined: datetime | None, waiting: int, now: datetime) -> None:
    """Raises Refused unless a network may ask another one, which said "not now" at `declined`,
    while `waiting` of its proposals have no answer yet."""
    if declined and now - declined < ASKED_AGAIN:
        raise Refused(_("They answered “not now” a short while ago. Ask again in a month."))
    if waiting >= WAITING_AT_MOST:
        raise Refused(
            _("Ten of your proposals have no answer yet. Take one back, or wait a while.")
        )
