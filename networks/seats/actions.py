"""An organisation takes its place in a network, and people hold it.

Who holds a place is in the network: networks.membership gives places to its members
(`give_seat`), and ends what somebody holds with their time there.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.organisations.actions import affiliate
from members.organisations.models import Organisation
from members.people.models import Person
from networks.network.models import Network
from peernet.lib import clock
from peernet.lib.errors import Refused

from . import queries
from .models import GIVEN, Ending, Holding, Part, Seat


@transaction.atomic
def take(
    network: Network, person: Person, organisation: Organisation, *, part: str = ""
) -> Holding:
    """The person holds the organisation's place in the network from now on; again changes nothing.

    Without a part they lead when nobody does yet, and else are a deputy. What led to it is noted
    by the deed that calls this, and the network is held by it.
    """
    affiliate(person, organisation)
    seat, _new = Seat.objects.get_or_create(
        network=network, organisation=organisation, until=None, defaults={"since": clock.now()}
    )
    if held := seat.holdings.current().filter(person=person).first():
        return held
    led = queries.holders(seat).filter(part=Part.LEAD).exists()
    part = part or (Part.DEPUTY if led else Part.LEAD)
    return Holding.objects.create(seat=seat, person=person, part=part, since=clock.now())


@transaction.atomic
def change_part(holding: Holding, part: str, *, by: Person) -> Holding:
    """End the spell with the old part and begin one with the new, at the same moment.

    Again changes nothing. Raises Refused for somebody who holds the place no longer.
    """
    row = _held(holding)
    now_held = row.seat.holdings.current().filter(person=row.person).first()
    if now_held is None:
        raise Refused(_("They hold this place no longer."))
    if now_held.part == part:
        return now_held
    if now_held.pk != row.pk:
        raise Refused(
            _("Somebody changed this a moment ago: they are “%(part)s” now. Look again.")
            % {"part": now_held.get_part_display()}
        )
    now = clock.now()
    _end(now_held, Ending.PART, now)
    changed = Holding.objects.create(seat=row.seat, person=row.person, part=part, since=now)
    note("seat.part", by=by, network_id=row.seat.network_id, about_id=row.person_id, part=part)
    return changed


@transaction.atomic
def end_holding(holding: Holding, reason: str, *, by: Person) -> Holding:
    """Somebody holds the place no longer; they stay in the network, and the organisation keeps it.

    `reason`: one of models.Ending. Again changes nothing.
    """
    row = _held(holding)
    if row.until is None:
        _end(row, reason, clock.now())
        note("seat.ended", by=by, network_id=row.seat.network_id, about_id=row.person_id,
             why=reason)  # fmt: skip
    return row


@transaction.atomic
def resume_holding(holding: Holding, *, by: Person) -> Holding:
    """Undo `end_holding` as a person said it. Again changes nothing.

    Raises Refused when it ended for another reason, or when they hold the place again by now.
    """
    row = _held(holding)
    if row.until is None:
        return row
    if row.reason not in GIVEN:
        raise Refused(_("This cannot be undone here. Ask them in again."))
    if row.seat.holdings.current().filter(person=row.person).exists():
        raise Refused(_("They hold this place again already."))
    row.until, row.reason = None, ""
    row.save(update_fields=["until", "reason"])
    note("seat.resumed", by=by, network_id=row.seat.network_id, about_id=row.person_id)
    return row


def end_all(network: Network, person: Person, reason: str, at: datetime) -> None:
    """End all that the person holds in the network, with their time there, at a moment (aware)."""
    rows = Holding.objects.filter(seat__network=network, person=person).current()
    rows.update(until=at, reason=reason)


def bring_back(network: Network, person: Person, at: datetime) -> None:
    """Undo `end_all` of that moment, which left the person without any place."""
    rows = Holding.objects.filter(seat__network=network, person=person, until=at)
    rows.filter(reason__in=[Ending.LEFT, Ending.REMOVED]).update(until=None, reason="")


def _held(holding: Holding) -> Holding:
    """The holding as it is now, and nobody else changes what is held of its seat meanwhile."""
    Seat.objects.select_for_update(no_key=True).get(pk=holding.seat_id)
    rows = Holding.objects.select_related("seat__network", "seat__organisation", "person")
    return rows.get(pk=holding.pk)


def _end(holding: Holding, reason: str, now: datetime) -> None:
    holding.until, holding.reason = now, reason
    holding.save(update_fields=["until", "reason"])
