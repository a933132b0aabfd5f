"""What a reader may see of people: the one rule, for pages, lists, search and files alike."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from members.people.models import Person
from networks.consents.queries import agrees
from networks.consents.rules import LINKED as SEEN_BY_LINKED
from networks.links.models import Flow, Link
from networks.links.rules import PEOPLE
from networks.membership.door import rights
from networks.membership.models import Membership, Role
from networks.network.models import Network
from peernet.lib.plain import holding

from . import rules
from .models import Detail

Told = dict[str, str]  # code of rules.FIELDS -> words, "" for what is not told


def _in(networks: Iterable[int] | QuerySet, who: str) -> Exists:
    """That the person at the end of `who` is in one of these networks now."""
    rows = Membership.objects.filter(person=OuterRef(who), network__in=networks).current()
    return Exists(rows.order_by())


def _run_by(reader: Person) -> list[int]:
    return [pk for pk, role in rights(reader).roles.items() if role == Role.COORDINATOR]


def _of(reader: Person) -> list[int]:
    mine = rights(reader)
    return [*mine.roles, *mine.closed]


def _giving(reader: Person) -> QuerySet:
    """Networks that let one of the reader's see those of their people who want to be seen."""
    here = _of(reader)
    links = Link.objects.standing().filter(Q(upper__in=here) | Q(lower__in=here))
    return Flow.objects.filter(until=None, what=PEOPLE, link__in=links).values("giver")


def seen_by(reader: Person | None) -> QuerySet[Detail]:
    """All that the reader (None: whoever is signed out) may see of anybody. The only way to
    somebody's details: what is not among these is not shown, found, counted or exported."""
    rows = Detail.objects.filter(person__is_active=True)
    told = Q(level__gte=rules.EVERYBODY)
    if reader is not None:
        told |= (
            Q(person=reader)
            | Q(_in(_run_by(reader), "person"), level__gte=rules.COORDINATORS)
            | Q(_in(_of(reader), "person"), level__gte=rules.NETWORK)
            | Q(agrees(SEEN_BY_LINKED, _giving(reader), "person"), level__gte=rules.LINKED)
        )
    return rows.filter(told)


def details(reader: Person | None, people: Iterable[Person]) -> dict[int, Told]:
    """What the reader may see of each of these people, by their ids; two statements at most."""
    known = {one.pk: one for one in people}
    found: dict[int, Told] = {pk: dict.fromkeys(rules.BY_CODE, "") for pk in known}
    rows = seen_by(reader).filter(person__in=known)
    for person, what, words in rows.values_list("person", "what", "words"):
        found[person][what] = words or known[person].email
    # Whoever looks after one of their networks has the address, chosen or not: rules.EMAIL.
    if reader is not None and (run := _run_by(reader)):
        spells = Membership.objects.filter(network__in=run, person__in=known).current()
        for pk in spells.values_list("person", flat=True):
            if known[pk].is_active:
                found[pk][rules.EMAIL] = known[pk].email
    if reader is not None and reader.pk in found:
        found[reader.pk][rules.EMAIL] = reader.email
    return found


def says(reader: Person, what: str, text: str) -> Exists:
    """The condition that a row's `person` tells the reader just this."""
    rows = seen_by(reader).filter(person=OuterRef("person"), what=what)
    return Exists(rows.filter(words__iexact=text))


def who_say(reader: Person, what: Iterable[str], text: str) -> QuerySet:
    """The ids of all who tell the reader something, of these kinds, in which the text stands."""
    rows = holding(seen_by(reader).filter(what__in=list(what)), "words", text)
    return rows.order_by().values("person")


# --- Oneself -------------------------------------------------------------------------------------


def own(person: Person) -> dict[str, Detail]:
    """What somebody tells of themselves, by its code."""
    return {row.what: row for row in Detail.objects.filter(person=person)}


def as_seen(person: Person, view: int) -> Told:
    """What somebody who stands so near (rules.VIEWS) sees of the person."""
    mine = own(person)
    told = {code: row.words for code, row in mine.items() if rules.shows(row.level, view)}
    email = mine[rules.EMAIL].level if rules.EMAIL in mine else rules.BY_CODE[rules.EMAIL].first
    told.pop(rules.EMAIL, None)
    return told | ({rules.EMAIL: person.email} if rules.shows(email, view) else {})


def in_order(told: Told) -> list[tuple[rules.Field, str]]:
    """The fields that are told, in the order of the form."""
    return [(field, told[field.code]) for field in rules.FIELDS if told.get(field.code)]


# --- People of elsewhere -------------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """Somebody as one reader sees them. `near`: they share a network."""

    person: Person
    told: Told
    near: bool


def card(reader: Person | None, pk: int) -> Card | None:
    """Somebody whom the reader may know of: they share a network, or something that they tell
    reaches the reader. None for everybody else, as for nobody."""
    person = Person.objects.filter(pk=pk, is_active=True).first()
    if person is None:
        return None
    told = details(reader, [person])[pk]
    shared = Membership.objects.filter(person=person).current()
    near = reader is not None and (
        reader == person or shared.filter(network__in=_of(reader)).exists()
    )
    return Card(person, told, near) if near or any(told.values()) else None


def people_of(reader: Person, network: Network) -> QuerySet[Person]:
    """Those in a linked network who agree to be seen through it, and tell the reader something of
    themselves, by name."""
    here = Membership.objects.filter(network=network, person=OuterRef("pk")).current()
    told = seen_by(reader).filter(person=OuterRef("pk"), level__gte=rules.LINKED)
    agreed = agrees(SEEN_BY_LINKED, [network.pk], "pk")
    rows = Person.objects.filter(Exists(here), agreed, Exists(told), is_active=True)
    return rows.annotate(name_key=Lower("name")).order_by("name_key", "pk")


def page(rows: QuerySet[Person], after: int | None) -> tuple[list[Person], int | None]:
    """PEOPLE_A_PAGE of them, from beyond the person with the id `after`; and where to go on."""
    if after:
        last = rows.filter(pk=after).first()
        if last is None:
            return [], None
        rows = rows.filter(Q(name_key__gt=last.name_key) | Q(name_key=last.name_key, pk__gt=after))
    found = list(rows[: rules.PEOPLE_A_PAGE + 1])
    more = len(found) > rules.PEOPLE_A_PAGE
    shown = found[: rules.PEOPLE_A_PAGE]
    return shown, shown[-1].pk if more else None
