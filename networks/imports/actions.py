"""A list of people: read, matched, agreed to, and taken back."""

import logging
from collections import Counter
from collections.abc import Set
from datetime import datetime, timedelta
from traceback import format_tb
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell_addresses, withdraw
from members.organisations.actions import recognise_all
from members.people.models import Person
from members.privacy.queries import addresses
from networks.invitations.models import Invitation
from networks.network.models import Network
from peernet.lib import clock, files, seen, workbooks
from peernet.lib import once as doubled
from peernet.lib.errors import Refused

from . import queries, rules
from .models import Import, ImportState
from .queries import Outcome
from .rules import Columns, Invitee, State

logger = logging.getLogger(__name__)
DRAFT_LIVES = timedelta(hours=24)
RESULT_LIVES = timedelta(days=7)
AT_ONCE = 100  # people: a twentieth of a second, in which nobody else can join or be invited
CHUNK = 500  # people in one statement
LISTS = 20  # in one ring of the bell
TRIES, TRY_AGAIN = 5, timedelta(minutes=1)
MATCHING = ("sheet", "heading", "columns", "apart", "same")  # what she saw when she agreed


def start_import(
    network: Network,
    *,
    data: bytes | None = None,
    text: str = "",
    filename: str = "",
    by: Person,
    once: UUID | None = None,
) -> Import:
    """Read a file (`data`), or a `text` that was pasted, into a draft. Nobody is invited yet.

    Raises Refused, naming the file and the reason, for what is no list of people.
    """
    filename = filename[-200:]
    found = _sheets(text, data, filename)
    if not found:
        raise Refused(
            _("%(file)s holds no email address. Add a column with the addresses.")
            % {"file": files.called(filename)}
        )
    rows = found[0].rows
    heading = rules.guess_heading(rows)
    batch, _new = doubled.create(
        Import, once, network=network, by=by, filename=filename, rows=rows, heading=heading,
        columns=rules.guess_columns(rows, heading), sheets=_kept(found),
    )  # fmt: skip
    return batch


@transaction.atomic
def choose_sheet(batch: Import, at: int, *, by: Person) -> Import:
    """Take the people from another sheet of the workbook, its columns guessed anew.

    Raises Refused when it was settled meanwhile, or has no such sheet.
    """
    batch = _held(batch)
    if batch.state != ImportState.DRAFT or not at < len(batch.sheets):
        raise Refused(_("This list was settled meanwhile."))
    rows = batch.sheets[at].get("rows", batch.rows)
    batch.sheet, batch.rows, batch.apart, batch.same = at, rows, [], {}
    batch.heading = rules.guess_heading(rows)
    batch.columns = rules.guess_columns(rows, batch.heading)
    batch.save(update_fields=["rows", *MATCHING])
    return batch


@transaction.atomic
def match_columns(
    batch: Import,
    *,
    heading: int | None,
    columns: Columns,
    apart: list[str],
    same: dict[str, str],
    by: Person,
) -> Import:
    """Correct what is in which column, which organisations are not the same after all, and which
    ones are: to those that were said to be, `same` adds.

    Raises Refused when it was settled meanwhile.
    """
    batch = _held(batch)
    if batch.state != ImportState.DRAFT:
        raise Refused(_("This list was settled meanwhile."))
    batch.heading, batch.columns, batch.apart = heading, columns, apart
    batch.same |= same
    batch.save(update_fields=MATCHING)
    return batch


@transaction.atomic
def apply_import(batch: Import, *, mark: str, by: Person) -> Import:
    """Invite everybody the preview said would be invited; the cells are then forgotten.

    A short list at once; a long one by `work`, whole or not at all. Again changes nothing. Raises
    Refused when the matching is not the one that was seen (`mark`, of seen.mark over MATCHING).
    """
    if batch.state != ImportState.DRAFT or (batch := _held(batch)).state != ImportState.DRAFT:
        return batch
    if seen.mark(batch, MATCHING) != mark:
        raise Refused(_("The matching was changed meanwhile. Look once more, then agree."))
    look = queries.preview(batch)
    batch.rows, batch.sheets, batch.columns = look.invitees(), [], {}
    batch.apart, batch.same = [], {}
    batch.result, batch.counts = look.left_out(), look.counts | {"invite": 0}
    return _begin(batch, ImportState.APPLYING, len(batch.rows), by=by)


@transaction.atomic
def start_again(batch: Import, *, by: Person) -> Import:
    """Try a list once more that could not be applied. Again, or when it did, changes nothing."""
    batch = _held(batch)
    if batch.state != ImportState.STOPPED or not batch.rows:
        return batch
    return _begin(batch, ImportState.APPLYING, len(batch.rows), by=by)


@transaction.atomic
def undo_import(batch: Import, *, by: Person) -> Import:
    """Withdraw the invitations of this list that nobody has taken up; who joined, stays.

    Of a list that waits for its turn nobody is invited then. Again changes nothing; a draft has
    nothing to take back. Raises Refused while the invitations are being written.
    """
    batch = _held(batch)
    if batch.state not in (ImportState.APPLYING, ImportState.APPLIED, ImportState.STOPPED):
        return batch
    return _begin(batch, ImportState.UNDOING, queries.waiting(batch).count(), by=by)


@transaction.atomic
def discard_import(batch: Import, *, by: Person) -> Import:
    """Throw a draft away, or a list that did not work. Again, or once it is settled, changes
    nothing."""
    batch = _held(batch)
    stopped = batch.state == ImportState.STOPPED and not batch.invitations.exists()
    if stopped or batch.state == ImportState.DRAFT:
        _settle(batch, ImportState.DISCARDED, by=by)
    return batch


def work(limit: int = LISTS) -> int:
    """Deal with the lists under way, one at a time; returns with how many.

    Any number of workers may do this at once: each holds its list's row, and others pass it by.
    One that is killed has done nothing, and the next begins that list anew.
    """
    lists = 0
    while lists < limit and _one_of_any():
        lists += 1
    return lists


def forget_drafts() -> int:
    """Erase drafts that nobody agreed to within a day, and what lists that did not work and those
    that did keep of people for a while; returns how many drafts."""
    now = clock.now()
    stopped = Import.objects.filter(state=ImportState.STOPPED, settled_at__lte=now - DRAFT_LIVES)
    stopped.exclude(rows=[]).update(rows=[], result=[])
    told = Import.objects.filter(settled_at__lte=now - RESULT_LIVES)
    told.exclude(result=[]).update(result=[])
    old = Import.objects.filter(state=ImportState.DRAFT, started_at__lte=now - DRAFT_LIVES)
    return old.update(
        state=ImportState.DISCARDED, rows=[], sheets=[], columns={}, apart=[], same={},
        filename="", settled_at=now,
    )  # fmt: skip


def forget_results(person: Person) -> None:
    """Somebody closes their account: no result that can still be downloaded names them."""
    asked = Invitation.objects.filter(email__in=addresses(person)).values("network")
    named = Q(network__in=asked) | Q(network__memberships__person=person)
    told = Import.objects.filter(named).exclude(result=[]).values("pk")
    Import.objects.filter(pk__in=list(told.values_list("pk", flat=True))).update(result=[])


def _sheets(text: str, data: bytes | None, filename: str) -> list[workbooks.Sheet]:
    """The sheets that hold addresses; a text is one without a title."""
    if data is not None and workbooks.is_workbook(data):
        found = workbooks.sheets(data, filename, files.LONG)
    else:
        text = text if data is None else files.decode(data, filename, files.LONG)
        listed = rules.listed_addresses(text)
        table = (
            files.checked(listed, filename, files.LONG)
            if listed
            else files.table(text, filename, files.LONG)
        )
        found = [workbooks.Sheet("", table.rows)]
    with_people = [sheet for sheet in found if _addresses(sheet.rows)]
    for sheet in with_people:
        files.checked(sheet.rows, filename, files.LONG)
    return with_people


def _kept(found: list[workbooks.Sheet]) -> list[dict]:
    """What a draft remembers of a workbook's sheets; their rows only if there is a choice."""
    return [
        {
            "title": sheet.title,
            "hidden": sheet.hidden,
            "is_hidden": sheet.is_hidden,
            "addresses": _addresses(sheet.rows),
        }
        | ({"rows": sheet.rows} if len(found) > 1 else {})
        for sheet in found
        if sheet.title
    ]


def _addresses(rows: rules.Rows) -> int:
    """How many rows hold one."""
    return sum(any("@" in cell for cell in row) for row in rows)


def _held(batch: Import) -> Import:
    """The list as it is now. Until this deed is done no other happens with it, and nobody joins
    or is invited in its network (which every deed of membership holds, too)."""
    rows = Import.objects.select_for_update(skip_locked=batch.under_way)
    held = rows.filter(pk=batch.pk).first()
    if held is None:  # a worker has it, for some seconds: nobody waits for that here
        raise Refused(_("This list is being dealt with at this moment. Try again in a minute."))
    _lock_network(held)
    return held


def _lock_network(batch: Import) -> None:
    batch.network = Network.objects.select_for_update(no_key=True).get(pk=batch.network_id)
    if batch.network.closed_at:
        raise Refused(_("This network is closed."))


def _begin(batch: Import, state: ImportState, total: int, *, by: Person) -> Import:
    """Put a list (held) under way; a short one is dealt with at once."""
    batch.state, batch.agreed_by, batch.total, batch.done = state, by, total, 0
    batch.attempts, batch.retry_at, batch.why, batch.settled_at = 0, None, "", None
    batch.save()
    if total <= AT_ONCE:
        _deal_with(batch)
    return batch


def _one_of_any() -> bool:
    """Deal with a list that nobody else is busy with; False when there is none.

    A fault of ours in one list must not hold up the others; that the database is away is no
    fault of the list's.
    """
    pk = None
    try:
        with transaction.atomic():
            free = queries.due(clock.now()).select_for_update(skip_locked=True)
            batch = free.first()
            if batch is None:
                return False
            pk = batch.pk
            _lock_network(batch)
            _deal_with(batch)
    except OperationalError:
        raise
    except Refused as no:
        _stop(pk, str(no))
    except Exception as fault:
        where = "".join(format_tb(fault.__traceback__))  # what it says may name somebody
        logger.error("import %s could not go on (%s)\n%s", pk, type(fault).__name__, where)
        _try_later(pk)
    return True


def _deal_with(batch: Import) -> None:
    """Do with all people of a list that is held what it is under way for, and settle it: the
    transaction that this stands in makes it whole or nothing."""
    if batch.state == ImportState.UNDOING:
        batch.done, batch.result = _take_back(batch), []
        _settle(batch, ImportState.UNDONE, by=batch.agreed_by)
    elif len(batch.rows) < batch.total:  # it went with the account of whoever sent it
        _stop(batch.pk, _("The list was forgotten before anybody on it was invited."))
    else:
        batch.done = _invite([Invitee(*row) for row in batch.rows], batch)
        _settle(batch, ImportState.APPLIED, by=batch.agreed_by)


def _invite(people: list[Invitee], batch: Import) -> int:
    """What membership's `invite` does, for many in a few statements: one by one, a thousand
    people take eight seconds, and nobody else can join meanwhile. Returns how many were looked at.
    """
    network, at = batch.network, clock.now()
    here, asked = queries.addresses_of_members(network), queries.addresses_invited(network)
    often = queries.invited_often(network)
    became = [(one, _becomes(one.email, here, asked, often)) for one in people]
    new = [one for one, state in became if state == State.INVITE]
    for start in range(0, len(new), CHUNK):
        _write(new[start : start + CHUNK], batch, at)
        queries.tell_progress(batch, start + CHUNK)
    found = [Outcome(one.number, one.email, state, "") for one, state in became]
    batch.result = sorted([*(Outcome(*row) for row in batch.result), *found])
    batch.counts = dict(Counter(str(row.state) for row in batch.result))
    return len(people)


def _write(people: list[Invitee], batch: Import, at: datetime) -> None:
    """Invitations and letters for some, all of them new. One moment for all of a list: by it they
    stay together, in its order."""
    bodies = recognise_all({one.organisation: one.region for one in people if one.organisation})
    invitations = Invitation.objects.bulk_create(
        Invitation(
            network=batch.network, email=one.email, name=one.name, role=one.role, batch=batch,
            organisation=bodies.get(one.organisation), invited_by=batch.agreed_by, times_sent=1,
            invited_at=at,
        )
        for one in people
    )  # fmt: skip
    letters = [(invitation.email, invitation.pk) for invitation in invitations]
    tell_addresses(letters, "invitation", network_id=batch.network_id, version=1)


def _becomes(email: str, here: Set[str], asked: Set[str], often: Set[str]) -> str:
    """What becomes of somebody now: they may have joined or been invited since the preview."""
    if email in here:
        return State.MEMBER
    if email in asked:
        return State.INVITED
    return "refused" if email in often else State.INVITE


def _take_back(batch: Import) -> int:
    """Withdraw the invitations of the list that nobody has taken up; returns how many."""
    pks = list(queries.waiting(batch).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), CHUNK):
        some = pks[start : start + CHUNK]
        Invitation.objects.filter(pk__in=some).update(withdrawn_at=clock.now())
        withdraw(some, "invitation", reason=_("The list it came with was undone."))
        queries.tell_progress(batch, start + CHUNK)
    return len(pks)


@transaction.atomic
def _try_later(pk: int) -> None:
    """Let a list wait that failed; after some times in vain it stops."""
    batch = Import.objects.select_for_update().get(pk=pk)
    batch.attempts += 1
    batch.retry_at = clock.now() + TRY_AGAIN
    batch.save(update_fields=["attempts", "retry_at"])
    if batch.attempts >= TRIES:
        _stop(pk, _("Something broke on our side. It is written down for whoever runs PeerNet."))


@transaction.atomic
def _stop(pk: int, why: str) -> None:
    """Leave a list with nothing of it done, and keep why. It can be started again for a day; one
    that was being taken back is as it was."""
    batch = Import.objects.select_for_update().get(pk=pk)
    if batch.state == ImportState.UNDOING:
        batch.why, batch.state = why[:200], ImportState.APPLIED
        batch.settled_at = clock.now()
        batch.save(update_fields=["why", "state", "settled_at"])
    elif batch.under_way:
        batch.state, batch.why, batch.settled_at = ImportState.STOPPED, why[:200], clock.now()
        batch.save(update_fields=["state", "why", "settled_at"])
        about = {"network_id": batch.network_id, "about_id": pk}
        note("import.stopped", by=batch.agreed_by, **about)


def _settle(batch: Import, state: ImportState, *, by: Person | None) -> None:
    """Keep what came of it, in numbers and for a while row by row; forget the cells."""
    batch.state, batch.settled_at = state, clock.now()
    batch.counts = {name: n for name, n in batch.counts.items() if n}
    batch.rows, batch.sheets, batch.columns = [], [], {}
    batch.apart, batch.same = [], {}
    if state == ImportState.DISCARDED:
        batch.filename, batch.result = "", []
    batch.save()
    counts = batch.counts
    note(f"import.{state}", by=by, network_id=batch.network_id, about_id=batch.pk, **counts)
