"""A word of its own for each private field of each row, and who may meet it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from django.apps import apps
from django.db import models

from networks.funding.models import FunderSeat, Grant, Programme
from networks.invitations.models import Invitation
from networks.links.models import Flow, Link
from networks.membership.models import Membership
from networks.network.models import Network
from tests.world import ROLES

from .fields import CODE, MADE, NEVER, SECRET, TABLE

WORD = re.compile(r"qz[a-p]{6}")
TEXTS = (models.CharField, models.TextField, models.JSONField, models.FileField)
FIXED = {
    "everybody": {*ROLES},
    "signed_in": {*ROLES} - {"anonymous"},
    "operator": {"operator"},
    "holder": {"holder"},
}
RANK = {"members": 0, "hosts": 1, "coordinators": 2}
LETTERS = "abcdefghijklmnop"


@dataclass
class Canary:
    """A word (or a secret as it was), where it stands and who may meet it there."""

    word: str
    stands: list[str] = field(default_factory=list)  # "networks.Post.text"
    allowed: set[str] = field(default_factory=set)
    audiences: set[tuple[str, str, str]] = field(default_factory=set)  # field, audience, role
    trusted: bool = False


def text_fields(model) -> list[models.Field]:
    """The model's fields that can hold words: all but those with choices."""
    found = [one for one in model._meta.concrete_fields if isinstance(one, TEXTS)]
    return [one for one in found if not one.choices]


def declared_for(model, name: str) -> str | None:
    """What the table says of a field; None for one that it does not name."""
    said = TABLE.get(model._meta.label)
    return said.fields.get(name) if said else None


class Crowd:
    """Which role stands how to a row, from the rows of the database."""

    def __init__(self, people: dict, holders: set[int]):
        self.holders = holders
        self.roles = {person.pk: role.split()[0] for role, person in people.items()}
        self.spells = list(
            Membership.objects.filter(until=None).values_list("network_id", "person_id", "role")
        )
        shared = Grant.objects.exclude(network_agreed_at=None).exclude(funder_agreed_at=None)
        self.shared = set(shared.values_list("network_id", "programme__funder_id"))
        self.paid = set(Grant.objects.values_list("network_id", "programme__funder_id"))
        self.linked = set(self._linked())
        links = Link.objects.exclude(upper=None).exclude(lower=None)
        pairs = [(link.asker_id, link.other(link.asker).pk, link.agreed_at) for link in links]
        self.proposed = {(asker, other) for asker, other, _agreed in pairs}
        self.proposed |= {(other, asker) for asker, other, agreed in pairs if agreed}
        self.asked = self._asked(people)
        self.gone = set(
            Membership.objects.exclude(until=None).values_list("network_id", "person_id")
        )

    def _asked(self, people: dict) -> set[tuple[str, int, str]]:
        """Who has a letter that asks them in: into which network, or to which funder."""
        mailboxes = {person.email.lower(): role.split()[0] for role, person in people.items()}
        found = set()
        for model, path in ((Invitation, "network_id"), (FunderSeat, "funder_id")):
            for place, email in model.objects.values_list(path, "email"):
                found.add((path, place, mailboxes.get(email.lower(), "asked")))
        return found

    def _linked(self) -> Iterator[tuple[int, int]]:
        """Pairs of networks that stand together: who gives something, and who sees it."""
        for flow in Flow.objects.filter(until=None, link__in=Link.objects.standing()):
            for end in {flow.link.upper_id, flow.link.lower_id} - {flow.giver_id}:
                yield flow.giver_id, end

    def who(self, audience: str, row, said) -> set[str]:
        """The roles that an audience of the table means, for this row."""
        if audience in FIXED:
            return FIXED[audience]
        if audience in ("owner", "link"):
            return self._owner(audience, set(leads(row, said.of)))
        places, funders = set(leads(row, said.at)), set(leads(row, said.funder))
        if audience in RANK:
            return self._in(places, least=RANK[audience])
        if audience == "linked":
            return self._in({sees for gives, sees in self.linked if gives in places}, least=0)
        if audience == "proposed":
            return self._in({sees for gives, sees in self.proposed if gives in places}, least=2)
        if audience == "colleagues":
            return self._sitting(funders)
        if audience == "funders":
            return self._sitting({funder for place, funder in self.shared if place in places})
        if audience == "funded":
            return self._in({place for place, funder in self.paid if funder in funders}, least=2)
        if audience == "asked":
            into = {("network_id", pk) for pk in places} | {("funder_id", pk) for pk in funders}
            return {role for *to, role in self.asked if tuple(to) in into}
        assert audience == "former", audience
        gone = {person for place, person in self.gone if place in places}
        return {self.roles[pk] for pk in gone if pk in self.roles}

    def _owner(self, audience: str, people: set[int]) -> set[str]:
        if audience == "link":
            return {"holder"} if people & self.holders else set()
        return {self.roles[pk] for pk in people if pk in self.roles}

    def _in(self, places: set[int], *, least: int) -> set[str]:
        rank = {"member": 0, "facilitator": 1, "coordinator": 2}
        return {
            self.roles[person]
            for place, person, role in self.spells
            if place in places and rank[role] >= least and person in self.roles
        }

    def _sitting(self, funders: set[int]) -> set[str]:
        seats = FunderSeat.objects.filter(funder__in=funders, until=None, person__isnull=False)
        return {self.roles[pk] for pk in seats.values_list("person", flat=True)}


def leads(row, path: str | Callable) -> Iterator[int]:
    """The keys that a path of the table leads to."""
    if callable(path):
        yield from path(row)
    elif path == "self":
        yield row.pk
    elif path:
        found = type(row)._base_manager.filter(pk=row.pk).values_list(path, flat=True)
        yield from (pk for pk in found if pk is not None)


def paint(land) -> list[Canary]:
    """Give every private field of every row its word; returns them."""
    crowd, numbers, mailboxes = Crowd(land.people, land.holders()), count(1), {}
    found: list[Canary] = []
    for model in apps.get_models():
        said = TABLE.get(model._meta.label)
        if said is None:
            continue
        private = [
            one for one in text_fields(model) if said.fields.get(one.name, CODE) not in (CODE, MADE)
        ]
        made = [one for one in text_fields(model) if said.fields.get(one.name) == MADE]
        for row in model._base_manager.order_by("pk") if private else ():
            values = {one.name: one.get_default() for one in made}
            for one in private:
                canary = _canary(one, row, said, numbers, mailboxes)
                if canary is None:
                    continue
                if not said.fields[one.name].startswith(SECRET):
                    values[one.name] = _value(one, row, canary)
                _declare(canary, crowd, one, row, said)
                found.append(canary)
            if values:
                model._base_manager.filter(pk=row.pk).update(**values)
    return list({id(one): one for one in found}.values())


def _canary(one, row, said, numbers, mailboxes) -> Canary | None:
    now = getattr(row, one.name)
    if getattr(row, "deleted_at", None) or (row._meta.label == "members.Notice" and not now):
        return None
    if said.fields[one.name].startswith(SECRET):
        return Canary(str(now).lower()) if now and len(str(now)) > 8 else None
    if isinstance(one, models.SlugField):
        return Canary(now)  # from `paint_addresses`
    if isinstance(now, str) and "@" in now:
        # One mailbox is one word, in whatever tables it stands.
        return mailboxes.setdefault(now.lower(), Canary(word(next(numbers))))
    return Canary(word(next(numbers)))


def word(number: int) -> str:
    """Eight letters that no other word holds."""
    digits = []
    for _place in range(6):
        number, rest = divmod(number, len(LETTERS))
        digits.append(LETTERS[rest])
    return "qz" + "".join(reversed(digits))


def _value(one, row, canary: Canary):
    """The field as it holds the word."""
    now, name = getattr(row, one.name), one.name
    if isinstance(one, models.JSONField):
        return _in_json(now, canary.word)
    if isinstance(one, models.URLField):
        return f"https://meet.example.org/{canary.word}"
    if isinstance(one, models.EmailField) or (isinstance(now, str) and "@" in now):
        return f"{canary.word}@example.org"
    if name == "html":
        return f"<p>{canary.word}</p>"
    ending = now.rpartition(".")[2] if isinstance(now, str) and name in ("name", "filename") else ""
    return f"{canary.word}.{ending}" if ending and ending != now else canary.word


def _in_json(now, word: str):
    """The same shape with the word in each text of it."""
    if isinstance(now, dict):
        return {key: _in_json(value, word) for key, value in now.items()}
    if isinstance(now, list):
        return [_in_json(value, word) for value in now]
    if isinstance(now, str):
        return f"{word}@example.org" if "@" in now else word
    return now


def _declare(canary: Canary, crowd: Crowd, one, row, said) -> None:
    label = f"{row._meta.label}.{one.name}"
    canary.stands.append(label)
    for audience in {*said.fields[one.name].split()} - {NEVER, SECRET}:
        roles = crowd.who(audience, row, said)
        canary.allowed |= roles
        canary.audiences |= {(label, audience, role) for role in roles}
    if said.room:
        kinds = (
            type(row)._base_manager.filter(pk=row.pk).values_list(f"{said.room}__kind", flat=True)
        )
        canary.trusted = "trusted" in kinds or (said.room != "self" and _own_room(row))


def _own_room(row) -> bool:
    return getattr(getattr(row, "room", None), "kind", "") == "trusted"


def paint_addresses() -> None:
    """What stands in addresses comes first: the tests' own addresses are made with it."""
    numbers = count(len(LETTERS) ** 5)
    for model in (Network, Programme):
        for row in model.objects.order_by("pk"):
            model.objects.filter(pk=row.pk).update(slug=word(next(numbers)))
