"""Saying whether one comes, joining, and being reminded."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell, tell_each
from members.notices.models import Notice
from members.notices.queries import last_beat
from members.people.models import Person
from peernet.lib import clock
from peernet.lib import once as doubled
from peernet.lib.errors import Refused
from sessions.cadence.models import Session, SessionState

from . import queries, rules
from .models import Answer, Reply, SessionMessage, Why

AHEAD = timedelta(minutes=2)  # written a little early, to leave on the minute
LOOK_BACK = timedelta(days=1)  # how far the very first tick of a new site looks back


@transaction.atomic
def answer(session: Session, person: Person, reply: str, *, by: Person) -> None:
    """Say yes, maybe or no to one session; it can be changed until the session is over.

    Raises Refused.
    """
    if reply not in Reply.values:
        raise Refused(_("Choose yes, maybe or no."))
    if session.state == SessionState.CANCELLED:
        raise Refused(_("This session was cancelled, so there is nothing to answer."))
    if session.state == SessionState.TENTATIVE:
        raise Refused(_("This session is not confirmed yet, so there is nothing to answer."))
    if session.ends_at <= clock.now():
        raise Refused(_("This session is over, so there is nothing to answer."))
    said = Answer(session=session, person=person, reply=reply, at=clock.now())
    # One statement: two presses at once leave one row, the later one's.
    Answer.objects.bulk_create(
        [said],
        update_conflicts=True,
        unique_fields=["session", "person"],
        update_fields=["reply", "why", "at"],
    )


def say_why(session: Session, person: Person, why: str, *, by: Person) -> None:
    """Say what keeps one from a session (Why), after saying no to it; "" takes it back.

    Raises Refused.
    """
    if why and why not in Why.values:
        raise Refused(_("Choose one of the reasons."))
    if session.ends_at <= clock.now():
        raise Refused(_("This session is over, so there is nothing to answer."))
    mine = Answer.objects.filter(session=session, person=person, reply=Reply.NO)
    if not mine.update(why=why):
        raise Refused(_("Say first that you cannot come."))


@transaction.atomic
def join(session: Session, person: Person, *, by: Person) -> str:
    """Go in: counts as a yes. Returns the address of the meeting. Raises Refused."""
    if session.state != SessionState.PLANNED or not session.link:
        raise Refused(_("There is no online meeting to join."))
    if not rules.may_join(clock.now(), session.starts_at, session.ends_at):
        raise Refused(_("The link works from 24 hours before the session until its end."))
    answer(session, person, Reply.YES, by=by)
    return session.link


@transaction.atomic
def write(session: Session, whom: str, text: str, *, by: Person, key: UUID | None = None) -> int:
    """Send a few words to those who said yes, or who have not answered, each of them once.

    Returns how many get it. The same `key` (the form's) again finds the first message. Raises
    Refused when the session is not sure or is over, and when there is nobody to write to.
    """
    if session.state != SessionState.PLANNED or session.ends_at <= clock.now():
        raise Refused(_("This session is over, cancelled or not confirmed: nobody is written to."))
    message, new = doubled.create(
        SessionMessage, key, session=session, by=by, whom=whom, text=text.strip()
    )
    if not new:
        return Notice.objects.filter(kind="session_message", about_id=message.pk).count()
    people = queries.to_write_to(session, whom).exclude(pk=by.pk)
    count = tell(people, "session_message", message.pk, network_id=session.network_id)
    if not count:
        raise Refused(_("There is nobody to write to: choose the others."))
    note("session.written", by=by, network_id=session.network_id, about_id=session.pk, people=count)
    return count


def remind() -> None:
    """Write the reminders that fell due since the last time, each to those with the same days.

    What should have gone while nothing ran is caught up with, the last reminder of each only.
    """
    now = clock.now()
    since = min(last_beat("reminders") or now - LOOK_BACK, now)
    for of, sessions in sorted(queries.due_reminders(since, now, now + AHEAD).items()):
        people = queries.to_remind(sessions, of)
        tell_each(people, sessions, "reminder", offset=of.offset, due=of.at)
