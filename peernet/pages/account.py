"""What must be known before an account closes."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from members.people.models import Person
from members.privacy.queries import addresses
from networks.imports.models import Import, ImportState
from networks.invitations.models import Invitation
from networks.membership.models import Membership, Role
from networks.membership.queries import networks_of
from networks.network.models import Network


def looked_after_alone(person: Person) -> list[Network]:
    """The networks in which the person is the only coordinator; `others`: who else is in each."""
    runs = Membership.objects.filter(
        network=OuterRef("pk"), role=Role.COORDINATOR, person__is_active=True
    ).current()
    there = Q(memberships__until=None, memberships__person__is_active=True)
    others = Count("memberships", filter=there & ~Q(memberships__person=person))
    theirs = runs.exclude(person=person)
    rows = networks_of(person).filter(Exists(runs), ~Exists(theirs))
    return list(rows.annotate(others=others))


def drafts_of(person: Person) -> QuerySet[Import]:
    """Lists of people that the person has not agreed to yet."""
    rows = Import.objects.filter(by=person, state=ImportState.DRAFT, network__closed_at=None)
    return rows.order_by("network", "pk")


def invitations_to(person: Person) -> QuerySet[Invitation]:
    """Open invitations to any address of the person's."""
    asked = Q(pk__in=[])
    for address in addresses(person):
        asked |= Q(email__iexact=address)
    rows = Invitation.objects.sent().filter(asked, network__closed_at=None)
    return rows.select_related("network").order_by("network", "pk")
