"""Who said what, who comes, and who is to be reminded of it."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.digest.rules import WEEK, Item
from members.people.models import Person
from networks.consents.queries import agreeing
from networks.consents.rules import PICTURES
from networks.membership.models import CohortSpell, Membership
from networks.membership.queries import breaks_of, networks_of
from networks.preferences.queries import chosen
from peernet.lib import clock, tokens, words
from peernet.lib.pages import address
from sessions.cadence.models import Cadence, Session, SessionState
from sessions.cadence.queries import NEEDED, audience, invited_to

from . import rules
from .models import Answer, Reply, SessionMessage, Whom, Why

NAMES_SHOWN = 40
NOT_IN_PICTURES = 200  # named to whoever runs a session; beyond, nobody is to take any
SAID = {
    Reply.YES: lazy("You said yes."),
    Reply.MAYBE: lazy("You said maybe."),
}


@dataclass(frozen=True)
class Row:
    """A session as a list or a page shows it to one person."""

    session: Session
    reply: str = ""  # theirs: yes, maybe, no, or "" before they answer
    counts: Counter = field(default_factory=Counter)  # reply -> how many people
    may_answer: bool = False
    may_join: bool = False
    join_first: bool = False

    @property
    def coming(self) -> int:
        return self.counts[Reply.YES]

    @property
    def waits(self) -> bool:
        """Whether nobody has taken it on yet, past the end of the funding."""
        return self.session.state == SessionState.TENTATIVE


def rows(sessions: Iterable[Session], person: Person) -> list[Row]:
    """The sessions as `person` sees them, in the same order; two queries however many."""
    found = list(sessions)
    mine, counts = replies_of(person, found), answers(found)
    return [as_row(one, mine.get(one.pk, ""), counts.get(one.pk, Counter())) for one in found]


def not_in_pictures(session: Session) -> QuerySet[Person]:
    """Who of those that said yes does not agree to be in pictures and recordings, by name."""
    coming = Answer.objects.filter(session=session, reply=Reply.YES).values("person")
    here = Membership.objects.filter(network=session.network_id).current().values("person")
    people = Person.objects.filter(is_active=True, pk__in=coming).filter(pk__in=here)
    agreed = agreeing(session.network, PICTURES).order_by().values("pk")
    return people.exclude(pk__in=agreed).order_by("name", "pk")


def answers(sessions: Iterable[Session]) -> dict[int, Counter]:
    """Session id -> how many said yes, maybe and no; only people still in the network count."""
    totals: dict[int, Counter] = {}
    counted = (
        Answer.objects.filter(session__in=[one.pk for one in sessions])
        # One filter(), so that both hold for the same spell; nobody has two at once.
        .filter(
            person__is_active=True,
            person__memberships__until=None,
            person__memberships__network=F("session__network"),
        )
        .values_list("session", "reply")
        .annotate(n=Count("pk"))
    )
    for session, reply, n in counted:
        totals.setdefault(session, Counter())[reply] = n
    return totals


def replies_of(person: Person, sessions: Iterable[Session]) -> dict[int, str]:
    """Session id -> what the person said; those without an answer are left out."""
    mine = Answer.objects.filter(person=person, session__in=[one.pk for one in sessions])
    return dict(mine.values_list("session", "reply"))


def reply_of(person: Person, session: Session) -> str:
    """What the person said to the session, or ""."""
    return replies_of(person, [session]).get(session.pk, "")


class Reason(NamedTuple):
    """What keeps somebody away: what they said, "" for nothing yet, and what they may choose."""

    given: str
    choices: list[tuple[str, str]]


def reason_of(person: Person, session: Session) -> Reason | None:
    """What keeps the person from the session; None unless they said no to it."""
    mine = Answer.objects.filter(person=person, session=session, reply=Reply.NO)
    found = mine.values_list("why", flat=True).first()
    return None if found is None else Reason(found, Why.choices)


def to_write_to(session: Session, whom: str) -> QuerySet[Person]:
    """Those the session is for who said yes, or who have not answered (Whom)."""
    said = Answer.objects.filter(session=session)
    if whom == Whom.YES:
        return audience(session).filter(pk__in=said.filter(reply=Reply.YES).values("person"))
    return audience(session).exclude(pk__in=said.values("person"))


def is_for(thing: Session | Cadence, person: Person) -> bool:
    """Whether a session or rhythm is for the person, as of now."""
    return audience(thing).filter(pk=person.pk).exists()


def answered_since(moment: datetime, people: QuerySet) -> set[int]:
    """Who of these people (ids) answered an invitation since, in whichever way."""
    rows = Answer.objects.filter(person__in=people, at__gt=moment)
    return set(rows.values_list("person", flat=True))


# --- Links in mails --------------------------------------------------------------------------


def named_by(deed: str, token: str) -> tuple[Session, Person] | tuple[None, None]:
    """The session and person that a mail's token names ("answer", "join" or "join_next").

    "join_next" names a rhythm: the session is the one going on, or else its next. (None, None)
    for a token that is not ours, or that the person has made void since.
    """
    ids = tokens.read(deed, token)
    if ids is None:
        return None, None
    thing, person_pk, version = ids
    person = Person.objects.filter(pk=person_pk, token_version=version, is_active=True).first()
    sessions = Session.objects.select_related(*NEEDED)
    if deed == "join_next":
        one = sessions.filter(cadence=thing).sure().ahead(clock.now()).first()
    else:
        one = sessions.filter(pk=thing).first()
    return (one, person) if one and person else (None, None)


def why_closed(session: Session | None, person: Person | None) -> str:
    """Why a mail's link opens nothing any more, in a sentence for its reader; "" if it does."""
    if session is None or person is None:
        return _("This link does not work any more. Sign in to see your sessions.")
    if not is_for(session, person):
        return _("You are not in this network any more, so there is nothing to answer.")
    return why_not_held(session)


def why_not_held(session: Session) -> str:
    """Why nobody can answer or join any more, or not yet; "" if they can."""
    if session.network.closed_at:
        name = {"network": session.network.name}
        return _("%(network)s has closed, and its sessions with it.") % name
    if session.state == SessionState.CANCELLED:
        return _("This session was cancelled.")
    if session.state == SessionState.TENTATIVE:
        return _("This session is not confirmed: it waits for somebody to take it on.")
    return _("This session is over.") if session.ends_at <= clock.now() else ""


# --- Reminders -----------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Due:
    """A reminder that is due to all who live with these days: to be written at once."""

    offset: int  # minutes before the start
    at: datetime
    zone: str
    quiet: bool


def due_reminders(since: datetime, now: datetime, until: datetime) -> dict[Due, list[int]]:
    """Which reminders fall due after `since` and up to `until`, each with its sessions' ids.

    Two statements and some reckoning, however many people there are: it is the same for all with
    the same zone and quiet hours.
    """
    near = Session.objects.sure().future(now).filter(starts_at__lt=now + rules.FARTHEST)
    starts: dict[tuple[datetime, datetime], list[int]] = {}
    for pk, start, sure in near.filter(network__closed_at=None).values_list(
        "pk", "starts_at", "sure_since"
    ):
        # Of a date set only now, earlier reminders are not owed: the news itself has just gone.
        starts.setdefault((start, max(since, sure)), []).append(pk)
    days = Person.objects.filter(is_active=True).order_by().values_list("zone", "quiet_hours")
    found: dict[Due, list[int]] = {}
    for (zone, quiet), ((start, after), pks) in product(
        days.distinct() if starts else (), starts.items()
    ):
        if hit := rules.due_between(after, until, start, zone, quiet=quiet):
            found.setdefault(Due(*hit, zone, quiet), []).extend(pks)
    return found


def to_remind(sessions: list[int], of: Due) -> QuerySet:
    """Who of those with these days gets this reminder of which session, as
    members.notices.actions.tell_each wants it.

    An hour before: who said yes or maybe. Earlier: all but those who said no. Nobody who joined
    after it was due: they have only just been invited.
    """
    spells = Membership.objects.at(clock.now()).filter(
        network__sessions__in=sessions, person__is_active=True,
        person__zone=of.zone, person__quiet_hours=of.quiet,
    )  # fmt: skip
    spells = spells.annotate(
        about=F("network__sessions"), version=F("network__sessions__sequence"),
        group=F("network__sessions__cohort"),
    )  # fmt: skip
    # Whoever was there in another role then is in their second spell now.
    then = Membership.objects.filter(network=OuterRef("network"), person=OuterRef("person"))
    still = Q(since__lte=of.at) & (Q(until=None) | Q(until__gt=of.at))
    spells = spells.filter(still | Exists(then.at(of.at)))
    inside = CohortSpell.objects.filter(cohort=OuterRef("group"), person=OuterRef("person"))
    both = Exists(inside.at(clock.now())) & Exists(inside.at(of.at))
    spells = spells.filter(Q(group=None) | both)
    said = Answer.objects.filter(session=OuterRef("about"), person=OuterRef("person"))
    if of.offset == rules.HOUR:
        spells = spells.filter(Exists(said.filter(reply__in=[Reply.YES, Reply.MAYBE])))
    else:
        spells = spells.exclude(Exists(said.filter(reply=Reply.NO)))
    return spells.values_list("person", "about", "version", "network")


def wants_reminder(person: Person, network_id: int, offset: int) -> bool:
    """Whether the person chose to be reminded this many minutes before (rules.OFFSETS)."""
    return getattr(chosen(person, network_id), rules.CHOICES[offset])


# --- What messages were about, for those who read "What we sent" --------------------------------


def about_sessions(ids: Collection[int]) -> dict[int, str]:
    """Session id -> its title and day."""
    return {one.pk: _titled(one) for one in Session.objects.filter(pk__in=ids)}


def about_messages(ids: Collection[int]) -> dict[int, str]:
    """SessionMessage id -> the title and day of its session."""
    rows = SessionMessage.objects.filter(pk__in=ids).select_related("session")
    return {row.pk: _titled(row.session) for row in rows}


def about_rhythms(ids: Collection[int]) -> dict[int, str]:
    """Cadence id -> its title."""
    return dict(Cadence.objects.filter(pk__in=ids).values_list("pk", "title"))


def _titled(session: Session) -> str:
    return f"{session.title}, {words.short_day(session.starts_at)}"


# --- The weekly mail -----------------------------------------------------------------------------


def digest_items(person: Person, since: datetime, until: datetime) -> list[Item]:
    """The sure sessions that the person is invited to in the week after `until`, in order; none
    that has begun, none that they said no to, and none of a network they take a break
    from. By themselves they are not worth a mail: each has its invitation and its reminders."""
    ahead = invited_to(person).sure().future(clock.now()).filter(starts_at__lte=until + WEEK)
    away = [one.network_id for one in breaks_of(person, networks_of(person))]
    found = list(ahead.exclude(network__in=away).order_by("starts_at", "pk"))
    mine = replies_of(person, found)
    return [
        Item(
            one.network.name,
            f"{words.when(one.starts_at, person.zone)}: {one.title}",
            str(SAID.get(mine.get(one.pk, ""), _("You have not answered yet."))),
            address("session", one.network.slug, one.pk),
            new=False,
        )
        for one in found
        if mine.get(one.pk) != Reply.NO
    ]


def as_row(session: Session, reply: str, counts: Counter) -> Row:
    """The session for somebody who said `reply`; `counts`: reply -> how many people."""
    now = clock.now()
    sure = session.state == SessionState.PLANNED
    span = (now, session.starts_at, session.ends_at)
    open_now = bool(sure and session.link)
    return Row(
        session,
        reply,
        counts,
        may_answer=sure and session.ends_at > now,
        may_join=open_now and rules.may_join(*span),
        join_first=open_now and rules.join_comes_first(*span),
    )
