"""The calendar entry of a session or a rhythm, as one person's calendar should have it now."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from members.people.models import Person
from networks.network.models import Network
from peernet.lib import clock, mail, pages, tokens
from peernet.lib.mail import CalendarPart, Method
from sessions.cadence import rules as rhythm
from sessions.cadence.models import Cadence, Session, SessionState

from . import rules

GONE = (SessionState.CANCELLED, SessionState.TENTATIVE)


@dataclass(frozen=True)
class Series:
    """A rhythm as its calendar entry has it: the rule as far as it goes, and the dates left out."""

    rule: rhythm.Rule
    excluded: tuple[datetime, ...]
    changed: tuple[Session, ...]
    last: date | None  # None: without end


def series(cadence: Cadence, person: Person) -> CalendarPart:
    """One REQUEST for the whole series with its changed dates; a CANCEL when no date is left."""
    now = _series_now(cadence)
    entry = _entry_of_series(cadence, person)
    if now is None:
        return _part("CANCEL", [entry], cadence.network, person, cadence.first_date)
    entry = replace(entry, rule=str(now.rule), excluded=now.excluded)
    changed = [_entry(session, person, at_least=cadence.sequence) for session in now.changed]
    last = max([now.last or clock.now().date() + rules.FAR, *(s.date for s in now.changed)])
    return _part("REQUEST", [entry, *changed], cadence.network, person, last)


def session(one: Session, person: Person, reply: str = "") -> CalendarPart:
    """A REQUEST for one session; of a series, only its override."""
    return _part("REQUEST", [_entry(one, person)], one.network, person, one.date, reply)


def session_gone(one: Session, person: Person) -> CalendarPart:
    """A CANCEL for one session; of a series, only for its date."""
    entry = replace(_entry(one, person), description="", join="")
    return _part("CANCEL", [entry], one.network, person, one.date)


def _series_now(cadence: Cadence) -> Series | None:
    """What is left of a rhythm once cancelled, unfunded and separate dates are out of it."""
    rule = rhythm.parse(cadence.rule)
    rows = {row.slot: row for row in cadence.sessions.select_related("network")}
    out = {slot for slot, row in rows.items() if row.alone or row.state in GONE}
    until = _limit(cadence, rows.keys() - out)
    if until is None and cadence.ended_at:
        return None
    slots = []
    for local in rhythm.dates(rule, cadence.first, cadence.zone):
        if until and local.date() > until:
            break
        # An endless series is looked at as far as its dates have been made.
        if until is None and len(slots) >= max(len(rows), 1):
            break
        slots.append(local)
    kept = [local for local in slots if rhythm.slot(local) not in out]
    if until and not kept:
        return None
    if until:
        end = rhythm.instant(kept[-1], cadence.zone)
        rule = replace(rule, count=None, until=end)
        slots = [local for local in slots if local <= kept[-1]]
    excluded = tuple(local for local in slots if rhythm.slot(local) in out)
    changed = tuple(row for slot, row in sorted(rows.items()) if slot not in out and row.changed)
    changed = tuple(row for row in changed if not until or row.slot <= rhythm.slot(kept[-1]))
    return Series(rule, excluded, changed, kept[-1].date() if until else None)


def _limit(cadence: Cadence, kept: set[str]) -> date | None:
    """The last day of the series, or None when it has none: of an ended rhythm its last kept
    date, else the last funded day."""
    if not cadence.ended_at:
        return cadence.covered_until
    return max((datetime.fromisoformat(slot).date() for slot in kept), default=None)


def _entry_of_series(cadence: Cadence, person: Person) -> rules.Entry:
    address = pages.address("rhythm", cadence.network.slug, cadence.pk)
    join = _join("join_next", cadence, person)
    return rules.Entry(
        uid=_uid(cadence.uid),
        sequence=cadence.sequence,
        zone=cadence.zone,
        starts=cadence.first,
        minutes=cadence.minutes,
        summary=cadence.title,
        location=cadence.place or (_("Online") if cadence.link else ""),
        description=_description(cadence, address, join),
        address=address,
        join=join,
    )


def _entry(one: Session, person: Person, at_least: int = 0) -> rules.Entry:
    address = pages.address("session", one.network.slug, one.pk)
    join = _join("join", one, person)
    return rules.Entry(
        uid=_uid(one.cadence.uid if one.in_series else one.uid),
        sequence=max(one.sequence, at_least),
        zone=one.zone,
        starts=datetime.combine(one.date, one.time),
        minutes=one.minutes,
        summary=one.title,
        location=one.place or (_("Online") if one.link else ""),
        description=_description(one, address, join),
        address=address,
        join=join,
        instance=datetime.fromisoformat(one.slot) if one.in_series else None,
    )


def _description(thing: Session | Cadence, address: str, join: str) -> str:
    lines = [_("About this session: %(address)s") % {"address": address}]
    if join:
        lines.append(_("Join online from a day before: %(address)s") % {"address": join})
    return "\n".join(lines)


def _join(deed: str, thing: Session | Cadence, person: Person) -> str:
    """Our own page, not the video service's: it still leads there when that link changes."""
    if not thing.link:
        return ""
    return pages.address(
        "join_by_mail", tokens.make(deed, thing.pk, person.pk, person.token_version)
    )


def _uid(key: object) -> str:
    return f"{key}@{mail.host()}"


def _part(
    method: Method,
    entries: list[rules.Entry],
    network: Network,
    person: Person,
    last: date,
    reply: str = "",
) -> CalendarPart:
    text = rules.document(
        method,
        entries,
        organiser=rules.Party(network.name, mail.organiser()),
        attendee=rules.Party(person.name, person.email),
        reply=reply,
        stamp=clock.now(),
        last=last,
    )
    return CalendarPart(text, method)
