"""What people are asked to agree to, and who agrees now. Everything that needs a yes asks here."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from members.people.models import Person
from networks.links.models import Flow, Link
from networks.links.rules import PEOPLE
from networks.membership.models import Membership, Role
from networks.network.models import Network

from . import rules
from .models import Consent, ConsentText


@dataclass(frozen=True)
class Asked:
    """One thing that somebody is asked in a network. `said`: their answer that counts (None: none);
    `before`: the answers that count no more, newest first."""

    network: Network
    purpose: rules.Purpose
    version: int
    text: str
    said: Consent | None = None
    before: tuple[Consent, ...] = ()

    @property
    def agreed(self) -> bool:
        return self.said is not None and self.said.yes

    @property
    def waits(self) -> bool:
        """They agreed, to a text that has changed since."""
        return self.said is None and bool(self.before) and self.before[0].yes


def agrees(purpose: str, networks: Iterable[int] | QuerySet, who: str) -> Exists:
    """That the person at the end of `who` agrees to it now in one of these networks."""
    rows = Consent.objects.in_force().filter(purpose=purpose, network__in=networks)
    return Exists(rows.filter(person=OuterRef(who)))


def agreeing(network: Network, purpose: str) -> QuerySet[Person]:
    """Who agrees to it now, by name."""
    people = Person.objects.filter(agrees(purpose, [network.pk], "pk"), is_active=True)
    return people.order_by("name", "pk")


def named_to_funders(networks: Iterable[Network]) -> dict[int, list[str]]:
    """Names of the coordinators who agree to stand on the funder's page, by network."""
    places = [one.pk for one in networks]
    hosts = Membership.objects.filter(
        network=OuterRef("network"), person=OuterRef("person"), role=Role.COORDINATOR
    ).current()
    rows = Consent.objects.in_force().filter(Exists(hosts.order_by()), purpose=rules.NAMED)
    found: dict[int, list[str]] = {}
    for row in rows.filter(network__in=places).select_related("person").order_by("person__name"):
        found.setdefault(row.network_id, []).append(row.person.shown_name)
    return found


def texts(networks: Iterable[Network]) -> dict[tuple[int, str], tuple[int, str]]:
    """(network, purpose) -> version and words in force, where they are the network's own."""
    rows = ConsentText.objects.filter(network__in=networks).order_by("version")
    return {(row.network_id, row.purpose): (row.version, row.text) for row in rows}


def in_force(network: Network, purpose: str) -> tuple[int, str]:
    """The version and the words of today."""
    own = texts([network]).get((network.pk, purpose))
    return own or (rules.OURS, str(rules.BY_CODE[purpose].text))


def asked_of(person: Person) -> list[tuple[Network, list[Asked]]]:
    """All that the person is asked, by network, with what they answered; each network's name in
    alphabetical order. Four statements however many networks."""
    spells = Membership.objects.filter(person=person).current()
    spells = spells.select_related("network").order_by("network__name", "network_id")
    roles = {spell.network: spell.role for spell in spells}
    own, seen = texts(roles), _linked(roles)
    rows = Consent.objects.filter(person=person, network__in=roles).order_by("-at", "-pk")
    standing = Consent.objects.in_force().filter(person=person, network__in=roles)
    counts = set(standing.values_list("pk", flat=True))
    said: dict[tuple[int, str], list[Consent]] = {}
    for row in rows:
        said.setdefault((row.network_id, row.purpose), []).append(row)
    found = []
    for network, role in roles.items():
        asked = [
            _asked(network, one, own, said.get((network.pk, one.code), []), counts)
            for one in rules.PURPOSES
            if _concerns(one, network, role, said, seen)
        ]
        if asked:
            found.append((network, asked))
    return found


def unsaid(network: str, person: str, purpose: str) -> str:
    """SQL, for the statements of pages: what somebody has yet to answer, as an array of the version
    and the words (empty: our own words); NULL for who has answered since they came."""
    return f"""CASE WHEN EXISTS (
    SELECT FROM networks_consent said
    WHERE said.network_id = {network} AND said.person_id = {person} AND said.until IS NULL
      AND said.purpose = '{purpose}' AND (NOT said.yes OR EXISTS (
          SELECT FROM networks_membership stay
          WHERE stay.network_id = said.network_id AND stay.person_id = said.person_id
            AND stay.until IS NULL AND coalesce(stay.here_since, stay.since) <= said.at)))
    THEN NULL ELSE ARRAY(
        SELECT unnest(ARRAY[own.version::text, own.text]) FROM (
            SELECT version, text FROM networks_consenttext own
            WHERE own.network_id = {network} AND own.purpose = '{purpose}'
            ORDER BY version DESC LIMIT 1) own)
    END"""  # noqa: S608 -- the arguments are our own


def as_asked(network: Network, purpose: str, row: list[str] | None) -> Asked | None:
    """What `unsaid` gave; None for who has answered."""
    if row is None:
        return None
    one = rules.BY_CODE[purpose]
    version, words = row or (rules.OURS, str(one.text))
    return Asked(network, one, int(version), words)


def counts(network: Network) -> dict[str, int]:
    """How many agree now, by purpose."""
    rows = Consent.objects.in_force().filter(network=network).order_by()
    return dict(rows.values_list("purpose").annotate(n=Count("pk")))


def history(network: Network, purpose: str) -> QuerySet[ConsentText]:
    """The network's own versions, newest first."""
    rows = ConsentText.objects.filter(network=network, purpose=purpose)
    return rows.select_related("published_by").order_by("-version")


def _linked(networks: Iterable[Network]) -> set[int]:
    """Those of the networks that let another one see their people."""
    places = [one.pk for one in networks]
    links = Link.objects.standing().filter(Q(upper__in=places) | Q(lower__in=places))
    flows = Flow.objects.filter(until=None, what=PEOPLE, giver__in=places, link__in=links)
    return set(flows.values_list("giver", flat=True))


def _concerns(
    purpose: rules.Purpose, network: Network, role: str, said: dict, seen: set[int]
) -> bool:
    """Whether it makes a difference to them; and whatever they answered stays to be seen."""
    if (network.pk, purpose.code) in said:
        return True
    if network.closed_at:
        return False
    if purpose.code == rules.LINKED:
        return network.pk in seen
    return not purpose.hosts or role == Role.COORDINATOR


def _asked(
    network: Network, purpose: rules.Purpose, own: dict, rows: list[Consent], counts: set[int]
) -> Asked:
    version, words = own.get((network.pk, purpose.code), (rules.OURS, str(purpose.text)))
    said = next((row for row in rows if row.until is None), None)
    if said and said.yes and said.pk not in counts:
        said = None  # from before they left and came back
    before = tuple(row for row in rows if row != said)
    return Asked(network, purpose, version, words, said, before)
