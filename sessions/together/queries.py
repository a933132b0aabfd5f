"""How long the people of a network, and of the reader's cohorts, have met."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from members.people.models import Person
from networks.membership.models import CohortSpell, Membership
from networks.membership.queries import cohorts_of
from networks.network.models import Network
from peernet.lib import clock
from sessions.cadence.models import Session, SessionState

from .rules import LATELY, met, middle, set_back


class Together(NamedTuple):
    """How long a group has met, for a line. `name`: the cohort's, "" for the whole network.
    `warns`: many came lately, which who looks after it is told."""

    name: str
    months: int
    times: int
    warns: bool


def lines(network: Network, reader: Person) -> list[Together]:
    """The network, and the cohorts that the reader is in: those that have met, or that many who
    came lately have made a new group."""
    sessions = Session.objects.filter(network=network, state=SessionState.HELD)
    runs = reader.has_perm("networks.coordinate", network)
    here = Membership.objects.filter(network=network).current()
    here = here.annotate(came=Coalesce("here_since", "since"))
    found = [_line("", here, sessions.filter(cohort=None), runs)]
    for spell in cohorts_of(reader).filter(cohort__network=network).select_related("cohort"):
        both = sessions.filter(Q(cohort=None) | Q(cohort=spell.cohort))
        inside = CohortSpell.objects.filter(cohort=spell.cohort).current().annotate(came=F("since"))
        found.append(_line(spell.cohort.name, inside, both, runs))
    return [one for one in found if one]


def _line(name: str, here: QuerySet, sessions: QuerySet[Session], runs: bool) -> Together | None:
    held = list(sessions.values_list("starts_at", flat=True))
    if not held:
        return None
    now, here = clock.now(), here.filter(person__is_active=True)
    found = met(_half(here), held)
    warns = runs and set_back(met(_half(here.filter(came__lt=now - LATELY)), held), found)
    if found:
        return Together(name, found.months(now), found.times, warns)
    return Together(name, 0, 0, warns) if warns else None


def _half(rows: QuerySet) -> datetime | None:
    """From when on half of these people were here: one number and one moment, however many."""
    at = middle(rows.count())
    came = rows.order_by("came").values_list("came", flat=True)
    return None if at is None else came[at]
