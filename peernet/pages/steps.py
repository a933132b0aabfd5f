"""First steps of a new member, on Home: at most five, each gone when done (ux.md 12).

Coordinators have their own on Run; a funder needs none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from members.people.models import Person
from networks.discussions.models import Post
from networks.membership.models import CharterAcceptance, Membership, Role
from networks.network.models import Network
from networks.network.queries import charter_in_force
from peernet.lib import clock, words
from sessions.cadence.queries import invited_to
from sessions.calendar.models import CalendarFeed
from sessions.meetings.models import Answer

NEW = timedelta(days=60)  # who has been here longer knows the way


@dataclass(frozen=True)
class Step:
    """One thing a new member can do, and where."""

    title: str
    url: str
    meta: str = ""


@dataclass(frozen=True)
class Steps:
    """What is left to do for somebody new in a network."""

    network: Network
    left: list[Step]


def of(person: Person) -> Steps | None:
    """The first steps in the network that the person joined last; None when there are none left,
    they put them away, or they have been there for long."""
    spells = Membership.objects.filter(person=person, network__closed_at=None).current()
    spell = spells.select_related("network").order_by("-since", "-pk").first()
    if spell is None or spell.steps_put_away or spell.role == Role.COORDINATOR:
        return None
    # A change of role begins a new spell, yet makes nobody new.
    if spell.since < clock.now() - NEW or _was_there_before(spell):
        return None
    left = list(_left(spell.network, person))
    return Steps(spell.network, left) if left else None


def _was_there_before(spell: Membership) -> bool:
    earlier = Membership.objects.filter(person=spell.person_id, network=spell.network_id)
    return earlier.filter(since__lt=spell.since).exists()


def _left(network: Network, person: Person) -> Iterator[Step]:
    if not person.name:
        yield Step(_("Say who you are"), reverse("you"), _("Your name, so that people know you."))
    coming = invited_to(person).filter(network=network).sure().ahead(clock.now()).first()
    if coming and not Answer.objects.filter(person=person, session__network=network).exists():
        when = words.when(coming.starts_at)
        yield Step(_("Say if you can come to the next session"), coming.get_absolute_url(), when)
    rules = charter_in_force(network)
    if rules and not CharterAcceptance.objects.filter(person=person, charter=rules).exists():
        yield Step(_("Read the house rules"), reverse("charter", args=[network.slug]))
    if not CalendarFeed.objects.filter(person=person).exists():
        hint = _("Then you see each session where you plan your day.")
        yield Step(_("Put the sessions into your calendar"), reverse("calendar_feeds"), hint)
    if not Post.objects.filter(network=network, author=person).exists():
        hint = _("What would help you? What could you show others?")
        yield Step(_("Ask or offer one thing"), reverse("thread_new", args=[network.slug]), hint)
