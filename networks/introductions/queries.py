"""Who is introduced to whom, as each of the three may see it."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from members.people.models import Person
from networks.directory.queries import search, visible_to
from networks.membership.models import Membership
from networks.network.models import Network
from peernet.lib.plain import Plain

from .models import Introduction
from .rules import MOST_NAMES, SHOWN


@dataclass(frozen=True)
class Asked:
    """An introduction as one of the two sees it: their own answer, and nothing of the other's
    until both said yes. Then `email` is the other's address."""

    id: int
    by: str
    name: str
    person: int
    why: str
    answer: bool | None
    email: str


@dataclass(frozen=True)
class Made:
    """The same as whoever made it sees it: that both said yes, or that it waits."""

    id: int
    names: tuple[str, str]
    why: str
    met: bool


def _rows(network: Network) -> QuerySet[Introduction]:
    rows = Introduction.objects.standing().filter(network=network)
    return rows.select_related("network", "by", "one", "other").order_by("-pk")


def asked(network: Network, reader: Person) -> list[Asked]:
    """To whom the reader may be introduced, newest first."""
    found = []
    for row in _rows(network).between(reader)[:SHOWN]:
        other = row.beside(reader.pk)
        email = other.email if row.met_at else ""
        mine = row.answer_of(reader.pk)
        who = row.by.shown_name
        found.append(Asked(row.pk, who, other.shown_name, other.pk, row.why, mine, email))
    return found


def made(network: Network, reader: Person) -> list[Made]:
    """Whom the reader introduced, newest first."""
    rows = _rows(network).filter(by=reader)[:SHOWN]
    return [
        Made(row.pk, (row.one.shown_name, row.other.shown_name), row.why, row.met_at is not None)
        for row in rows
    ]


def introduction(network: Network, reader: Person, pk: int) -> Introduction | None:
    """One of those that concern the reader."""
    mine = Q(by=reader) | Q(one=reader) | Q(other=reader)
    return _rows(network).filter(mine, pk=pk).first()


def called(network: Network, reader: Person, name: str) -> list[Membership]:
    """People here whom the reader may mean by the name: the one who is called just so, else those
    whom the search finds, else those whose names are nearest."""
    everybody = visible_to(reader, network).current().exclude(person=reader).order_by("pk")
    exact = list(everybody.filter(person__name__iexact=name)[:MOST_NAMES])
    found = exact or list(search(everybody, name, reader)[:MOST_NAMES])
    if found:
        return found
    people = Person.objects.alias(plain=Plain("name")).order_by()
    near = people.filter(plain__trigram_word_similar=name.upper()).values("pk")
    return list(everybody.filter(person__in=near)[:MOST_NAMES])
