"""Noting who was there. Each deed may be done again, and changes nothing the second time."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.people.models import Person
from peernet.lib import clock, words
from peernet.lib.errors import Refused
from peernet.lib.workbooks import read_table
from sessions.cadence.models import Session, SessionState

from . import queries
from .models import Attendance, AttendanceFile, Participant, Source, Standing
from .rules import Match, Shown, fold, match, read, together


@dataclass(frozen=True)
class Decision:
    """Whom somebody in a file is taken for; `person` is the id of a member, or None."""

    standing: str
    person: int | None = None


@transaction.atomic
def receive(
    session: Session, data: bytes, filename: str, *, by: Person
) -> tuple[AttendanceFile, bool]:
    """Take in a participants file and find who is in it; nothing counts before `confirm`.

    Returns the file and whether it is new: the same bytes a second time are the first file.
    Raises Refused, naming the file and the reason.
    """
    session = _begun(session)
    digest = hashlib.sha256(data).hexdigest()
    if known := session.attendance_files.filter(digest=digest).first():
        return known, False
    sheet = read(read_table(data, filename).rows, filename)
    file = AttendanceFile.objects.create(
        session=session, by=by, filename=filename[-200:], layout=sheet.layout, digest=digest,
        lines=sheet.lines, day=sheet.day,
    )  # fmt: skip
    knowns = [choice.known for choice in queries.roll(session)]
    Participant.objects.bulk_create(
        _first_guess(file, shown, found)
        for shown, found in zip(sheet.people, match(sheet.people, knowns), strict=True)
    )
    note("attendance.received", by=by, network_id=session.network_id, about_id=file.pk)
    return file, True


@transaction.atomic
def confirm(
    file: AttendanceFile, decisions: Mapping[int, Decision], *, seen: str | None = None, by: Person
) -> None:
    """Say who the people in a file are (by participant's id), so that it counts; or correct it.

    The session is held. `seen` marks what the page said when it was opened (queries.mark).
    Raises Refused when somebody in the file is left undecided, or somebody else was quicker.
    """
    session = _begun(file.session)
    file = _still_there(file)
    participants = list(file.participants.all())
    if seen is not None and seen != queries.mark(participants) and _differ(participants, decisions):
        raise Refused(
            _("Somebody else has just saved who is who. Save again to put yours in its place.")
        )
    for one in participants:
        decided = decisions.get(one.pk)
        if decided is None or decided.standing == Standing.OPEN:
            raise Refused(_("Say who %(name)s was.") % {"name": f"“{one.name}”"})
        if (decided.standing, decided.person) != (one.standing, one.person_id):
            one.matched_by = "hand"
            one.standing, one.person_id = decided.standing, decided.person
            one.save()
    if not file.participants.exclude(standing=Standing.OUT).exists():
        raise Refused(_("You left out everybody. If it is the wrong file, remove it instead."))
    file.confirmed_at = file.confirmed_at or clock.now()
    file.save()
    _work_out(session)
    _settle(session, SessionState.HELD)
    note("attendance.confirmed", by=by, network_id=session.network_id, about_id=file.pk)


@transaction.atomic
def remove(file: AttendanceFile, *, by: Person) -> None:
    """Take a file back, and all that followed from it."""
    session = _begun(file.session)
    pk = file.pk
    _still_there(file).delete()
    _work_out(session)
    if session.state == SessionState.HELD and not session.attendances.exists():
        _settle(session, SessionState.PLANNED)
    note("attendance.removed", by=by, network_id=session.network_id, about_id=pk)


@transaction.atomic
def tick(
    session: Session, people: list[Person], *, before: Collection[int] | None = None, by: Person
) -> None:
    """Say which of those in no participants file were there.

    `before` are the ids that were ticked when the page was opened (all who are ticked now, if
    not given): only who is missing from those is taken off, so that two people can tick at once.
    The session is held; with nobody left it is open again. Raises Refused for nobody at all.
    """
    session = _begun(session)
    if not people and not session.attendances.exists():
        raise Refused(_("Tick those who were there, or say that it did not happen."))
    ticked = session.attendances.filter(file=None, source=Source.TICK)
    if before is not None:
        ticked = ticked.filter(person__in=before)
    ticked.exclude(person__in=people).delete()
    known = set(session.attendances.values_list("person", flat=True))
    Attendance.objects.bulk_create(
        Attendance(session=session, person=person, source=Source.TICK)
        for person in people
        if person.pk not in known
    )
    held = session.attendances.exists()
    _settle(session, SessionState.HELD if held else SessionState.PLANNED)
    note("attendance.ticked", by=by, network_id=session.network_id, about_id=session.pk)


@transaction.atomic
def mark_missed(session: Session, *, by: Person) -> None:
    """Say that the session did not happen. Raises Refused while somebody is down as there."""
    session = _begun(session)
    if session.attendances.exists():
        raise Refused(
            _("People are noted as having been there. Untick them, or remove the file, first.")
        )
    _settle(session, SessionState.MISSED)
    note("session.missed", by=by, network_id=session.network_id, about_id=session.pk)


def _begun(session: Session) -> Session:
    """The session as it stands, ours until the deed is done; refused before it begins."""
    rows = Session.objects.select_for_update(of=("self",)).select_related("network")
    session = rows.get(pk=session.pk)
    if session.state == SessionState.CANCELLED:
        raise Refused(_("This session was cancelled, so nobody could be there."))
    if session.starts_at > clock.now():
        start = words.when(session.starts_at)
        raise Refused(_("You can note who came once it begins, on %(start)s.") % {"start": start})
    return session


def _still_there(file: AttendanceFile) -> AttendanceFile:
    found = AttendanceFile.objects.filter(pk=file.pk).first()
    if found is None:
        raise Refused(_("Somebody else has removed this file."))
    return found


def _differ(participants: list[Participant], decisions: Mapping[int, Decision]) -> bool:
    said = {one.pk: Decision(one.standing, one.person_id) for one in participants}
    return said != dict(decisions)


def _settle(session: Session, state: str) -> None:
    if session.state == state:
        return
    session.state = state
    session.settled_at = None if state == SessionState.PLANNED else clock.now()
    session.save(update_fields=["state", "settled_at"])


def _first_guess(file: AttendanceFile, shown: Shown, found: Match) -> Participant:
    if found.pk is not None:
        standing = Standing.MEMBER
    else:
        # Whoever is like nobody on the roll is a guest; whoever is like somebody must be looked at.
        standing = Standing.OPEN if found.near else Standing.GUEST
    return Participant(
        file=file, name=shown.name, email=shown.email, lines=shown.lines, minutes=shown.minutes,
        spans=[list(span) for span in shown.spans], standing=standing, person_id=found.pk,
        matched_by=found.by, near=list(found.near),
    )  # fmt: skip


def _work_out(session: Session) -> None:
    """Write the attendance that follows from the checked files; ticks stand beside it.

    Somebody in two files has the larger number of minutes: the files may tell of the same time.
    """
    found: dict[tuple, Attendance] = {}
    for (file_pk, *who), parts in _by_person(session).items():
        minutes = together((part.minutes, part.spans) for part in parts)
        row = Attendance(
            session=session, person_id=parts[0].person_id, source=Source.FILE, file_id=file_pk,
            minutes=None if minutes is None else min(minutes, 32_767),
        )  # fmt: skip
        if row.person_id is None:
            row.shown_name, row.shown_email = parts[0].name, parts[0].email
        before = found.setdefault(tuple(who), row)
        if (row.minutes or 0) > (before.minutes or 0):
            found[tuple(who)] = row
    ticks = set(session.attendances.filter(source=Source.TICK).values_list("person", flat=True))
    session.attendances.filter(source=Source.FILE).delete()
    session.attendances.filter(source=Source.TICK).update(file=None, minutes=None)
    for row in found.values():
        if row.person_id in ticks:
            session.attendances.filter(person=row.person_id).update(
                file=row.file_id, minutes=row.minutes
            )
    Attendance.objects.bulk_create(row for row in found.values() if row.person_id not in ticks)


def _by_person(session: Session) -> dict[tuple, list[Participant]]:
    """The files' participants by file and person. A guest is known from file to file by address,
    or else by name; two of one name in one file are two guests."""
    parts = defaultdict(list)
    namesakes: Counter = Counter()
    for one in queries.counted(session):
        if one.person_id:
            who = ("member", one.person_id)
        elif one.email:
            who = ("guest", one.email)
        else:
            namesakes[one.file_id, fold(one.name)] += 1
            who = ("guest", fold(one.name), namesakes[one.file_id, fold(one.name)])
        parts[(one.file_id, *who)].append(one)
    return parts
