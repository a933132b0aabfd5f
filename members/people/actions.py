"""Accounts: made once per address, and changed by the person they belong to."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from members.audit.actions import note

from .models import Person


@transaction.atomic
def welcome(email: str, name: str = "") -> Person:
    """The account of this address; made when there is none, however many ask at once.

    For somebody who was invited: the address counts as theirs only once they typed a code
    that was sent to it. `name` fills in a missing name, and changes none.
    """
    person = _account(email.strip().lower(), name.strip())
    if name.strip() and not person.name:
        person.name = name.strip()
        person.save(update_fields=["name"])
    return person


def _account(email: str, name: str) -> Person:
    known = Person.objects.filter(email=email)
    if person := known.first():
        return person
    try:
        with transaction.atomic():
            person = Person.objects.create_user(email, name)
            # allauth sends codes to addresses that it knows.
            EmailAddress.objects.create(user=person, email=email, primary=True)
    except IntegrityError:
        # The other request has committed by now: the unique index made us wait for it.
        return known.get()
    note("person.welcomed", by=None, about_id=person.pk)
    return person
