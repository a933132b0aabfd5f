"""Deeds that need several rooms at once."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.people.models import Person
from members.privacy.actions import erase
from networks.discussions.models import Room
from networks.imports.actions import discard_import
from networks.invitations.actions import withdraw_invitation
from networks.membership.actions import accept_charter, begin, leave
from networks.membership.models import Role
from networks.membership.queries import networks_of
from networks.network.actions import publish_charter
from networks.network.models import Network
from networks.network.rules import slugs
from peernet.lib import once as doubled
from peernet.lib import words
from peernet.lib.errors import Refused

from . import account


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


@transaction.atomic
def close_account(*, address: str, by: Person) -> None:
    """Leave everywhere and erase what we hold about somebody, as the declarations say; for good.

    Again changes nothing. Raises Refused when `address`, typed to confirm, is not theirs, and for
    who is the only one to look after a network.
    """
    # NO KEY: a deed elsewhere that points at the person need not wait, and cannot lock with us.
    person = Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not person.is_active:
        return
    if address.strip().lower() != person.email.lower():
        raise Refused(_("That is not your address. Type %(email)s.") % {"email": person.email})
    if alone := account.looked_after_alone(person):
        names = {"names": words.listed([network.name for network in alone])}
        raise Refused(
            _("Only you look after %(names)s. Make somebody else coordinator there first.") % names
        )
    for batch in account.drafts_of(person):
        discard_import(batch, by=person)
    for invitation in account.invitations_to(person):
        withdraw_invitation(invitation, by=person)
    for network in networks_of(person).order_by("pk"):
        leave(network, by=person)
    erase(person, by=person)


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
