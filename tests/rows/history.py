"""What people read who join later, and the cohorts they join in."""

from members.people.models import Person
from networks.membership.models import CohortSpell, Membership
from networks.network.models import Cohort
from tests.pages import DONE, Page, coordinators, here


def room(world):
    return (world.place.slug, world.room.pk)


def cohort(world):
    """One with the member in it."""
    made, _new = Cohort.objects.get_or_create(
        network=world.place, name="Cohort 2", defaults={"starts_on": "2026-01-05"}
    )
    CohortSpell.objects.get_or_create(cohort=made, person=world["member"], until=None)
    return (world.place.slug, made.pk)


def more_cohorts(world, n):
    Cohort.objects.bulk_create(
        Cohort(network=world.place, name=f"C{i}-{n}", starts_on="2026-01-05") for i in range(n)
    )


def more_in_it(world, n):
    made = Cohort.objects.get(network=world.place, name="Cohort 2")
    people = Person.objects.bulk_create(
        Person(email=f"c{i}-{n}@example.org", name=f"Starter {i:04}") for i in range(n)
    )
    Membership.objects.bulk_create(Membership(network=world.place, person=p) for p in people)
    CohortSpell.objects.bulk_create(CohortSpell(cohort=made, person=p) for p in people)


ROWS = [
    Page("room_history", get=coordinators(), post=coordinators(DONE), args=room,
         data=lambda w: {"history": "joining"}),
    Page("cohorts", get=coordinators(), args=here, grow=more_cohorts),
    Page("cohort_new", get=coordinators(), post=coordinators(DONE), args=here,
         data=lambda w: {"name": "Cohort 3", "starts_on": "2026-01-05"}),
    Page("cohort", get=coordinators(), post=coordinators(DONE), args=cohort, grow=more_in_it,
         data=lambda w: {"addresses": w["member"].email}),
    Page("cohort_edit", get=coordinators(), post=coordinators(DONE), args=cohort,
         data=lambda w: {"name": "Cohort 2", "starts_on": "2026-01-05"}),
    Page("cohort_out", post=coordinators(DONE), args=cohort,
         data=lambda w: {"person": w["member"].pk}),
]  # fmt: skip
