"""Taking the list of people away, which leaves a trace."""

from collections.abc import Iterator
from datetime import date
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


@transaction.atomic
def export_people(
    network: Network, *, text: str = "", order: str = "name", kind: str, by: Person
) -> tuple[list[str], list[Row]]:
    """Headings and a row for each person who is in the network now and fits the search `text`.

    That somebody took it, when and how many people it names is noted; whom, is not.
    """
    here = queries.visible_to(by, network).current()
    rows = list(_rows(network, queries.ordered(queries.search(here, text), order)))
    note(
        "people.exported", by=by, network_id=network.pk, kind=kind, people=len(rows),
        searched=bool(text),
    )  # fmt: skip
    heading = [
        _("Name"), _("Email address"), _("Organisation"), _("Region"), _("Role"), _("Here since"),
    ]  # fmt: skip
    return heading, rows


def _rows(network: Network, spells: QuerySet[Membership]) -> Iterator[Row]:
    zone = ZoneInfo(network.zone)
    for spell in spells:
        yield (
            spell.person.name,
            spell.person.email,
            "; ".join(spell.bodies),
            "; ".join(sorted({region for region in spell.regions if region})),
            spell.get_role_display(),
            spell.joined.astimezone(zone).date(),
        )
