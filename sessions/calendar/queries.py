"""The calendar entry of a session or a rhythm, as one person's calendar should have it now: in
their mails, and in the feeds that their calendar program fetches."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import MD5, Cast, Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from members.people.models import Person
from networks.membership.models import CohortSpell, Membership
from networks.network.models import Network
from peernet.lib import clock, compiled, mail, pages, tokens
from peernet.lib.mail import CalendarPart, Method
from sessions.cadence import rules as rhythm
from sessions.cadence.models import Cadence, Session, SessionState

from . import rules
from .models import CalendarFeed, KeptEvent

CANCELLED_STAYS = timedelta(days=90)  # struck through in feeds; then it leaves
HISTORY = timedelta(days=365)  # how long feeds remember
GONE = (SessionState.CANCELLED, SessionState.TENTATIVE)
# What makes an event: another code, another event.
MAKERS = Path(__file__).read_bytes() + Path(rules.__file__).read_bytes()
CODE = hashlib.sha256(MAKERS + version("icalendar").encode()).hexdigest()
_ONLINE = models.Case(models.When(link="", then=False), default=True)
_ENDED = models.Case(models.When(ended_at=None, then=False), default=True)
_CHANGED = models.Case(
    models.When(state=SessionState.CANCELLED, then=Coalesce("settled_at", "sure_since")),
    default=F("sure_since"),
)
# All that is read of a row to make its event; a test changes each column and looks.
OF_A_DATE = (
    "pk", "uid", "sequence", "zone", "slot", "date", "time", "minutes", "title", "place", _ONLINE,
    "state", "alone", _CHANGED, "cadence__uid", "network__name", "network__slug",
)  # fmt: skip
OF_A_RHYTHM = (
    "pk", "uid", "sequence", "zone", "rule", "first_date", "time", "minutes", "title", "place",
    _ONLINE, "covered_until", _ENDED, "planned_at", "network__name", "network__slug",
)  # fmt: skip
COLUMNS = ("pk", "zone", "first", "last", "look", "kept_event__look", "kept_event__text")


@dataclass(frozen=True)
class Series:
    """A rhythm as its calendar entry has it: the rule as far as it goes, and the dates left out."""

    rule: rhythm.Rule
    excluded: tuple[datetime, ...]
    changed: tuple[Session, ...]
    last: date | None  # None: without end


def series(cadence: Cadence, person: Person) -> CalendarPart:
    """One REQUEST for the whole series with its changed dates; a CANCEL when no date is left."""
    rows = {row.slot: row for row in cadence.sessions.select_related("network")}
    now = _series_now(cadence, rows, out={slot for slot, row in rows.items() if _gone(row)})
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


def _gone(row: Session) -> bool:
    """Whether a date of a rhythm is not in the rhythm's own entry."""
    return row.alone or row.state in GONE


def _series_now(cadence: Cadence, rows: dict[str, Session], out: set[str]) -> Series | None:
    """What is left of a rhythm of these `rows` by slot, once those in `out` are left out of it."""
    rule = rhythm.parse(cadence.rule)
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
    changed = tuple(row for slot, row in sorted(rows.items()) if slot not in out and _differs(row))
    changed = tuple(row for row in changed if not until or row.slot <= rhythm.slot(kept[-1]))
    return Series(rule, excluded, changed, kept[-1].date() if until else None)


def _differs(row: Session) -> bool:
    return row.changed or row.state == SessionState.CANCELLED


def _limit(cadence: Cadence, kept: set[str]) -> date | None:
    """The last day of the series, or None when it has none: of an ended rhythm its last kept
    date, else the last funded day."""
    if not cadence.ended_at:
        return cadence.covered_until
    return max((datetime.fromisoformat(slot).date() for slot in kept), default=None)


def _entry_of_series(cadence: Cadence, person: Person | None) -> rules.Entry:
    address = pages.address("rhythm", cadence.network.slug, cadence.pk)
    # Of one that has ended only single dates can still come, and each has a link of its own.
    join = "" if cadence.ended_at else _join("join_next", cadence, person)
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


def _entry(one: Session, person: Person | None, at_least: int = 0) -> rules.Entry:
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
        status="CANCELLED" if one.state == SessionState.CANCELLED else "CONFIRMED",
    )


def _description(thing: Session | Cadence, address: str, join: str) -> str:
    lines = [_("About this session: %(address)s") % {"address": address}]
    if join:
        lines.append(_("Join online from a day before: %(address)s") % {"address": join})
    return "\n".join(lines)


def _join(deed: str, thing: Session | Cadence, person: Person | None) -> str:
    """Our own page, not the video service's: it still leads there when that link changes.

    For nobody in particular, as in a feed, it is the page that asks who it is; a rhythm has none.
    """
    if not thing.link:
        return ""
    if person is None:
        if isinstance(thing, Cadence):
            return ""
        return pages.address("session_join", thing.network.slug, thing.pk)
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


# --- Feeds -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A feed that somebody can have: of one of their networks, or of all."""

    network: Network | None
    feed: CalendarFeed | None


def choices(person: Person) -> list[Choice]:
    """The feeds that the person has or can have: first of everything, then by network."""
    mine = Membership.objects.filter(person=person).current().values("network")
    networks = Network.objects.filter(pk__in=mine, closed_at=None).order_by("name", "pk")
    made = {one.network_id: one for one in CalendarFeed.objects.filter(person=person).alive()}
    return [Choice(one, made.get(one and one.pk)) for one in (None, *networks)]


def feed_of(token: str) -> rules.Asked | None:
    """The feed that a calendar program asks for by its token; None when there is none any more.

    Unknown, switched off, replaced and ended ones cost the same single look-up, by a digest that
    says nothing about the token.
    """
    found = compiled.rows(_asked, None, clock.now(), rules.digest(token))
    return rules.Asked(*found[0]) if found else None


def _asked(now: datetime, digest: str) -> QuerySet:
    return CalendarFeed.objects.filter(digest=digest).alive().values_list(
        "pk", "digest", "fetched_at", "person", "person__language", "network", "network__name"
    )  # fmt: skip


def feed(of: rules.Asked) -> str:
    """The feed as iCalendar: every date the person is invited to, and none of the people in it."""
    now, whose = clock.now(), [of.person, *([of.network] if of.network else [])]
    with translation.override(of.language):
        parts = [
            *_parts(Cadence, compiled.rows(_rhythms_of, _maker(), now, *whose)),
            *_parts(Session, compiled.rows(_singles_of, _maker(), now, *whose)),
        ]
    return rules.calendar(parts, now.date(), of.network_name or "PeerNet")


def file(one: Session) -> str:
    """One session for somebody's calendar, under the name that it has in their mails."""
    part = rules.Part(rules.event(*_published(one)), one.zone, one.date, one.date)
    return rules.calendar([part], clock.now().date())


def stale(most: int) -> list[KeptEvent]:
    """Kept events that no longer say what is true, or are not kept yet, as they should be now;
    of rhythms and sessions that stand in feeds, `most` of each."""
    made, now = [], clock.now()
    for rows, name in ((_rhythms(Q(), now), "cadence_id"), (_singles(Q(), now), "session_id")):
        old = rows.exclude(kept_event__look=F("look")).values_list("pk", "look")
        looks = dict(old.order_by("pk")[:most])
        texts = _made(rows.model, looks)
        # What changed while its text was made is left for the next time.
        same = rows.filter(pk__in=looks).values_list("pk", "look")
        made += [
            KeptEvent(**{name: pk}, text=texts[pk], look=look)
            for pk, look in same
            if look == looks[pk] and pk in texts
        ]
    return made


def _rhythms_of(now: datetime, *whose: int) -> QuerySet:
    return _rhythms(_invited(*whose), now).values_list(*COLUMNS)


def _singles_of(now: datetime, *whose: int) -> QuerySet:
    return _singles(_invited(*whose), now).values_list(*COLUMNS)


def _invited(person: int, network: int | None = None) -> Q:
    spells = Membership.objects.filter(person=person).current()
    if network:
        spells = spells.filter(network=network)
    here = Q(network__in=spells.values("network"))
    inside = CohortSpell.objects.filter(person=person).current().values("cohort")
    return here & (Q(cohort=None) | Q(cohort__in=inside))


def _rhythms(invited: Q, now: datetime) -> QuerySet[Cadence]:
    lately = Q(ended_at=None) | Q(ended_at__gt=now - HISTORY)
    dates = Session.objects.filter(cadence=OuterRef("pk"))
    each = dates.annotate(each=_look(*OF_A_DATE, _lately_cancelled(now))).order_by("slot")
    rows = Cadence.objects.filter(invited, lately).order_by("pk")
    return rows.annotate(
        look=_look(*OF_A_RHYTHM, ArraySubquery(each.values("each"))),
        first=F("first_date"),
        last=Coalesce(Subquery(dates.order_by("-date").values("date")[:1]), F("first_date")),
    )


def _singles(invited: Q, now: datetime) -> QuerySet[Session]:
    rows = Session.objects.filter(invited, ends_at__gt=now - HISTORY).with_entry_of_their_own()
    kept = ~Q(state=SessionState.CANCELLED) | Q(settled_at__gt=now - CANCELLED_STAYS)
    rows = rows.filter(kept).exclude(state=SessionState.TENTATIVE)
    rows = rows.annotate(look=_look(*OF_A_DATE), first=F("date"), last=F("date"))
    return rows.order_by("starts_at", "pk")


def _parts(model: type[Cadence] | type[Session], found: list[tuple]) -> list[rules.Part]:
    """Of each row (COLUMNS) what is kept, or what is made now where that is no longer true."""
    old = [pk for pk, *_days, look, kept, _text in found if look != kept]
    made = _made(model, old) if old else {}
    return [
        rules.Part(made.get(pk, text), zone, first, last)
        for pk, zone, first, last, _look, _kept, text in found
        if made.get(pk, text)
    ]


def _made(model: type[Cadence] | type[Session], keys: Iterable[int]) -> dict[int, str]:
    """The events of these rhythms or sessions by id, made by icalendar."""
    if model is Session:
        singles = Session.objects.filter(pk__in=keys).select_related("network", "cadence")
        return {one.pk: rules.event(*_published(one)) for one in singles}
    dates = Prefetch("sessions", Session.objects.select_related("network").order_by("slot"))
    rhythms = Cadence.objects.filter(pk__in=keys).select_related("network").prefetch_related(dates)
    return {
        one.pk: "".join(rules.event(*pair) for pair in _published_series(one)) for one in rhythms
    }


def _look(*said: str | models.Expression) -> MD5:
    """A digest of all that an event is made from: as long as it is the same, so is the event."""
    whole = models.Func(
        Cast(models.Value(_maker()), models.TextField()),
        *said,
        function="jsonb_build_array",
        output_field=models.JSONField(),
    )
    return MD5(Cast(whole, models.TextField()))


def _maker() -> str:
    return f"{CODE} {settings.SITE_URL} {mail.host()} {translation.get_language()}"


def _lately_cancelled(now: datetime) -> models.Expression:
    lately = Q(state=SessionState.CANCELLED, settled_at__gt=now - CANCELLED_STAYS)
    return models.Case(models.When(lately, then=True), default=False)


def _published_series(cadence: Cadence) -> list[tuple[rules.Entry, datetime]]:
    """A rhythm and the dates of it that differ; those cancelled lately among them."""
    rows = {row.slot: row for row in cadence.sessions.all()}
    out = {slot for slot, row in rows.items() if _gone(row) and not _struck(cadence, row)}
    now = _series_now(cadence, rows, out)
    if now is None:
        return []
    changes = [cadence.planned_at, *(_changed_at(row) for row in rows.values())]
    entry = _named(_entry_of_series(cadence, None), cadence.network)
    entry = replace(entry, rule=str(now.rule), excluded=now.excluded)
    changed = [_published(row, at_least=cadence.sequence) for row in now.changed]
    return [(entry, max(changes)), *changed]


def _struck(cadence: Cadence, row: Session) -> bool:
    """Whether a date stays in the series' entry as cancelled: for a while, and if it was sure."""
    sure = cadence.covered_until is None or row.date <= cadence.covered_until
    lately = row.settled_at is not None and row.settled_at > clock.now() - CANCELLED_STAYS
    return row.state == SessionState.CANCELLED and not row.alone and sure and lately


def _published(one: Session, at_least: int = 0) -> tuple[rules.Entry, datetime]:
    return _named(_entry(one, None, at_least), one.network), _changed_at(one)


def _changed_at(one: Session) -> datetime:
    cancelled = one.state == SessionState.CANCELLED and one.settled_at
    return one.settled_at if cancelled else one.sure_since


def _named(entry: rules.Entry, network: Network) -> rules.Entry:
    """Of which network it is: a feed may be of several."""
    join = entry.join if entry.status == "CONFIRMED" else ""
    return replace(entry, description=f"{network.name}\n{entry.description}", join=join)
