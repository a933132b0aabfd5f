"""Taking the list of people away, which leaves a trace."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.people.models import Person
from networks.membership.models import Membership
from networks.network.models import Network
from networks.profiles.queries import details
from networks.profiles.rules import BY_CODE, EMAIL, FIELDS

from . import queries

Row = tuple[str | date, ...]
Table = tuple[list[str], list[Row]]


@transaction.atomic
def export_people(
    network: Network, *, text: str = "", narrow: Mapping[str, Any] | None = None,
    order: str = "name", kind: str, by: Person,
) -> Table:  # fmt: skip
    """Headings and a row for each person who is in the network now and fits the search `text` and
    what `narrow` asks for (queries.narrowed); of each what they tell its coordinators.

    That somebody took it, when and how many people it names is noted; whom, is not.
    """
    here = queries.visible_to(by, network).current()
    fits = queries.narrowed(queries.search(here, text, by), by, **(narrow or {}))
    spells = list(queries.ordered(fits, order))
    told = details(by, [spell.person for spell in spells])
    more = [field.code for field in FIELDS if field.code != EMAIL]
    rows = [
        (*row, *(told[spell.person_id].get(code, "") for code in more))
        for spell, row in zip(spells, _rows(network, spells), strict=True)
    ]
    note(
        "people.exported", by=by, network_id=network.pk, kind=kind, people=len(rows),
        searched=bool(text or narrow),
    )  # fmt: skip
    return _heading() + [str(BY_CODE[code].label) for code in more], rows


@transaction.atomic
def export_people_on(network: Network, day: date, moment: datetime, *, by: Person) -> Table:
    """As export_people, for who was there at `moment`, which stands for that day."""
    rows = list(_rows(network, queries.here_on(network, moment)))
    note("people.exported", by=by, network_id=network.pk, kind="csv", people=len(rows), on=str(day))
    return _heading(), rows


def _heading() -> list[str]:
    return [
        _("Name"), _("Email address"), _("Organisation"), _("Region"), _("Role"), _("Here since"),
    ]  # fmt: skip


def _rows(network: Network, spells: Iterable[Membership]) -> Iterator[Row]:
    zone = ZoneInfo(network.zone)
    for spell in spells:
        yield (
            spell.person.shown_name,
            spell.person.email if spell.person.is_active else "",
            "; ".join(spell.bodies),
            "; ".join(sorted({region for region in spell.regions if region})),
            spell.get_role_display(),
            spell.joined.astimezone(zone).date(),
        )
