"""Writing down what was said and agreed."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.people.models import Person
from peernet.lib import clock, text
from peernet.lib import once as doubled
from peernet.lib.errors import Refused
from sessions.cadence.models import Session

from . import queries
from .models import AgreedAction, Notes, Outcome


@transaction.atomic
def write(session: Session, *, words: str, was: int, by: Person) -> Notes:
    """Put these words (Markdown) in place of the session's notes.

    `was`: the version that the writer started from, 0 where there were none. Raises Refused when
    somebody else has written meanwhile, and when there can be no notes.
    """
    session = _begun(session)
    notes = Notes.objects.filter(session=session).first() or Notes(session=session, version=0)
    if notes.version and notes.text == words:
        return notes
    if notes.version != was:
        raise Refused(_("Somebody else changed the notes while you were writing."))
    notes.text, notes.html, notes.by = words, text.html(words), by
    notes.at, notes.version = clock.now(), notes.version + 1
    notes.save()
    note("notes.written", by=by, network_id=session.network_id, about_id=session.pk)
    return notes


@transaction.atomic
def agree(
    session: Session,
    *,
    what: str,
    who: Person | None = None,
    due: date | None = None,
    by: Person,
    key: UUID | None = None,
) -> AgreedAction:
    """Write down something that was agreed. The same `key` (the form's) again finds the first."""
    session = _begun(session)
    row, new = doubled.create(
        AgreedAction, key, session=session, what=what, who=who, due=due, by=by
    )
    if new:
        note("agreed.written", by=by, network_id=session.network_id, about_id=session.pk)
    return row


@transaction.atomic
def correct(
    action: AgreedAction, *, what: str, who: Person | None, due: date | None, was: str, by: Person
) -> AgreedAction:
    """Say it better, or give it to somebody else. `was` is the mark (queries.mark) of what the
    writer started from; raises Refused when somebody else has changed it meanwhile."""
    action = AgreedAction.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if (action.what, action.who_id, action.due) == (what, who and who.pk, due):
        return action
    if was != queries.mark(action):
        raise Refused(
            _("Somebody else has just changed this. Save again to put yours in its place.")
        )
    action.what, action.who, action.due = what, who, due
    action.save(update_fields=["what", "who", "due"])
    _noted("agreed.corrected", action, by)
    return action


@transaction.atomic
def settle(action: AgreedAction, outcome: str, *, by: Person) -> AgreedAction:
    """Say that it is done or dropped, or open after all; again changes nothing."""
    if outcome not in Outcome.values:
        raise Refused(_("Choose done, dropped or open."))
    action = AgreedAction.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if action.outcome == outcome:
        return action
    action.outcome = outcome
    action.settled_at = None if outcome == Outcome.OPEN else clock.now()
    action.save(update_fields=["outcome", "settled_at"])
    _noted("agreed.settled", action, by)
    return action


@transaction.atomic
def hand_on(action: AgreedAction, *, to: Person, by: Person) -> bool:
    """Give what is still open and was theirs (`by`) to somebody else; whether it was."""
    rows = AgreedAction.objects.filter(pk=action.pk, who=by, outcome=Outcome.OPEN)
    if moved := bool(rows.update(who=to)):
        _noted("agreed.handed_on", action, by)
    return moved


def _noted(deed: str, action: AgreedAction, by: Person) -> None:
    session = action.session
    note(deed, by=by, network_id=session.network_id, about_id=session.pk)


def _begun(session: Session) -> Session:
    """The session as it is now; others who write its notes wait until we are done."""
    session = Session.objects.select_for_update(no_key=True, of=("self",)).get(pk=session.pk)
    if not queries.takes_place(session):
        raise Refused(_("There are notes only of a session that has begun and was not called off."))
    return session
