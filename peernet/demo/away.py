"""A network whose only coordinator has not been seen for weeks: its members are asked."""

from datetime import timedelta

from members.people.models import Person
from networks.membership.models import Role
from networks.network.models import Network
from networks.succession.models import Succession
from peernet.lib import clock

from .cast import Cast

NETWORK, MEMBER = "Food Growing", "Amina Begum"


def tell(cast: Cast) -> None:
    """Everybody else was here lately; two members would take it on, and some have said yes."""
    place = Network.objects.get(name=NETWORK, demo=True)
    lead = place.memberships.current().get(role=Role.COORDINATOR).person
    Person.objects.filter(demo=True).exclude(pk=lead.pk).update(last_login=clock.now())
    others = place.memberships.current().filter(role=Role.MEMBER).order_by("pk")
    people = [one.person for one in others.select_related("person")]
    member = Person.objects.get(name=MEMBER, demo=True)
    cast.join(place, member, None, clock.now() - timedelta(days=200))
    began = clock.now() - timedelta(days=5)
    asked = Succession.objects.create(network=place, gone=False, began_at=began)
    first, second = (
        asked.candidates.create(person=one, at=began + timedelta(days=1)) for one in people[:2]
    )
    for number, one in enumerate(people):
        asked.voices.create(
            person=one, candidate=second if number % 3 == 1 else first,
            at=began + timedelta(days=2),
        )  # fmt: skip
