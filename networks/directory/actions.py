"""Taking the list of people away, which leaves a trace."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.people.models import Person
from networks.membership.models import Membership
from networks.network.models import Network

from . import queries

Row = tuple[str, str, str, str, str, date]
Table = tuple[list[str], list[Row]]


@transaction.atomic
def export_people(
    network: Network, *, text: str = "", order: str = "name", kind: str, by: Person
) -> Table:
    """Headings and a row for each person who is in the network now and fits the search `text`.

    That somebody took it, when and how many people it names is noted; whom, is not.
    """
    here = queries.visible_to(by, network).current()
    rows = list(_rows(network, queries.ordered(queries.search(here, text), order)))
    note(
        "people.exported", by=by, network_id=network.pk, kind=kind, people=len(rows),
        searched=bool(text),
    )  # fmt: skip
    return _heading(), rows


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


def _rows(network: Network, spells: QuerySet[Membership]) -> Iterator[Row]:
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
