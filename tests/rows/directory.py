"""What people tell of themselves, and how others see it."""

from members.people.models import Person
from networks.consents.models import Consent
from networks.links.models import Link
from networks.membership.models import Membership
from networks.profiles.models import Detail
from networks.profiles.rules import LINKED, NETWORK, PLACE
from peernet.lib import places
from tests.pages import DONE, NO, OK, Page, here, members, nobody, signed_in
from tests.rows.links import neighbour, stand


def told(world):
    """The member, who tells their networks where they live."""
    said = {"words": "Leeds", "level": NETWORK}
    Detail.objects.get_or_create(person=world["member"], what=PLACE, defaults=said)
    return (world["member"].pk,)


def seen_through_a_link(world):
    other = neighbour(world.place, "seen")
    link = Link.objects.of(world.place).standing().filter(upper=other).first()
    return (world.place.slug, (link or stand(other, world.place, kind="peer")).pk)


def more_seen(world, n):
    _slug, pk = seen_through_a_link(world)
    people = Person.objects.bulk_create(
        Person(email=f"seen{i}-{n}@example.org", name=f"Seen {i:04}") for i in range(n)
    )
    other = Link.objects.get(pk=pk).upper
    Membership.objects.bulk_create(Membership(network=other, person=p) for p in people)
    Detail.objects.bulk_create(
        Detail(person=p, what=PLACE, words="Leeds", level=LINKED) for p in people
    )
    Consent.objects.bulk_create(
        Consent(network=other, person=p, purpose="linked", yes=True) for p in people
    )


def said(world):
    levels = {f"{code}_level": "2" for code in ("place", "about", "pronouns", "languages", "link",
                                               "phone", "email")}  # fmt: skip
    return levels | {"place": "Leeds", "about": "Tea"}


ROWS = [
    Page("own_details", get=signed_in(), post=signed_in(DONE), data=said, look_as="member"),
    Page("card", get=members(), args=told, look_as="facilitator"),
    Page("link_people", get=members(), args=seen_through_a_link, look_as="member", grow=more_seen),
]


def body(world):
    return (world.place.slug, world.place.seats.first().organisation_id)


# The member leads for the organisation; the facilitator does not.
LEADS = nobody(member=OK, facilitator=NO, coordinator=OK)


def more_on_the_map(world, n):
    """People in one town after another."""
    names = sorted(places._known())
    people = Person.objects.bulk_create(
        Person(email=f"map{i}-{n}@example.org", name=f"Map {i:04}") for i in range(n)
    )
    Membership.objects.bulk_create(Membership(network=world.place, person=p) for p in people)
    Detail.objects.bulk_create(
        Detail(person=p, what=PLACE, words=names[i % len(names)], level=NETWORK)
        for i, p in enumerate(people)
    )


ROWS += [
    Page("network_map", get=members(), args=here, look_as="member", grow=more_on_the_map),
    Page(
        "organisation_place", get=LEADS, post={**LEADS, "member": DONE, "coordinator": DONE}, args=body,
        data=lambda world: {"place": "Leeds"},
    ),
]  # fmt: skip
