"""Saying where an organisation is."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.people.models import Person
from networks.seats.models import Seat
from peernet.lib import places
from peernet.lib.errors import Refused

from . import queries
from .models import Site

Exact = tuple[Decimal, Decimal]  # latitude, longitude


@transaction.atomic
def put(seat: Seat, place: str, *, exact: Exact | None = None, by: Person) -> None:
    """Say in which town the organisation is, "" for nowhere; and exactly where, if it wants that.

    Coordinators may say the town. Raises Refused when somebody else than its lead says more, for
    a town that is not known, or for a point that the map does not reach.
    """
    if not queries.may_place(by, seat):
        raise Refused(_("Only its lead and coordinators can say where an organisation is."))
    if exact and not queries.leads(by, seat):
        raise Refused(_("Only whoever leads for an organisation can say exactly where it is."))
    if exact and not places.is_drawn(float(exact[0]), float(exact[1])):
        raise Refused(_("That is not on the map. Enter latitude first: 53.7997, -1.5492."))
    if not place:
        Site.objects.filter(organisation=seat.organisation_id).delete()
    elif known := places.find(place):
        latitude, longitude = exact or (None, None)
        said = {"place": known.name, "latitude": latitude, "longitude": longitude}
        Site.objects.update_or_create(organisation_id=seat.organisation_id, defaults=said)
    else:
        raise Refused(_("Name a town that we know."))
    note("organisation.placed", by=by, network_id=seat.network_id, about_id=seat.organisation_id)
