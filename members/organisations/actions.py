"""Organisations, and who belongs to them."""

from django.db import transaction

from members.people.models import Person
from peernet.lib import clock

from .models import Affiliation, Organisation


def recognise(name: str, *, region: str = "") -> Organisation:
    """The organisation of this name, whatever its capitals and spaces; made when it is new."""
    tidy = " ".join(name.split())
    row, _ = Organisation.objects.get_or_create(
        name__iexact=tidy, defaults={"name": tidy, "region": region}
    )
    return row


@transaction.atomic
def affiliate(person: Person, organisation: Organisation) -> Affiliation:
    """Say that the person belongs to the organisation, from now on; again changes nothing."""
    row, _ = Affiliation.objects.get_or_create(
        person=person, organisation=organisation, until=None, defaults={"since": clock.now()}
    )
    return row
