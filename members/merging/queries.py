"""What two accounts of one person hold, and where they clash; from the declarations alone, so
that models of later rooms join by themselves."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext as _

from members.people.models import Person
from members.privacy.queries import declared, title
from peernet.lib.personal import Declaration, Merging

from . import rules

# As rules.key, and what stands behind the @: the words of the index `one_mailbox`.
NAME = Func(Lower("email"), Value("@"), Value(1), function="split_part")
SHORT = Func(NAME, Value("+"), Value(1), function="split_part")
KEY = Replace(SHORT, Value("."), Value(""), output_field=models.TextField())
HOST = Func(
    Lower("email"), Value("@"), Value(2), function="split_part", output_field=models.TextField()
)
NAMED = 5  # clashes that a page names; the others are counted


@dataclass(frozen=True)
class Clash:
    """Where a row of the one account would meet one of the other: the same of `keys`, and
    `condition`. `spells`: only where they overlap."""

    path: str
    keys: tuple[str, ...]
    condition: Q | None = None
    spells: bool = False


@dataclass(frozen=True)
class Moving:
    """One kind of rows that the second account has."""

    title: str
    count: int
    both: list[str]  # what of it both have, by name
    decided: str

    @property
    def more(self) -> bool:
        return len(set(self.both)) > NAMED

    @property
    def named(self) -> list[str]:
        """A few of what both have, each name once."""
        return [name for name in dict.fromkeys(self.both) if name][:NAMED]


# --- Whom to offer it ----------------------------------------------------------------------------


def offered(person: Person) -> str:
    """As `likely_other` for the address that we write to, until they say that they want no more
    of it. For most addresses it costs no statement."""
    return "" if person.doubles_put_away else likely_other(person, [person.email])


def likely_other(person: Person, addresses: Iterable[str]) -> str:
    """An address with an account of its own that leads to the mailbox of one of the person's own,
    as its provider says; "" for none. Nothing is told of addresses that are only alike."""
    for mine in addresses:
        hosts = rules.hosts_alike(mine)
        if not hosts:
            continue
        rows = EmailAddress.objects.alias(key=KEY, host=HOST)
        rows = rows.filter(key=rules.key(mine), host__in=hosts, user__is_active=True)
        for other in rows.exclude(user=person).order_by("pk").values_list("email", flat=True):
            if rules.mailbox(other) == rules.mailbox(mine):
                return other
    return ""


# --- What the declarations say -------------------------------------------------------------------


def moved() -> Iterator[tuple[type[models.Model], Declaration, list[str]]]:
    """Every model with keys to people, what it says, and those keys."""
    for model, said in declared():
        if paths := keys_to_people(model):
            yield model, said, paths


def keys_to_people(model: type[models.Model]) -> list[str]:
    """The model's own columns that name a person."""
    return [field.name for field in model._meta.concrete_fields if field.related_model is Person]


def pointing_at(model: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    """Other models' columns that name a row of this one."""
    return [
        (other, field.name) for other in apps.get_models() for field in other._meta.concrete_fields
        if field.related_model is model
    ]  # fmt: skip


def clashes(model: type[models.Model]) -> list[Clash]:
    """Where two people's rows of the model could not both be one person's."""
    found = []
    for path in keys_to_people(model):
        if model._meta.get_field(path).unique:
            found.append(Clash(path, ()))
        for names in model._meta.unique_together:
            if path in names:
                found.append(Clash(path, _others(names, path)))
        for one in model._meta.constraints:
            if isinstance(one, models.UniqueConstraint) and path in one.fields:
                found.append(Clash(path, _others(one.fields, path), one.condition))
            if isinstance(one, ExclusionConstraint):
                names = [at for at, _same in one.expressions if isinstance(at, str)]
                if path in names:
                    found.append(Clash(path, _others(names, path), one.condition, spells=True))
    return found


def _others(names: tuple[str, ...] | list[str], path: str) -> tuple[str, ...]:
    return tuple(name for name in names if name != path)


# --- What two accounts have ----------------------------------------------------------------------


def moving(into: Person, old: Person) -> list[Moving]:
    """What of the second account (`old`) would become the first's, kind by kind."""
    found = []
    for model, said, paths in moved():
        merge = said.merge
        if merge and merge.how == "kept":
            continue
        theirs = model._base_manager.filter(_at(paths, old))
        if count := theirs.count():
            both = [
                row for clash in clashes(model) for row in _both(model, clash, into, old, merge)
            ]
            names = _names(model, said, both)
            gone = bool(merge and merge.how == "gone")
            decided = str(rules.DECIDED[merge.how]) if merge and (both or gone) else ""
            found.append(Moving(title(model, said), count, names, decided))
    return found


def _at(paths: list[str], person: Person) -> Q:
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(**{path: person})
    return found


def _both(
    model: type[models.Model], clash: Clash, into: Person, old: Person, merge: Merging | None
) -> list[int]:
    """The ids of the second account's rows that meet one of the first's."""
    if merge and merge.how == "gone":
        return []
    if clash.spells:
        groups = spells(model, clash, into, old, merge)
        return [rows[-1].pk for rows, laid in groups if rules.overlapping(laid)]
    return [theirs.pk for _mine, theirs in pairs(model, clash, into, old)]


def pairs(
    model: type[models.Model], clash: Clash, into: Person, old: Person
) -> list[tuple[models.Model, models.Model]]:
    """Rows of the two accounts that are of the same thing: (the first's, the second's)."""
    rows = model._base_manager.filter(clash.condition or Q()).order_by("pk")
    names = [model._meta.get_field(name).attname for name in clash.keys]
    theirs = list(rows.filter(**{clash.path: old}))
    if not theirs:
        return []
    mine = {tuple(getattr(row, name) for name in names): row
            for row in rows.filter(**{clash.path: into})}  # fmt: skip
    met = [(mine.get(tuple(getattr(row, name) for name in names)), row) for row in theirs]
    return [(first, second) for first, second in met if first is not None]


def spells(
    model: type[models.Model],
    clash: Clash,
    into: models.Model,
    old: models.Model,
    merge: Merging | None,
) -> list[tuple[list[models.Model], list[rules.Stretch]]]:
    """The spells of both accounts where both have some, for each thing they are in."""
    rows = model._base_manager.filter(clash.condition or Q())
    rows = rows.filter(Q(**{clash.path: into}) | Q(**{clash.path: old})).order_by("since", "pk")
    groups: dict[tuple, list[models.Model]] = defaultdict(list)
    for row in rows:
        groups[tuple(getattr(row, model._meta.get_field(n).attname) for n in clash.keys)].append(
            row
        )
    name = model._meta.get_field(clash.path).attname
    shared = [group for group in groups.values() if len({getattr(r, name) for r in group}) == 2]
    return [(group, [_stretch(row, merge) for row in group]) for group in shared]


def _stretch(row: models.Model, merge: Merging | None) -> rules.Stretch:
    rank = merge.rank if merge else ()
    place = tuple(
        order.index(getattr(row, name)) if getattr(row, name) in order else len(order)
        for name, order in rank
    )
    return rules.Stretch(row.pk, row.since, row.until, place)


def _names(model: type[models.Model], said: Declaration, pks: list[int]) -> list[str]:
    """What the rows are about, as their person is given it: by the first words of a download."""
    if not pks or not said.download:
        return [""] * len(pks)
    path = said.download[0]
    if path in said.through or "__" not in path:  # a column of its own is a code or a date
        return [""] * len(pks)
    values = model._base_manager.filter(pk__in=pks).values_list(F(path), flat=True)
    return [value if isinstance(value, str) else "" for value in values]


def account_words(old: Person) -> str:
    """What the second account is called on the page."""
    return old.name or _("an account without a name")
