"""What people do to a rhythm and its dates, and what time does to them."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import revive, tell, withdraw
from members.people.models import Person
from networks.funding.models import Grant
from networks.funding.queries import funded_until
from networks.membership.queries import members
from networks.network.models import Cohort, Network
from peernet.lib import clock, once
from peernet.lib.errors import Refused

from . import queries, rules
from .models import Cadence, Session, SessionState

NEWS_HOUR = time(9)  # local: when people hear that the money has ended
NEWS_DAYS = 14  # an older end is history, not news
INHERITED = (
    "network_id", "cohort_id", "title", "type", "zone", "minutes", "link", "place",
    "facilitator_id",
)  # fmt: skip
UNSENT = ("session_changed", "session_cancelled", "reminder")


@dataclass(frozen=True)
class Plan:
    """What a coordinator asks for. `first` is a naive wall-clock time in the network's zone."""

    title: str
    type: str
    rhythm: str  # see rules.chosen
    first: datetime
    minutes: int
    link: str = ""
    place: str = ""
    facilitator: Person | None = None
    cohort: Cohort | None = None

    @property
    def what(self) -> dict:
        """What a rhythm hands down to each of its sessions."""
        names = ("title", "type", "minutes", "link", "place", "facilitator", "cohort")
        return {name: getattr(self, name) for name in names}


@transaction.atomic
def plan(network: Network, wanted: Plan, *, by: Person, key: uuid.UUID | None = None) -> Session:
    """Plan one session or a rhythm, and invite everybody it is for; returns its first session.

    Dates after the last funded day are made, but unsure: nobody is invited to them yet.
    `key` is the form's: the same form again returns what it made before. Raises Refused.
    """
    if rules.instant(wanted.first, network.zone) <= clock.now():
        raise Refused(_("Choose a date and time that are still to come."))
    rule = rules.chosen(wanted.rhythm, wanted.first.date())
    if rule is None:
        return _plan_one(network, wanted, by, key)
    return _plan_rhythm(network, wanted, rule, by, key)


@transaction.atomic
def move(
    session: Session,
    *,
    to: datetime,
    minutes: int,
    link: str,
    place: str,
    reason: str,
    seen: int,
    by: Person,
) -> Session:
    """Give a session another time, length or place, and tell everybody it is for, with the reason.

    `to` is naive wall-clock time in the session's zone; `seen` is the `sequence` that `by` was
    shown. Raises Refused.
    """
    session = _locked(session, seen)
    if session.state == SessionState.TENTATIVE:
        raise Refused(_("Nobody has taken this session on yet. Take it on first, then move it."))
    starts = rules.instant(to, session.zone)
    if starts <= clock.now():
        raise Refused(_("Choose a date and time that are still to come."))
    cover = None if session.taken_on_by_id else funded_until(session.network)
    if rules.is_past_cover(cover, to.date()):
        raise Refused(_("The funding ends before that day. Choose an earlier one."))
    _set_time(session, to, minutes)
    session.link, session.place, session.reason = link, place, reason
    session.sequence, session.sure_since = _next_sequence(session), clock.now()
    session.save()
    _tell_of_change(session)
    note("session.moved", by=by, network_id=session.network_id, about_id=session.pk)
    return session


@transaction.atomic
def cancel(session: Session, *, reason: str, seen: int, by: Person) -> Session:
    """Cancel a session, take it out of people's calendars and tell them why. Raises Refused."""
    session = _locked(session, seen)
    was_sure = session.state == SessionState.PLANNED
    session.state, session.reason, session.settled_at = SessionState.CANCELLED, reason, clock.now()
    # An unsure one is in no calendar, or is just being taken out: that message stays true.
    session.sequence = _next_sequence(session) if was_sure else session.sequence
    session.save()
    if was_sure:
        _take_back(session, reason=_("The session was cancelled."))
    note("session.cancelled", by=by, network_id=session.network_id, about_id=session.pk)
    return session


@transaction.atomic
def take_on(session: Session, *, by: Person) -> Session:
    """Run a session although the funding has ended: it is sure from now on, and all are invited.

    It gets a calendar entry of its own, because the rhythm's ends with the money. Raises Refused.
    """
    session = _lock(session)
    if session.taken_on_by:
        name = session.taken_on_by.shown_name
        raise Refused(_("%(name)s has already taken this session on.") % {"name": name})
    if session.state != SessionState.TENTATIVE or session.starts_at <= clock.now():
        raise Refused(_("This session does not need anybody to take it on."))
    session.taken_on_by = session.facilitator = by
    session.alone = session.cadence_id is not None
    confirm(session)
    note("session.taken_on", by=by, network_id=session.network_id, about_id=session.pk)
    return session


@transaction.atomic
def end(cadence: Cadence, *, reason: str, by: Person) -> int:
    """End a rhythm: cancel its dates to come, but those that somebody moved or took on, and send
    everybody one update of the series. Returns how many were cancelled. Raises Refused."""
    cadence = Cadence.objects.select_for_update().get(pk=cadence.pk)
    if cadence.ended_at:
        raise Refused(_("This rhythm has already ended."))
    now = clock.now()
    going = queries.ending_with(cadence)
    for pk in going.values_list("pk", flat=True):
        withdraw(pk, *UNSENT, reason=_("The rhythm has ended."))
    count = going.update(state=SessionState.CANCELLED, reason=reason, settled_at=now)
    cadence.ended_at, cadence.reason = now, reason
    cadence.sequence = queries.next_sequence(cadence)
    cadence.save(update_fields=["ended_at", "reason", "sequence"])
    withdraw(cadence.pk, "series", "series_changed", reason=_("The rhythm has ended."))
    tell_series(cadence, "series_ended")
    note("cadence.ended", by=by, network_id=cadence.network_id, about_id=cadence.pk, dates=count)
    return count


# --- What time does ----------------------------------------------------------------------------


def keep_ahead() -> None:
    """Make the next dates of every running rhythm, and invite those who joined since."""
    for cadence in Cadence.objects.running().select_related("network", "cohort"):
        extend(cadence)
    invite_late_joiners()


@transaction.atomic
def extend(cadence: Cadence) -> int:
    """Make the rhythm's dates up to the horizon that are not there yet; returns how many."""
    cadence = Cadence.objects.select_for_update().get(pk=cadence.pk)
    if cadence.ended_at:
        return 0
    rule = rules.parse(cadence.rule)
    known = set(cadence.sessions.values_list("slot", flat=True))
    new = [
        _on_slot(cadence, local)
        for local in rules.horizon(rule, cadence.first, cadence.zone, clock.now())
        if rules.slot(local) not in known
    ]
    return len(Session.objects.bulk_create(new, ignore_conflicts=True))


def invite_late_joiners() -> None:
    """Invite everybody who is not yet invited to a rhythm or a single session still to come."""
    now = clock.now()
    ahead = Session.objects.sure().filter(starts_at__gt=now, network__closed_at=None)
    running = Cadence.objects.running().filter(pk__in=ahead.of_series().values("cadence"))
    for cadence in running.select_related("network", "cohort"):
        _invite_to_series(cadence)
    for session in ahead.with_entry_of_their_own().select_related("network", "cohort"):
        _invite_to_session(session)


def follow_funding() -> None:
    """Where the end of the money moved: make dates sure or unsure, and put calendars right."""
    for pk in queries.rhythms_off_their_cover().values_list("pk", flat=True):
        cover_rhythm(pk)
    for pk in queries.singles_off_their_cover().values_list("pk", flat=True):
        cover_single(pk)


@transaction.atomic
def cover_rhythm(pk: int) -> None:
    """Let a rhythm's calendar entry end on the last funded day; again changes nothing."""
    cadence = Cadence.objects.select_for_update().get(pk=pk)
    if not queries.rhythms_off_their_cover().filter(pk=pk).exists():
        return
    funded = funded_until(cadence.network)
    cadence.covered_until, cadence.sequence = funded, queries.next_sequence(cadence)
    cadence.save(update_fields=["covered_until", "sequence"])
    dates = cadence.sessions.future(clock.now()).of_series()
    lost = dates.sure().past(funded)
    for session in lost.values_list("pk", flat=True):
        withdraw(session, *UNSENT, reason=_("The funding ends before this date."))
    lost.update(state=SessionState.TENTATIVE)
    won = dates.filter(state=SessionState.TENTATIVE).within(funded)
    won.update(state=SessionState.PLANNED, sure_since=clock.now())
    tell_series(cadence, "series_changed")


@transaction.atomic
def cover_single(pk: int) -> None:
    """Make a single session sure or unsure, as the money now says; again changes nothing."""
    session = Session.objects.select_for_update(of=("self",)).select_related("network").get(pk=pk)
    if not queries.singles_off_their_cover().filter(pk=pk).exists():
        return None  # another bell, or somebody who took it on, was quicker than our lock
    if session.state == SessionState.TENTATIVE:
        return confirm(session)
    session.state = SessionState.TENTATIVE
    session.sequence = _next_sequence(session)
    session.save(update_fields=["state", "sequence"])
    return _take_back(session, reason=_("The funding ends before this date."))


def tell_that_funding_ended() -> None:
    """The morning after a network's last funded day: tell everybody who was there then, once."""
    for network in queries.networks_just_out_of_funding():
        after = network.funded + timedelta(days=1)
        if after <= clock.today(network.zone) <= after + timedelta(days=NEWS_DAYS):
            _tell_of_end(network, network.funded)


# --- Parts ---------------------------------------------------------------------------------------


def _plan_one(network: Network, wanted: Plan, by: Person, key: uuid.UUID | None) -> Session:
    cover = funded_until(network)
    unsure = rules.is_past_cover(cover, wanted.first.date())
    times = _times(wanted.first, network.zone, wanted.minutes)
    state = SessionState.TENTATIVE if unsure else SessionState.PLANNED
    session, new = once.create(
        Session, key, network=network, zone=network.zone, state=state, **times, **wanted.what
    )
    if new:
        if not unsure:
            _invite_to_session(session)
        note("session.planned", by=by, network_id=network.pk, about_id=session.pk)
    return session


def _plan_rhythm(
    network: Network, wanted: Plan, rule: rules.Rule, by: Person, key: uuid.UUID | None
) -> Session:
    cadence, new = once.create(
        Cadence,
        key,
        network=network,
        zone=network.zone,
        rule=str(rule),
        first_date=wanted.first.date(),
        time=wanted.first.time(),
        covered_until=funded_until(network),
        planned_by=by,
        **wanted.what,
    )
    if new:
        extend(cadence)
        _invite_to_series(cadence)
        note("cadence.planned", by=by, network_id=network.pk, about_id=cadence.pk)
    return cadence.sessions.earliest("starts_at")


def _on_slot(cadence: Cadence, local: datetime) -> Session:
    times = _times(local, cadence.zone, cadence.minutes)
    unsure = rules.is_past_cover(cadence.covered_until, local.date(), times["date"])
    inherited = {name: getattr(cadence, name) for name in INHERITED}
    state = SessionState.TENTATIVE if unsure else SessionState.PLANNED
    return Session(cadence=cadence, slot=rules.slot(local), state=state, **inherited, **times)


def _times(local: datetime, zone: str, minutes: int) -> dict:
    """Date and time as the wall clock will show them, and the instants derived from them."""
    starts = rules.instant(local, zone)
    real = rules.wall(starts, zone)
    return {
        "date": real.date(),
        "time": real.time(),
        "starts_at": starts,
        "ends_at": starts + timedelta(minutes=minutes),
    }


def _set_time(session: Session, local: datetime, minutes: int) -> None:
    session.minutes = minutes
    for name, value in _times(local, session.zone, minutes).items():
        setattr(session, name, value)


def _lock(session: Session) -> Session:
    rows = Session.objects.select_for_update(of=("self",)).select_related(*queries.NEEDED)
    return rows.get(pk=session.pk)


def _locked(session: Session, seen: int) -> Session:
    """The session as it stands, to be changed now; refused when that is no longer possible."""
    session = _lock(session)
    if session.state == SessionState.CANCELLED:
        raise Refused(_("This session has already been cancelled."))
    if session.starts_at <= clock.now():
        raise Refused(_("This session has begun, so it cannot be changed."))
    if session.sequence != seen:
        raise Refused(_("Somebody else has just changed this session. Look at it again first."))
    return session


def _next_sequence(session: Session) -> int:
    """Higher than all that calendars have seen of this entry, its series included."""
    series = session.cadence.sequence if session.in_series else 0
    return max(session.sequence, series) + 1


def confirm(session: Session) -> None:
    """Make an unsure session sure: a new calendar entry, and a new round of invitations."""
    session.state, session.sure_since = SessionState.PLANNED, clock.now()
    session.sequence, session.invitation = session.sequence + 1, session.invitation + 1
    session.save()
    _invite_to_session(session)


def _invite_to_series(cadence: Cadence) -> None:
    if first := queries.first_ahead(cadence):
        _invite(cadence, "series", first.sure_since)


def _invite_to_session(session: Session) -> None:
    _invite(session, "session", session.sure_since, session.invitation)


def _invite(thing: Session | Cadence, kind: str, sure: datetime, version: int = 0) -> None:
    people = queries.audience(thing)
    revive(queries.fell_away(people, kind, thing, version, sure))
    people = queries.not_told_yet(people, kind, thing.pk, version)
    tell(people, kind, thing.pk, network_id=thing.network_id, version=version)


def _tell_of_change(session: Session) -> None:
    """Tell everybody how the session is now; what was written before and is unsent is taken back.

    Whose invitation still waits needs no more than that: it says what is true when it leaves.
    """
    withdraw(session.pk, *UNSENT, reason=_("The session was changed."))
    people = queries.not_waiting(queries.audience(session), *_first_word(session))
    number = session.sequence
    tell(people, "session_changed", session.pk, network_id=session.network_id, version=number)


def _take_back(session: Session, reason: str) -> None:
    """Take a session out of the calendars of all who have it there; drop what is unsent."""
    withdraw(session.pk, *UNSENT, reason=reason)
    people = queries.holding(queries.audience(session), *_first_word(session))
    number = session.sequence
    tell(people, "session_cancelled", session.pk, network_id=session.network_id, version=number)
    withdraw(session.pk, "session", reason=reason)


def _first_word(session: Session) -> tuple[str, int]:
    """The kind of notice, and what it is about, by which people first hear of the session."""
    return ("series", session.cadence_id) if session.in_series else ("session", session.pk)


def tell_series(cadence: Cadence, kind: str) -> None:
    """Tell those who have the series in their calendars that it is another one now."""
    people = queries.told(queries.audience(cadence), "series", cadence.pk)
    tell(people, kind, cadence.pk, network_id=cadence.network_id, version=cadence.sequence)


def _tell_of_end(network: Network, last_day: date) -> None:
    grant = Grant.objects.filter(network=network, ends_on=last_day).latest("pk")
    after = last_day + timedelta(days=1)
    due = rules.instant(datetime.combine(after, NEWS_HOUR), network.zone)
    were_there = members(network, at=rules.instant(datetime.combine(after, time()), network.zone))
    people = members(network).filter(pk__in=were_there.values("pk"))
    # The day is the version: should the grant be made longer, its new end is told too.
    tell(
        people, "funding_ended", grant.pk,
        network_id=network.pk, version=last_day.toordinal(), due=due,
    )  # fmt: skip
