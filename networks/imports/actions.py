"""A list of people: read, matched, agreed to, and taken back."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell_addresses, withdraw
from members.organisations.actions import recognise_all
from members.people.models import Person
from networks.membership.models import Invitation
from networks.network.models import Network
from peernet.lib import clock, files, seen
from peernet.lib import once as doubled
from peernet.lib.errors import Refused

from . import queries, rules
from .models import Import, ImportState
from .rules import Columns, Line, State

DRAFT_LIVES = timedelta(hours=24)
MATCHING = ("heading", "columns", "apart")  # what she saw when she agreed


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
    rows = _read(text if data is None else files.decode(data, filename), filename)
    if not any("@" in cell for row in rows for cell in row):
        raise Refused(
            _("%(file)s holds no email address. Add a column with the addresses.")
            % {"file": files.called(filename)}
        )
    heading = rules.guess_heading(rows)
    batch, _new = doubled.create(
        Import, once, network=network, by=by, filename=filename, rows=rows, heading=heading,
        columns=rules.guess_columns(rows, heading),
    )  # fmt: skip
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
        state=ImportState.DISCARDED, rows=[], columns={}, apart=[], filename="",
        settled_at=clock.now(),
    )  # fmt: skip


def _read(text: str, filename: str) -> rules.Rows:
    listed = rules.listed_addresses(text)
    return files.checked(listed, filename).rows if listed else files.table(text, filename).rows


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
    batch.rows, batch.columns, batch.apart = [], {}, []
    if state == ImportState.DISCARDED:
        batch.filename = ""
    batch.save()
    note(f"import.{state}", by=by, network_id=batch.network_id, about_id=batch.pk, **counts)
    return batch
