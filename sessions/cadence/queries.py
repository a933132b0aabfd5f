"""Whom a session is for."""

from django.db.models import QuerySet

from members.people.models import Person
from networks.membership.queries import members

from .models import Session


def audience(session: Session) -> QuerySet[Person]:
    """Everybody a session is for, as of now: its cohort, or the whole network."""
    return members(session.network, cohort=session.cohort)
