"""Which addresses are one mailbox, and how two people's spells become one person's. Pure."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

CODE_TRIES = 5
LASTS = timedelta(minutes=15)  # a code, and then what it showed

# Where a plus and what follows it changes nothing about the mailbox, as the provider itself says.
# Nor do dots, at some of them.
DOTS = frozenset(["gmail.com", "googlemail.com", "proton.me", "protonmail.com", "pm.me"])
PLUS = DOTS | {
    "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk", "icloud.com", "me.com",
    "mac.com", "fastmail.com", "fastmail.fm",
}  # fmt: skip
SAME = {"googlemail.com": "gmail.com"}  # two names of one provider's

# What is said of things that both accounts have, by `peernet.lib.personal.Merging.how`.
DECIDED = {
    "mine": _("What this account has stays."),
    "earliest": _("The earlier one stays."),
    "latest": _("The later one stays."),
    "joined": _("The two times become one. Where they overlap, the larger part counts."),
    "gone": _("These go with the other account."),
}  # fmt: skip


def mailbox(email: str) -> str:
    """The mailbox that an address leads to, as far as its provider is known to say so; else the
    address itself in small letters."""
    name, _at, host = email.strip().lower().rpartition("@")
    if host in PLUS:
        name = name.partition("+")[0]
    if host in DOTS:
        name = name.replace(".", "")
    return f"{name}@{SAME.get(host, host)}"


def hosts_alike(email: str) -> list[str]:
    """Where else the mailbox of an address may be written to; [] where its provider says nothing
    of dots and plus signs."""
    host = email.rpartition("@")[2].lower()
    main = SAME.get(host, host)
    return [one for one in PLUS if SAME.get(one, one) == main]


def key(email: str) -> str:
    """What addresses of one mailbox have in common, and some others too: the words of an index
    (migration `a_mailbox_is_found`)."""
    return email.lower().partition("@")[0].partition("+")[0].replace(".", "")


def has_plus(email: str) -> bool:
    """Whether an address may be another's with a plus: at most hosts it is, at some it is not."""
    return "+" in email.partition("@")[0]


@dataclass(frozen=True)
class Stretch:
    """A spell to be laid out beside others: `place` is smaller for what counts before others."""

    row: Hashable
    since: datetime
    until: datetime | None
    place: tuple = ()

    def covers(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or self.until > moment)


def laid_out(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time, at each moment by one of them only: by the one with the smallest place, of
    those the one that began first. One that is broken by another comes as several.

    Those that cover no moment at all are left as they are: they overlap nothing.
    """
    every = list(stretches)
    laid = [one for one in every if one.since == one.until]
    ends = {one.until for one in every if one.until}
    moments = sorted({one.since for one in every} | ends)
    for at, moment in enumerate(moments):
        there = [one for one in every if one.covers(moment)]
        if not there:
            continue
        first = min(there, key=lambda one: (one.place, one.since, every.index(one)))
        until = moments[at + 1] if at + 1 < len(moments) else None
        before = laid[-1] if laid else None
        if before and before.row == first.row and before.until == moment:
            laid[-1] = Stretch(first.row, before.since, until, first.place)
        else:
            laid.append(Stretch(first.row, moment, until, first.place))
    return sorted(laid, key=lambda one: one.since)


def overlapping(stretches: Iterable[Stretch]) -> bool:
    """Whether two of them cover one moment."""
    every = sorted((one for one in stretches if one.since != one.until), key=lambda s: s.since)
    return any(
        before.until is None or before.until > after.since for before, after in pairwise(every)
    )
