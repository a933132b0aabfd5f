"""Who can see a thing, what each role may do, and who looks after a network."""

from members.people.models import Person
from networks.membership.models import Membership
from networks.succession.models import Candidate, Succession
from networks.succession.queries import token_for
from tests.declared import more_members
from tests.pages import DONE, Page, everybody, members


def thread(world):
    return (world.place.slug, "thread", world.thread.pk)


def _asked(world):
    made, _new = Succession.objects.get_or_create(
        network=world.place, ended_at=None, defaults={"gone": False}
    )
    return made


def asked(world):
    _asked(world)
    return (world.place.slug,)


def willing(world):
    """Somebody who would look after the world's network."""
    return Candidate.objects.get_or_create(succession=_asked(world), person=world["facilitator"])[0]


def yes_token(world):
    return (token_for(willing(world), world["member"]),)


def more_candidates(world, n):
    people = Person.objects.bulk_create(
        Person(email=f"c{i}-{n}@example.org", name=f"Willing {i:04}") for i in range(n)
    )
    Membership.objects.bulk_create(Membership(network=world.place, person=p) for p in people)
    Candidate.objects.bulk_create(Candidate(succession=_asked(world), person=p) for p in people)


ROWS = [
    Page("who_sees", get=members(), args=thread, look_as="member", grow=more_members),
    Page("roles", get=everybody(), look_as="anonymous"),
    Page("succession", get=members(), post=members(DONE), args=asked, look_as="member", grow=more_candidates, kilobytes=100, why="as many as put themselves forward"),
    Page("yes_by_mail", get=everybody(), post=everybody(), args=yes_token, look_as="anonymous"),
]  # fmt: skip
