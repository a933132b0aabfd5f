"""Saying who follows, from when until when, with what; agreeing to it, and calling it off.

What time does to a handover is the deed of sessions/handing, which knows all that comes along.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell, withdraw
from members.people.models import Person
from networks.invitations.actions import invite, withdraw_invitation
from networks.invitations.models import Invitation
from networks.membership.actions import hold
from networks.membership.queries import member_with_address, members
from networks.seats.models import Holding
from peernet.lib import clock
from peernet.lib import once as doubled
from peernet.lib.errors import Refused

from . import rules
from .models import Handover, HandoverItem, Outcome, Stays

ABOUT = ("handover_leaver", "handover_successor", "handover_nobody")


@transaction.atomic
def begin_handover(
    holding: Holding, *, email: str, name: str, starts_on: date, ends_on: date,
    stays: str = Stays.STAY, by: Person, once: UUID | None = None,
) -> Handover:  # fmt: skip
    """Say who follows somebody in a seat. Whoever is no member yet is invited with the seat; a
    member is asked. Whether the leaver stays they say themselves: begun by somebody else, they do.
    The same `once` again finds the first.

    Raises Refused for days that cannot be, for who holds the seat no more, while another handover
    of theirs goes on, and as `invite` does.
    """
    network = hold(holding.seat.network)
    if once and (made := Handover.objects.filter(network=network, once=once).first()):
        return made
    held = Holding.objects.current().filter(pk=holding.pk).first()
    if held is None:
        raise Refused(_("They hold this place no longer."))
    if Handover.objects.standing().filter(seat=held.seat_id, leaver=held.person_id).exists():
        raise Refused(_("This place is being handed over already."))
    rules.check_days(starts_on, ends_on, clock.today(network.zone))
    row, _new = doubled.create(
        Handover, once, network=network, seat=held.seat, leaver=held.person, part=held.part,
        starts_on=starts_on, ends_on=ends_on, begun_by=by,
        stays=stays if by.pk == held.person_id else Stays.STAY,
    )  # fmt: skip
    _ask(row, email, name, by)
    tell(Person.objects.filter(pk=row.leaver_id), "handover_leaver", row.pk, network_id=network.pk)
    note("handover.begun", by=by, network_id=network.pk, about_id=row.leaver_id)
    return row


@transaction.atomic
def ask_another(handover: Handover, *, email: str, name: str, by: Person) -> None:
    """Somebody else is to follow; whoever was asked before is not, any more.

    Raises Refused once somebody has agreed, and as `begin_handover` does.
    """
    row = _standing(handover)
    if row.agreed_at:
        raise Refused(_("Somebody has agreed already. Call it off to begin anew."))
    _uninvite(row, by)
    row.successor = row.invitation = None
    row.save(update_fields=["successor", "invitation"])
    _ask(row, email, name, by)
    _noted("handover.changed", row, by)


@transaction.atomic
def change_days(
    handover: Handover, *, starts_on: date, ends_on: date, stays: str = "", by: Person
) -> None:
    """Overlap at other times; or the leaver chooses otherwise what becomes of them ("": as before).
    Raises Refused for days that cannot be, and where somebody else chooses for the leaver."""
    row = _standing(handover)
    rules.check_days(starts_on, ends_on, clock.today(row.network.zone))
    stays = stays or row.stays
    if stays != row.stays and by.pk != row.leaver_id:
        raise Refused(_("Only they choose whether they stay."))
    row.starts_on, row.ends_on, row.stays = starts_on, ends_on, stays
    row.save(update_fields=["starts_on", "ends_on", "stays"])
    _noted("handover.changed", row, by)


@transaction.atomic
def answer(handover: Handover, *, agrees: bool, by: Person) -> None:
    """Whoever is asked to follow says yes, or no; after a no the leaver is told to look on.

    Again changes nothing. Raises Refused for anybody else.
    """
    row = _standing(handover)
    if row.successor_id != by.pk:
        raise Refused(_("Somebody else is asked by now."))
    if row.agreed_at:
        return
    if agrees:
        row.agreed_at = clock.now()
        row.save(update_fields=["agreed_at"])
        _noted("handover.agreed", row, by)
    else:
        let_go(row)


@transaction.atomic
def call_off(handover: Handover, *, by: Person) -> None:
    """All stays as it is; an invitation that waits is withdrawn. Again changes nothing. Whoever
    holds the seat beside the leaver by then goes on doing so."""
    hold(handover.network)
    row = _locked(handover)
    if row.ended_at:
        return
    _uninvite(row, by)
    end(row, Outcome.OFF)
    _noted("handover.off", row, by)


@transaction.atomic
def choose(handover: Handover, picked: Collection[tuple[str, int]], *, by: Person) -> None:
    """The leaver says what comes along: (kind, number) of things that are theirs to hand on.
    What was handed on already stays so."""
    row = _standing(handover)
    if row.leaver_id != by.pk:
        raise Refused(_("Only they choose what they hand on."))
    for item in row.items.filter(handed_at=None):
        if (item.kind, item.about_id) not in picked:
            item.delete()
    HandoverItem.objects.bulk_create(
        [HandoverItem(handover=row, kind=kind, about_id=pk) for kind, pk in picked],
        ignore_conflicts=True,
    )


@transaction.atomic
def work_through(item: HandoverItem, *, done: bool) -> None:
    """The successor ticks one thing of their list, or takes the tick away."""
    HandoverItem.objects.filter(pk=item.pk).update(done_at=clock.now() if done else None)


# --- For sessions/handing, inside a transaction that holds the network ---------------------------


def look_who_follows(row: Handover) -> None:
    """Whoever took up the invitation follows, and has agreed by that; a successor who left, and
    an invitation that was withdrawn, leave nobody."""
    invitation = row.invitation
    if row.successor_id is None and invitation and invitation.accepted_by_id:
        row.successor_id, row.agreed_at = invitation.accepted_by_id, clock.now()
        row.invitation = None
        if row.successor_id == row.leaver_id:  # by another address of their own
            let_go(row)
            return
        row.save(update_fields=["successor", "agreed_at", "invitation"])
        _tell_successor(row)
    gone = invitation and (invitation.withdrawn_at or invitation.accepted_at)
    if row.successor_id:
        if not members(row.network).filter(pk=row.successor_id).exists():
            let_go(row)
    elif gone:
        let_go(row)


def let_go(row: Handover) -> None:
    """Nobody follows any more; the leaver is told, once a day at most."""
    row.successor = row.invitation = row.agreed_at = None
    row.save(update_fields=["successor", "invitation", "agreed_at"])
    tell_nobody(row, clock.now().date())


def tell_nobody(row: Handover, day: date) -> None:
    """Tell the leaver that nobody follows; once for a day."""
    people = Person.objects.filter(pk=row.leaver_id)
    tell(people, "handover_nobody", row.pk, network_id=row.network_id, version=day.toordinal())


def end(row: Handover, outcome: str) -> None:
    """Nothing more is to come of it, and no letter about it goes."""
    row.ended_at, row.outcome = clock.now(), outcome
    row.save(update_fields=["ended_at", "outcome"])
    withdraw(row.pk, *ABOUT, reason="The handover is over, or was called off.")


def locked(handover: Handover) -> Handover:
    """The row as it is now."""
    return _locked(handover)


# --- What the deeds share ------------------------------------------------------------------------


def _ask(row: Handover, email: str, name: str, by: Person) -> None:
    there = member_with_address(row.network, email.strip())
    if there and there.pk == row.leaver_id:
        raise Refused(_("Name somebody else: nobody can follow themselves."))
    if there:
        row.successor = there
        row.save(update_fields=["successor"])
        _tell_successor(row)
        return
    body = row.seat.organisation
    asked = Invitation.objects.filter(network=row.network, organisation=body).sent()
    row.invitation = asked.filter(email__iexact=email.strip()).first() or invite(
        row.network, email=email, name=name, organisation=body.name, part=row.part, by=by
    )
    row.save(update_fields=["invitation"])


def _tell_successor(row: Handover) -> None:
    people = Person.objects.filter(pk=row.successor_id)
    tell(people, "handover_successor", row.pk, network_id=row.network_id)


def _uninvite(row: Handover, by: Person) -> None:
    """Withdraw the invitation that waits, which was for nothing else."""
    waiting = row.invitation
    if waiting and not (waiting.accepted_at or waiting.withdrawn_at):
        withdraw_invitation(waiting, by=by)


def _standing(handover: Handover) -> Handover:
    hold(handover.network)
    row = _locked(handover)
    if row.ended_at:
        raise Refused(_("This handover is over, or was called off."))
    return row


def _locked(handover: Handover) -> Handover:
    rows = Handover.objects.select_for_update(of=("self",), no_key=True).told()
    return rows.get(pk=handover.pk)


def _noted(deed: str, row: Handover, by: Person) -> None:
    note(deed, by=by, network_id=row.network_id, about_id=row.leaver_id)
