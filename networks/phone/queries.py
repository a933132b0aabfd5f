"""Who can be rung in a network, and with whom somebody is about to talk."""

from typing import NamedTuple

from django.db.models import QuerySet

from members.people.models import Person
from networks.membership.queries import readable_by
from networks.network.models import Network
from peernet.lib import suppression

from .models import PhoneCall, PhoneCount, PhoneLine
from .rules import LINES_A_PAGE


class Call(NamedTuple):
    """A call as one of its two sees it. `number`: of the other, "" until both agreed."""

    id: int
    name: str
    person: int
    words: str
    number: str
    mine: bool  # whether the reader asked for it
    agreed: bool


def lines(network: Network, reader: Person) -> QuerySet[PhoneLine]:
    """Who can be rung, but for the reader; without their numbers. Nobody for who is not there."""
    rows = PhoneLine.objects.standing().filter(network=network).exclude(person=reader)
    rows = rows.filter(network__in=readable_by(reader).order_by())
    return rows.select_related("person").defer("number").order_by("-pk")


def page(rows: QuerySet[PhoneLine], before: int | None) -> tuple[list[PhoneLine], int | None]:
    """LINES_A_PAGE of them, newest first, from before the number `before`; and where to go on."""
    found = list((rows.filter(pk__lt=before) if before else rows)[: LINES_A_PAGE + 1])
    return found[:LINES_A_PAGE], found[LINES_A_PAGE - 1].pk if len(found) > LINES_A_PAGE else None


def line_of(network: Network, person: Person) -> PhoneLine | None:
    """What the person themselves said about being rung."""
    return PhoneLine.objects.filter(network=network, person=person).first()


def calls(network: Network, reader: Person) -> list[Call]:
    """The reader's own calls, newest first; two statements however many. The only way to a number
    of somebody else: agreed by both, both still here, and the one who was asked still to be rung.
    """
    rows = PhoneCall.objects.standing().of(reader).filter(network=network)
    rows = rows.select_related("asker", "asked").order_by("-pk")
    agreed = rows.exclude(agreed_at=None).filter(asker=reader)
    theirs = PhoneLine.objects.filter(network=network, person__in=agreed.order_by().values("asked"))
    numbers = dict(theirs.values_list("person", "number"))
    return [_call(row, reader, numbers) for row in rows]


def _call(row: PhoneCall, reader: Person, numbers: dict[int, str]) -> Call:
    mine, agreed = row.asker_id == reader.pk, row.agreed_at is not None
    other = row.asked if mine else row.asker
    number = numbers.get(row.asked_id, "") if mine else row.number
    return Call(
        row.pk, other.shown_name, other.pk, row.words, number if agreed else "", mine, agreed
    )


def call(network: Network, reader: Person, pk: int) -> PhoneCall | None:
    """One of the reader's own calls."""
    rows = PhoneCall.objects.standing().of(reader).filter(network=network, pk=pk)
    return rows.select_related("asker", "asked", "network").first()


def agreed(network: Network) -> int | None:
    """About how many calls were agreed on; None for fewer than five."""
    row = PhoneCount.objects.filter(network=network).first()
    return suppression.count(row.agreed) if row else None
