"""What linked networks let one another see, read from several wings: for a parent's page of all its
networks, and for the page of one link. Nothing of a network that it does not give is even asked.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from evaluation.indicators.queries import rhythms
from evaluation.indicators.rules import RHYTHM, lapsed
from members.people.models import Person
from networks.funding.models import Grant
from networks.links.queries import Linked, coordinators_of
from networks.links.rules import FACTS, FIGURES, MONEY, SESSIONS
from networks.membership.models import Membership
from networks.network.models import Network
from networks.seats.models import Holding
from peernet.lib import clock, words
from peernet.lib.suppression import count
from sessions.cadence.models import Session, SessionState

SHOWN = 50  # networks on one page
SOON = 90  # days before the money ends in which a network is at risk
# How a network stands: its words, and the look of their tag.
STATES = {
    "meets": (lazy("Meets"), "ok"),
    "light": (lazy("Meets without money"), "info"),
    "risk": (lazy("At risk"), "warn"),
    "stopped": (lazy("Has stopped meeting"), "error"),
    "closed": (lazy("Closed"), ""),
    "": (lazy("Not shared"), ""),
}


@dataclass(frozen=True)
class Card:
    """One linked network as the other end may see it; None is what it does not give or is withheld
    because there are too few."""

    linked: Linked
    state: str
    last: datetime | None = None
    next: Session | None = None
    people: int | None = None
    organisations: int | None = None
    funded: date | None = None
    coordinators: tuple[Person, ...] = ()

    @property
    def network(self) -> Network:
        return self.linked.other

    @property
    def tag(self) -> tuple[Any, str]:
        return STATES[self.state]

    def gets(self, what: str) -> bool:
        return what in self.linked.gets


def cards(found: Sequence[Linked]) -> list[Card]:
    """What each of these networks gives, in their order; the same few statements for any number."""
    of = {what: [one.other.pk for one in found if what in one.gets] for what in (
        FACTS, SESSIONS, FIGURES, MONEY)}  # fmt: skip
    known = _Known(
        last=_last_held(of[FIGURES]),
        rhythm=rhythms(of[FIGURES]) if of[FIGURES] else {},
        people=_people(of[FIGURES]),
        bodies=_organisations(of[FIGURES]),
        next=_next(of[SESSIONS]),
        funded=_funded(of[MONEY]),
        wanting=_wanting(of[MONEY]),
        leads=coordinators_of([one.other for one in found if FACTS in one.gets]),
    )
    return [_card(one, known) for one in found]


@dataclass(frozen=True)
class _Known:
    """Everything that was read, by network."""

    last: dict[int, datetime]
    rhythm: dict[int, int]
    people: dict[int, int]
    bodies: dict[int, int]
    next: dict[int, Session]
    funded: dict[int, date]
    wanting: set[int]
    leads: dict[int, list[Person]]


def _card(one: Linked, known: _Known) -> Card:
    pk = one.other.pk
    people = count(known.people.get(pk, 0)) if FIGURES in one.gets else None
    # Where people are withheld their organisations are, of which they would tell.
    bodies = count(known.bodies.get(pk, 0)) if people is not None else None
    return Card(
        one, _state(one, known), known.last.get(pk), known.next.get(pk), people, bodies,
        known.funded.get(pk), tuple(known.leads.get(pk, ())),
    )  # fmt: skip


def _state(one: Linked, known: _Known) -> str:
    """How it stands, told from what it gives and nothing else."""
    place = one.other
    if place.closed_at:
        return "closed"
    if FIGURES not in one.gets:
        return ""
    rhythm = known.rhythm.get(place.pk, RHYTHM)
    if lapsed(known.last.get(place.pk), place.opened_at, rhythm, clock.now()):
        return "stopped"
    until = known.funded.get(place.pk)
    if until is None:
        return "meets"
    left = (until - clock.today(place.zone)).days
    if left < 0:
        return "risk" if place.pk in known.wanting else "light"
    return "risk" if left <= SOON else "meets"


# --- One statement each ------------------------------------------------------------------------


def _last_held(networks: list[int]) -> dict[int, datetime]:
    rows = Session.objects.filter(network__in=networks, state=SessionState.HELD).order_by()
    return dict(rows.values_list("network").annotate(last=Max("starts_at")))


def _next(networks: list[int]) -> dict[int, Session]:
    """The next sure session of each that is for everybody in it."""
    rows = Session.objects.filter(network__in=networks, cohort=None).sure()
    rows = rows.filter(starts_at__gt=clock.now()).order_by("network", "starts_at", "pk")
    return {row.network_id: row for row in rows.distinct("network")}


def _wanting(networks: list[int]) -> set[int]:
    """Those whose next date has nobody to take it on, so that none is sure."""
    rows = Session.objects.filter(network__in=networks).future(clock.now()).order_by()
    states = rows.values_list("network", "state").distinct()
    sure = {pk for pk, state in states if state == SessionState.PLANNED}
    return {pk for pk in networks if pk not in sure}


def _people(networks: list[int]) -> dict[int, int]:
    rows = Membership.objects.filter(network__in=networks, person__is_active=True).current()
    return dict(rows.order_by().values_list("network").annotate(n=Count("pk")))


def _organisations(networks: list[int]) -> dict[int, int]:
    """Those for which somebody speaks there now."""
    held = Holding.objects.filter(seat__network__in=networks, person__is_active=True).current()
    rows = held.order_by().values_list("seat__network")
    return dict(rows.annotate(n=Count("seat__organisation", distinct=True)))


def _funded(networks: list[int]) -> dict[int, date]:
    rows = Grant.objects.filter(network__in=networks).order_by()
    return dict(rows.values_list("network").annotate(last=Max("ends_on")))


# --- A list of them ----------------------------------------------------------------------------

# Ways to sort, each with those that say nothing last.
FIRST = datetime.min.replace(tzinfo=UTC)
ORDERS: dict[str, tuple[Any, Callable[[Card], Any]]] = {
    "name": (lazy("By name"), lambda card: card.network.name.casefold()),
    "state": (lazy("What needs a look"), lambda card: _URGENT.index(card.state)),
    "last": (lazy("Longest since they met"), lambda card: (card.last is None, card.last or FIRST)),
    "people": (lazy("Largest first"), lambda card: -(card.people or 0)),
    "money": (
        lazy("Money ends first"),
        lambda card: (card.funded is None, card.funded or date.min),
    ),
}
_URGENT = ["risk", "stopped", "light", "meets", "", "closed"]


def ordered(found: Iterable[Card], order: str) -> list[Card]:
    """In one of ORDERS; where that says nothing, by name."""
    by_name = sorted(found, key=lambda card: (card.network.name.casefold(), card.linked.link.pk))
    return sorted(by_name, key=ORDERS[order][1])


def page(found: list[Card], after: int | None) -> tuple[list[Card], int | None]:
    """Up to SHOWN cards beyond the link `after`, and the link beyond which there are more."""
    keys = [card.linked.link.pk for card in found]
    start = keys.index(after) + 1 if after in keys else 0
    shown = found[start : start + SHOWN]
    more = shown and start + SHOWN < len(found)
    return shown, shown[-1].linked.link.pk if more else None


def sums(found: Iterable[Card]) -> list[tuple[Any, int, str]]:
    """How many networks stand how: (words, number, look). Networks are not people."""
    rows = list(found)
    numbers = [(STATES[code], sum(card.state == code for card in rows)) for code in STATES]
    return [(said, number, look) for (said, look), number in numbers if number]


HEADS = [
    lazy("Network"), lazy("How it stands"), lazy("Last session"), lazy("Next session"),
    lazy("People"), lazy("Organisations"), lazy("Money until"),
]  # fmt: skip


def cells(card: Card) -> list[str]:
    """A card as the words of a line, with what is not given or is too little said so."""

    def told(what: str, said: str) -> str:
        return said if card.gets(what) else _("not shared")

    few, ahead = _("fewer than 5"), card.next
    meets = ahead and f"{ahead.title}, {words.when(ahead.starts_at, ahead.zone)}"
    return [
        str(card.tag[0]),
        told(FIGURES, words.short_day(card.last) if card.last else _("none yet")),
        told(SESSIONS, meets or _("none planned")),
        told(FIGURES, few if card.people is None else str(card.people)),
        told(FIGURES, few if card.organisations is None else str(card.organisations)),
        told(MONEY, words.short_day(card.funded) if card.funded else _("no grant")),
    ]
