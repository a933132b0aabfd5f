"""Organisations, and who belongs to them."""

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Lower

from members.audit.actions import note
from members.people.models import Person
from peernet.lib import clock, seen

from .models import Affiliation, KnownAs, Organisation

DESCRIBED = ("region", "kind", "size")  # what `describe` writes, and its form's mark is of


def recognise(name: str, *, region: str = "") -> Organisation:
    """The organisation of this name, whatever its capitals and spaces; made when it is new."""
    tidy = " ".join(name.split())
    # Small letters are the database's, as in its unique index: those of `iexact` are others.
    same = Organisation.objects.alias(low=Lower("name")).filter(low=Lower(Value(tidy)))
    if row := same.first() or _known_as([tidy]).get(tidy):
        return row
    try:
        with transaction.atomic():
            return Organisation.objects.create(name=tidy, region=region)
    except IntegrityError:
        return same.get()


@transaction.atomic
def recognise_all(regions: Mapping[str, str]) -> dict[str, Organisation]:
    """As `recognise`, for many at once: from names and their regions to organisations by name."""
    # In one order for everybody: two of these at once would else wait for each other for ever.
    before = _known_as(list(regions))
    names = sorted((name for name in regions if name not in before), key=str.casefold)
    Organisation.objects.bulk_create(
        [Organisation(name=name, region=regions[name]) for name in names], ignore_conflicts=True
    )
    same = [Lower(Value(name)) for name in names]
    rows = Organisation.objects.alias(key=Lower("name")).filter(key__in=same)
    known = {row.name.casefold(): row for row in rows}
    # Where Python and the database disagree about small letters, the database is asked.
    return before | {name: known.get(name.casefold()) or recognise(name) for name in names}


def _known_as(names: Sequence[str]) -> dict[str, Organisation]:
    """Of these names, those that were another organisation's before two became one."""
    low = [Lower(Value(name)) for name in names]
    rows = KnownAs.objects.alias(low=Lower("name")).filter(low__in=low)
    by_name = {row.name.casefold(): row.organisation for row in rows.select_related("organisation")}
    return {name: by_name[name.casefold()] for name in names if name.casefold() in by_name}


@transaction.atomic
def describe(
    organisation: Organisation,
    *,
    region: str,
    kind: str,
    size: str,
    mark: str,
    network_id: int,
    by: Person,
) -> None:
    """Say where an organisation is, what (BodyKind) and how large (Size), for everybody it works
    with; "" for nobody knows.

    `mark` is of what it said when the form was opened (peernet.lib.seen), `network_id` where it
    was done. Raises Refused when somebody else changed it since.
    """
    row = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    wanted = {"region": " ".join(region.split()), "kind": kind, "size": size}
    seen.check(row, mark, wanted)
    for name, value in wanted.items():
        setattr(row, name, value)
    row.save(update_fields=wanted)
    note("organisation.placed", by=by, network_id=network_id, about_id=row.pk)


@transaction.atomic
def affiliate(person: Person, organisation: Organisation) -> Affiliation:
    """Say that the person belongs to the organisation, from now on; again changes nothing."""
    row, _ = Affiliation.objects.get_or_create(
        person=person, organisation=organisation, until=None, defaults={"since": clock.now()}
    )
    return row
