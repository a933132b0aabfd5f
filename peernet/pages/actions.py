"""Deeds that need several rooms at once."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.people.models import Person
from networks.discussions.models import Room
from networks.membership.actions import accept_charter, begin
from networks.membership.models import Role
from networks.network.actions import publish_charter
from networks.network.models import Network
from networks.network.rules import slugs
from peernet.lib import once as doubled
from peernet.lib.errors import Refused


@transaction.atomic
def open_network(
    *, name: str, purpose: str, zone: str, accent: int, charter: str, once: UUID | None, by: Person
) -> Network:
    """Open a network: `by` looks after it, its house rules are in force, and one room is open.

    `charter` is the text of its first house rules. The same `once` again finds the network that
    the first press opened.
    """
    network, new = _named(once, name=name, purpose=purpose, zone=zone, accent=accent)
    if not new:
        return network
    begin(network, by, role=Role.COORDINATOR, by=by)
    accept_charter(publish_charter(network, charter, after=0, by=by), by=by)
    Room.objects.create(network=network, name=_("Everyone"))
    note("network.opened", by=by, network_id=network.pk)
    return network


def _named(once: UUID | None, *, name: str, **values: str | int) -> tuple[Network, bool]:
    """The network with the first address that is free; others may take one at the same moment."""
    for slug in slugs(name):
        if Network.objects.filter(slug=slug).exists():
            continue
        try:
            return doubled.create(Network, once, name=name, slug=slug, **values)
        except IntegrityError:
            continue
    raise Refused(_("There are many networks of that name. Choose a name that tells them apart."))
