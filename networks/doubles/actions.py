"""Two organisations that are one become one, by a person who saw both."""

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.merging.actions import join_spells
from members.merging.queries import Clash
from members.organisations.actions import DESCRIBED
from members.organisations.models import Affiliation, Different, KnownAs, Organisation
from members.people.models import Person
from networks.handover.models import Handover
from networks.network.models import Network
from networks.seats.models import Holding, Seat
from peernet.lib.errors import Refused

from . import queries


@transaction.atomic
def merge(one: Organisation, other: Organisation, *, name: str, by: Person) -> Organisation:
    """Give all that `other` has to `one`, which from now on is called `name`, one of the two; the
    other name is kept, so that lists that still have it mean the same organisation.

    Where both had a place in a network at one time, it becomes one place, held by all who held
    either. For good. Raises Refused for whoever may not, or when one of them is gone.
    """
    rows = Organisation.objects.select_for_update().filter(pk__in=[one.pk, other.pk])
    held = {row.pk: row for row in rows.order_by("pk")}
    if len(held) < 2:
        raise Refused(_("Somebody brought these two together a moment ago."))
    one, other = held[one.pk], held[other.pk]
    if not queries.may_merge(by, one, other):
        raise Refused(_("Only who coordinates every network they stand in can do this."))
    if name not in (one.name, other.name):
        raise Refused(_("Choose one of the two names."))
    stands = queries.networks_of(one, other)
    # Whoever gives or takes a place holds its network: nobody does meanwhile.
    list(Network.objects.select_for_update(no_key=True).filter(pk__in=stands).order_by("pk"))
    _join_seats(one, other)
    join_spells(Affiliation, Clash("organisation", ("person",), spells=True), one, other)
    for model, path in queries.naming():
        rows = model._base_manager
        # Of what there is once for each organisation, the first one's stays, if it has one.
        if not (model._meta.get_field(path).unique and rows.filter(**{path: one}).exists()):
            rows.filter(**{path: other}).update(**{path: one})
    _name(one, other, name)
    for network in sorted(stands) or [None]:
        note("organisation.merged", by=by, network_id=network, about_id=one.pk, was=other.pk)
    return one


@transaction.atomic
def keep_apart(one: Organisation, other: Organisation, *, by: Person) -> None:
    """Remember that two names that are alike are two organisations. Again changes nothing."""
    if not queries.may_merge(by, one, other):
        raise Refused(_("Only who coordinates every network they stand in can do this."))
    first, second = sorted((one.pk, other.pk))
    Different.objects.get_or_create(one_id=first, other_id=second)


def _join_seats(one: Organisation, other: Organisation) -> None:
    """Places of both in one network at one time become the one that began first."""
    for group in queries.overlapping(one, other):
        first, *others = group
        for seat in others:
            join_spells(Holding, Clash("seat", ("person",), spells=True), first, seat)
            Holding.objects.filter(seat=seat).update(seat=first)
            _hand_on(seat, first)
        ends = [seat.until for seat in group]
        until = None if None in ends else max(ends)
        Seat.objects.filter(pk__in=[seat.pk for seat in others]).delete()
        Seat.objects.filter(pk=first.pk).update(until=until, organisation=one)


def _hand_on(seat: Seat, first: Seat) -> None:
    """Handovers of a place that goes are handovers of the one that stays, but for a second one of
    whoever has one under way there."""
    twice = Handover.objects.standing().filter(seat=first).values("leaver")
    rows = Handover.objects.filter(seat=seat)
    rows.exclude(ended_at=None, leaver__in=twice).update(seat=first)


def _name(one: Organisation, other: Organisation, name: str) -> None:
    """The chosen name stays; the other is remembered."""
    alias = other.name if name == one.name else one.name
    told = {name: getattr(one, name) or getattr(other, name) for name in DESCRIBED}
    Different.objects.filter(one=other).delete()
    Different.objects.filter(other=other).delete()
    other.delete()
    Organisation.objects.filter(pk=one.pk).update(name=name, **told)
    one.refresh_from_db()
    KnownAs.objects.create(organisation=one, name=alias)
