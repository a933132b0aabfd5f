"""Somebody to ring."""

from members.people.models import Person
from networks.membership.models import Membership
from networks.phone.actions import ask, open_line
from networks.phone.models import PhoneCall, PhoneLine
from tests.pages import DONE, Page, here, members, nobody


def _line(world):
    """The member's, whom people can ring."""
    said = {"number": "07700 900111", "times": "After four", "topics": "Rotas"}
    return open_line(world.place, **said, by=world["member"])


def rung(world):
    return (world.place.slug, _line(world).person_id)


def call(world):
    """What somebody asked the member, who has not answered."""
    line = _line(world)
    made = PhoneCall.objects.filter(network=world.place, asked=line.person).first()
    if made is None:
        others = world.place.memberships.current().exclude(person=line.person)
        asker = others.exclude(role="coordinator").last().person
        made = ask(line, number="07700 900222", words="Nights", by=asker)
    return (world.place.slug, made.pk)


def more_lines(world, n):
    people = Person.objects.bulk_create(
        Person(email=f"p{i}-{n}@example.org", name=f"Ring {i:04}") for i in range(n)
    )
    Membership.objects.bulk_create(Membership(network=world.place, person=p) for p in people)
    PhoneLine.objects.bulk_create(
        PhoneLine(network=world.place, person=p, number="07700 900000", times="Now") for p in people
    )


BOTH = nobody(member=DONE, facilitator=DONE, coordinator="404")

ROWS = [
    Page("phone", get=members(), args=here, look_as="member", grow=more_lines),
    Page("phone_line", get=members(), post=members(DONE), args=here, look_as="member"),
    Page("phone_off", post=members(DONE), args=here),
    # Nobody asks themselves.
    Page("call_ask", get=nobody(facilitator="200", coordinator="200"), post=nobody(facilitator=DONE, coordinator=DONE), args=rung, look_as="facilitator"),
    Page("call_agree", post=BOTH, args=call),
    Page("call_end", post=BOTH, args=call),
]  # fmt: skip
