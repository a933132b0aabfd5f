"""What time does to a handover, and what each deed in it leads to at once.

The room stands this high because a pack reaches from asks to what was agreed in sessions; who
follows whom, and when, is of networks/handover.
"""

from django.db import transaction

from members.audit.actions import note
from networks.discussions.actions import follow
from networks.exchange import actions as exchange
from networks.handover.actions import end, locked, look_who_follows, tell_nobody
from networks.handover.models import Handover, Kind, Outcome, Stays
from networks.handover.queries import held_by_leaver
from networks.handover.rules import ALARM, ENDS, OVERLAPS, step
from networks.membership.actions import give_seat, hold, leave
from networks.membership.models import Role
from networks.membership.queries import coordinators, spell_of
from networks.seats.actions import change_part, end_holding
from networks.seats.models import Ending
from peernet.lib import clock
from sessions.follow_up import actions as follow_up

from . import queries


def move_all_on() -> None:
    """What time does, for each handover of an open network."""
    rows = Handover.objects.standing().filter(network__closed_at=None)
    for row in rows.select_related("network").order_by("pk"):
        move_on(row)


@transaction.atomic
def move_on(handover: Handover) -> None:
    """Do what is due in it today; again changes nothing. In a closed network nothing is."""
    network = hold(handover.network, even_closed=True)
    row = locked(handover)
    if network.closed_at or row.ended_at:
        return
    look_who_follows(row)
    held = held_by_leaver(row)
    due = step(
        agreed=row.agreed_at is not None, leaver_holds=held is not None,
        starts_on=row.starts_on, ends_on=row.ends_on, today=clock.today(network.zone),
    )  # fmt: skip
    if due == ALARM:
        tell_nobody(row, row.ends_on)
    if due in (OVERLAPS, ENDS):
        _begin(row)
    if due == ENDS:
        _finish(row)


def _begin(row: Handover) -> None:
    """Both hold the seat now, and who follows hears of the threads."""
    give_seat(row.network, row.successor, row.seat.organisation, part=row.part, by=row.leaver)
    threads = list(queries.threads_of(row))
    for thread in threads:
        follow(thread, row.successor, on=True, by=row.successor)
    _handed(row, Kind.THREAD, [thread.pk for thread in threads])


def _finish(row: Handover) -> None:
    """What changes hands does; the leaver's time in the seat ends, and what they wrote stays."""
    held = row.seat.holdings.current().get(person=row.successor)
    change_part(held, row.part, by=row.leaver)
    for kind, room in ((Kind.ACTION, follow_up), (Kind.ENTRY, exchange)):
        moved = [
            one.pk
            for one in list(queries.movable(row, kind))
            if room.hand_on(one, to=row.successor, by=row.leaver)
        ]
        _handed(row, kind, moved)
    if old := held_by_leaver(row):
        end_holding(old, Ending.HANDOVER, by=row.leaver)
    end(row, Outcome.DONE)
    note("handover.done", by=row.leaver, network_id=row.network_id, about_id=row.leaver_id)
    if row.stays == Stays.LEAVE and _may_go(row):
        leave(row.network, by=row.leaver)


def _handed(row: Handover, kind: str, ids: list[int]) -> None:
    row.items.filter(kind=kind, about_id__in=ids, handed_at=None).update(handed_at=clock.now())


def _may_go(row: Handover) -> bool:
    """The last coordinator of a network stays in it, whatever they chose."""
    spell = spell_of(row.network, row.leaver)
    if spell is None or spell.role != Role.COORDINATOR:
        return spell is not None
    return coordinators(row.network).exclude(pk=row.leaver_id).exists()
