"""First steps of a new member, on Home: at most five, each gone when done (ux.md 12).

Coordinators have their own on Run; a funder needs none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from members.people.models import Person
from networks.discussions.models import Post
from networks.membership.models import CharterAcceptance, Membership, Role
from networks.network.models import Charter, Network
from peernet.lib import clock, words
from sessions.cadence.models import Session
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


def of(person: Person, coming: Session | None) -> Steps | None:
    """The first steps in the network that the person joined last; None when there are none left,
    they put them away, or they have been there for long. `coming`: the next session they are
    invited to, anywhere. One query."""
    spells = Membership.objects.filter(person=person, network__closed_at=None).current()
    spell = _with_what_is_done(spells).order_by("-since", "-pk").first()
    if spell is None or spell.steps_put_away or spell.role == Role.COORDINATOR:
        return None
    # A change of role begins a new spell, yet makes nobody new.
    if spell.since < clock.now() - NEW or spell.was_there:
        return None
    left = list(_left(spell, person, coming))
    return Steps(spell.network, left) if left else None


def _with_what_is_done(spells: QuerySet[Membership]) -> QuerySet[Membership]:
    here = {"person": OuterRef("person"), "network": OuterRef("network")}
    asked = Charter.objects.filter(network=OuterRef("network"), room=None, asks=True)
    accepted = CharterAcceptance.objects.filter(
        person=OuterRef("person"), charter__network=OuterRef("network"), charter__room=None,
        charter__version__gte=OuterRef("charter_now"),
    )  # fmt: skip
    return spells.select_related("network").annotate(
        was_there=Exists(Membership.objects.filter(**here, since__lt=OuterRef("since"))),
        answered=Exists(Answer.objects.filter(person=OuterRef("person"),
                                              session__network=OuterRef("network"))),
        charter_now=Subquery(asked.order_by("-version").values("version")[:1]),
        has_feed=Exists(CalendarFeed.objects.filter(person=OuterRef("person"))),
        has_said=Exists(Post.objects.filter(author=OuterRef("person"),
                                            network=OuterRef("network"))),
    ).annotate(has_accepted=Exists(accepted))  # fmt: skip


def _left(spell: Membership, person: Person, coming: Session | None) -> Iterator[Step]:
    slug = spell.network.slug
    if not person.name:
        yield Step(_("Say who you are"), reverse("you"), _("Your name, so that people know you."))
    if coming and coming.network_id == spell.network_id and not spell.answered:
        when = words.when(coming.starts_at)
        yield Step(_("Say if you can come to the next session"), coming.get_absolute_url(), when)
    if spell.charter_now and not spell.has_accepted:
        yield Step(_("Read the house rules"), reverse("charter", args=[slug]))
    if not spell.has_feed:
        hint = _("Then you see each session where you plan your day.")
        yield Step(_("Put the sessions into your calendar"), reverse("calendar_feeds"), hint)
    if not spell.has_said:
        hint = _("What would help you? What could you show others?")
        yield Step(_("Ask or offer one thing"), reverse("thread_new", args=[slug]), hint)
