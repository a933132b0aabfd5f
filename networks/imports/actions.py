"""A list of people: read, matched, agreed to, and taken back."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell_addresses, withdraw
from members.organisations.actions import recognise_all
from members.people.models import Person
from networks.invitations.models import Invitation
from networks.network.models import Network
from peernet.lib import clock, files, seen, workbooks
from peernet.lib import once as doubled
from peernet.lib.errors import Refused

from . import queries, rules
from .models import Import, ImportState
from .rules import Columns, Line, State

DRAFT_LIVES = timedelta(hours=24)
MATCHING = ("sheet", "heading", "columns", "apart")  # what she saw when she agreed


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
    batch.sheet, batch.rows, batch.apart = at, rows, []
    batch.heading = rules.guess_heading(rows)
    batch.columns = rules.guess_columns(rows, batch.heading)
    batch.save(update_fields=["rows", *MATCHING])
    return batch


@transaction.atomic
def match_columns(
    batch: Import, *, heading: int | None, columns: Columns, apart: list[str], by: Person
) -> Import:
    """Correct what is in which column, and which organisations are not the same after all.

    Raises Refused when it was settled meanwhile.
    """
    batch = _held(batch)
    if batch.state != ImportState.DRAFT:
        raise Refused(_("This list was settled meanwhile."))
    batch.heading, batch.columns, batch.apart = heading, columns, apart
    batch.save(update_fields=MATCHING)
    return batch


@transaction.atomic
def apply_import(batch: Import, *, mark: str, by: Person) -> Import:
    """Invite everybody the preview said would be invited; the cells are then forgotten.

    Again changes nothing. Raises Refused when the matching is not the one that was seen
    (`mark`, of seen.mark over MATCHING).
    """
    batch = _held(batch)
    if batch.state != ImportState.DRAFT:
        return batch
    if seen.mark(batch, MATCHING) != mark:
        raise Refused(_("The matching was changed meanwhile. Look once more, then agree."))
    look = queries.preview(batch)
    often = queries.invited_often(batch.network)
    lines = [line for line in look.first(State.INVITE) if line.email not in often]
    _invite(batch, lines, by=by)
    came_of_it = {"invite": len(lines), "refused": look.invited - len(lines)}
    return _settle(batch, ImportState.APPLIED, look.counts | came_of_it, by=by)


@transaction.atomic
def undo_import(batch: Import, *, by: Person) -> Import:
    """Withdraw the invitations of this list that nobody has taken up; who joined, stays.

    Again changes nothing; a draft has nothing to take back.
    """
    batch = _held(batch)
    if batch.state != ImportState.APPLIED:
        return batch
    pks = list(queries.waiting(batch).values_list("pk", flat=True))
    Invitation.objects.filter(pk__in=pks).update(withdrawn_at=clock.now())
    withdraw(pks, "invitation", reason=_("The list it came with was undone."))
    return _settle(batch, ImportState.UNDONE, batch.counts, by=by)


@transaction.atomic
def discard_import(batch: Import, *, by: Person) -> Import:
    """Throw a draft away. Again, or once it is settled, changes nothing."""
    batch = _held(batch)
    if batch.state != ImportState.DRAFT:
        return batch
    return _settle(batch, ImportState.DISCARDED, {}, by=by)


def forget_drafts() -> int:
    """Erase drafts that nobody agreed to within a day; returns how many."""
    old = Import.objects.filter(state=ImportState.DRAFT, started_at__lte=clock.now() - DRAFT_LIVES)
    return old.update(
        state=ImportState.DISCARDED, rows=[], sheets=[], columns={}, apart=[], filename="",
        settled_at=clock.now(),
    )  # fmt: skip


def _sheets(text: str, data: bytes | None, filename: str) -> list[workbooks.Sheet]:
    """The sheets that hold addresses; a text is one without a title."""
    if data is not None and workbooks.is_workbook(data):
        found = workbooks.sheets(data, filename)
    else:
        text = text if data is None else files.decode(data, filename)
        listed = rules.listed_addresses(text)
        table = files.checked(listed, filename) if listed else files.table(text, filename)
        found = [workbooks.Sheet("", table.rows)]
    with_people = [sheet for sheet in found if _addresses(sheet.rows)]
    for sheet in with_people:
        files.checked(sheet.rows, filename)
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
    held = Import.objects.select_for_update().get(pk=batch.pk)
    held.network = Network.objects.select_for_update(no_key=True).get(pk=held.network_id)
    if held.network.closed_at:
        raise Refused(_("This network is closed."))
    return held


def _invite(batch: Import, lines: list[Line], *, by: Person) -> None:
    """What membership's `invite` does, for all of a list in a few statements: one by one, a
    thousand people take eight seconds, and nobody else can join meanwhile."""
    regions: dict[str, str] = {}
    for line in lines:
        if line.organisation:
            regions[line.organisation] = regions.get(line.organisation) or line.region
    bodies = recognise_all(regions)
    invitations = Invitation.objects.bulk_create(
        Invitation(
            network=batch.network, email=line.email, name=line.name, role=line.role, batch=batch,
            organisation=bodies.get(line.organisation), invited_by=by, times_sent=1,
        )
        for line in lines
    )  # fmt: skip
    letters = [(invitation.email, invitation.pk) for invitation in invitations]
    tell_addresses(letters, "invitation", network_id=batch.network_id, version=1)


def _settle(batch: Import, state: ImportState, counts: dict[str, int], *, by: Person) -> Import:
    """Keep what came of it, in numbers; forget the cells."""
    batch.state, batch.counts, batch.settled_at = state, counts, clock.now()
    batch.rows, batch.sheets, batch.columns, batch.apart = [], [], {}, []
    if state == ImportState.DISCARDED:
        batch.filename = ""
    batch.save()
    note(f"import.{state}", by=by, network_id=batch.network_id, about_id=batch.pk, **counts)
    return batch
