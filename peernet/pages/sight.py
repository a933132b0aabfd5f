"""Who can see a thing, and why: asked of the statements that open the thing itself.

A thing is reached by a chain of steps (its network, its room, its thread, …). Each step asks the
very rule that the page, the list and the mail ask (`has_perm` of the one door, a `visible_to`), as
the person in question; nothing here knows a rule of its own. The first step that does not hold
says why not. tests/peernet/pages/test_sight.py holds the answers against the pages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from members.people.models import Person
from networks.directory.queries import search
from networks.directory.queries import visible_to as people_visible_to
from networks.discussions.models import Room
from networks.membership.models import CohortSpell, Membership
from networks.membership.queries import readable_by, spell_of
from networks.network.models import Network
from peernet.lib import words

MOST = 10  # people that a search shows


@dataclass(frozen=True)
class Step:
    """One rule on the way to a thing: whether it holds for somebody, and what that means. `says`
    gives the sentence for a person, a name and whether it holds; "" where there is nothing to add.
    """

    holds: Callable[[Person], bool]
    says: Callable[[Person, str, bool], str]


@dataclass(frozen=True)
class Thing:
    """What is asked about. `gate`: whether the asker may know of it at all (None: who may see it
    may). `url`: where it stands; `readers`: the list of all who can see it."""

    title: str
    steps: tuple[Step, ...]
    url: str = ""
    readers: str = ""
    gate: Callable[[Person], bool] | None = None
    others: tuple[tuple[str, str], ...] = ()  # who else: label and sentence
    more: tuple[str, ...] = ()

    def known_to(self, person: Person) -> bool:
        """Whether the person may know of the thing, and so ask about it."""
        return self.gate(person) if self.gate else all(one.holds(person) for one in self.steps)


@dataclass(frozen=True)
class Answer:
    """Whether somebody can see a thing, and the reasons, in sentences."""

    person: Person
    can: bool
    why: tuple[str, ...]


def answer(thing: Thing, person: Person, asker: Person) -> Answer:
    """What the rules say about this person, up to the first that shuts them out."""
    name = "" if person.pk == asker.pk else person.shown_name
    why = []
    for step in thing.steps:
        good = step.holds(person)
        if said := step.says(person, name, good):
            why.append(said)
        if not good:
            return Answer(person, False, (said,) if said else ())
    return Answer(person, True, tuple(why))


# --- Whom the asker may ask about ---------------------------------------------------------------


def known_people(asker: Person, network: Network) -> QuerySet[Membership]:
    """The people whom the asker meets in lists of their own: those of this network as its list of
    people shows them, and those of their other networks."""
    found = people_visible_to(asker, network)
    ours = Membership.objects.filter(network__in=readable_by(asker).order_by()).current()
    elsewhere = ours.filter(person__is_active=True).exclude(network=network)
    return Membership.objects.filter(
        Q(pk__in=found.values("pk")) | Q(pk__in=elsewhere.values("pk"))
    )


def look_up(asker: Person, network: Network, text: str) -> list[Person]:
    """Up to MOST of them whose name (or organisation, as in lists of people) fits, by name."""
    if not text.split():
        return []
    rows = search(known_people(asker, network), text, asker).order_by().values("person")
    return list(Person.objects.filter(pk__in=rows).order_by("name", "pk")[:MOST])


def one_of_them(asker: Person, network: Network, pk: int | None) -> Person | None:
    """The person with this id, if the asker may ask about them; themselves always."""
    if pk is None or pk == asker.pk:
        return asker if pk else None
    if not known_people(asker, network).filter(person=pk).exists():
        return None
    return Person.objects.get(pk=pk)


# --- The steps ----------------------------------------------------------------------------------


def _say(name: str, you: str, they: str, **more: Any) -> str:
    """The sentence in the second person where no name is given."""
    return (they if name else you) % ({"name": name} | more)


def _told(moment: datetime, name: str) -> str:
    """One's own dates to the day; those of others to the month, as the list of people has them."""
    return words.month(moment) if name else words.day(moment)


def asks(ability: str, network: Network, says: Callable[[Person, str, bool], str]) -> Step:
    """A step that asks the one door."""
    return Step(lambda person: person.has_perm(f"networks.{ability}", network), says)


def in_network(network: Network) -> Step:
    """Being in the network: whatever else there is stands behind this."""
    return asks("view", network, lambda person, name, good: _membership(network, person, name))


def _membership(network: Network, person: Person, name: str) -> str:
    place = {"network": network.name}
    spell = spell_of(network, person)
    if spell is None:
        return _say(
            name,
            _("You are not in %(network)s."),
            _("%(name)s is not in %(network)s, and only its members see what is there."),
            **place,
        )
    since = _told(spell.here_since or spell.since, name)
    role = spell.get_role_display().lower()
    return _say(
        name,
        _("You are in %(network)s as %(role)s, since %(day)s."),
        _("%(name)s is in %(network)s as %(role)s, here since %(day)s."),
        role=role, day=since, **place,
    )  # fmt: skip


def in_rows(rows: Callable[[Person], QuerySet], says: Callable[[Person, str, bool], str]) -> Step:
    """A step that asks a `visible_to` for the one row."""
    return Step(lambda person: rows(person).exists(), says)


def in_room(room: Room) -> Step:
    """Entering the room: a cohort's opens to those in the cohort."""

    def says(person: Person, name: str, good: bool) -> str:
        if not room.cohort_id:
            return ""
        return cohort_words(room.cohort, person, name)

    return in_rows(lambda person: Room.objects.visible_to(person).filter(pk=room.pk), says)


def cohort_words(cohort: Any, person: Person, name: str) -> str:
    """Whether, and since when, they are in the cohort that something is for."""
    row = CohortSpell.objects.filter(cohort=cohort, person=person).current().first()
    if row is None:
        return _say(
            name,
            _("You are not in %(cohort)s, and it is only for them."),
            _("%(name)s is not in %(cohort)s, and it is only for them."),
            cohort=cohort.name,
        )
    return _say(
        name,
        _("You are in %(cohort)s since %(day)s."),
        _("%(name)s is in %(cohort)s since %(day)s."),
        cohort=cohort.name, day=_told(row.since, name),
    )  # fmt: skip


def reads_from(room: Room, person: Person, name: str, good: bool) -> str:
    """From which moment on they read what is said in the room, when that matters."""
    place = Room.objects.visible_to(person).filter(pk=room.pk).first()
    if place is None:
        return ""
    if place.reads_from <= room.opened_at:
        return _say(name, _("You read everything said in “%(room)s”."),
                    _("%(name)s reads everything said in “%(room)s”."), room=room.name)  # fmt: skip
    more = {"room": room.name, "moment": _told(place.reads_from, name)}
    if good:
        return _say(
            name,
            _("You read what is said in “%(room)s” from %(moment)s on."),
            _("%(name)s reads what is said in “%(room)s” from %(moment)s on."),
            **more,
        )
    return _say(
        name,
        _("You read “%(room)s” only from %(moment)s on, and this was said before."),
        _("%(name)s reads “%(room)s” only from %(moment)s on, and this was said before."),
        **more,
    )


def nobody(label: str) -> Step:
    """What no page shows to anybody: there is no rule that would open it."""
    return Step(lambda _person: False, lambda _person, _name, _good: label)
