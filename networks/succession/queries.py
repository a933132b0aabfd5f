"""Which networks have nobody who looks after them, and what their members say."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.module_loading import import_string

from members.access.models import Device
from members.audit.models import AuditEntry
from members.people.models import Person
from networks.membership.models import Membership, Pause, Role
from networks.membership.queries import members
from networks.network.models import Network
from networks.seats.models import Holding, Part
from peernet.lib import clock, tokens

from . import rules
from .models import Candidate, Succession, Yes


class Standing(NamedTuple):
    """Somebody who would take the network on, as its members see them."""

    candidate: Candidate
    voices: int
    mine: bool  # whether the reader's voice is theirs


def going_on(network: Network) -> Succession | None:
    """The question that members of the network are asked now."""
    return Succession.objects.filter(network=network, ended_at=None).first()


def last_of(network: Network) -> Succession | None:
    """The last time members were asked, over or not."""
    return Succession.objects.filter(network=network).order_by("-pk").first()


def without_anybody() -> QuerySet[Network]:
    """Open networks with members and no coordinator whose account is open."""
    here = Membership.objects.filter(network=OuterRef("pk"), person__is_active=True).current()
    runs = here.filter(role=Role.COORDINATOR)
    return Network.objects.filter(Exists(here), ~Exists(runs), closed_at=None).order_by("pk")


def all_away() -> list[Network]:
    """Open networks whose coordinators gave no sign of life for rules.AWAY, or have been on a
    break as long. A network needs another member who could be asked."""
    since = clock.now() - rules.AWAY
    spells = Membership.objects.filter(
        role=Role.COORDINATOR, person__is_active=True, network__closed_at=None
    ).current()  # fmt: skip
    found: dict[int, bool] = {}
    seen = seen_since(since, spells.values("person"))
    paused = set(
        Pause.objects.filter(ended_at=None, since__lte=since).values_list("network", "person")
    )
    for network, person, began in spells.values_list("network", "person", "since"):
        # Who was made coordinator lately is no reason to ask.
        away = began <= since and (person not in seen or (network, person) in paused)
        found[network] = found.get(network, True) and away
    gone = [pk for pk, away in found.items() if away]
    others = Membership.objects.filter(network=OuterRef("pk"), person__is_active=True).current()
    others = others.exclude(role=Role.COORDINATOR)
    return list(Network.objects.filter(Exists(others), pk__in=gone).order_by("pk"))


def seen_since(moment: datetime, people: QuerySet) -> set[int]:
    """Who of the people of these spells (as `values("person")`) was seen since: signed in, did
    something, or answered by mail."""
    day = moment.date()
    seen = set(
        Device.objects.filter(person__in=people, used_on__gt=day).values_list("person", flat=True)
    )
    seen |= set(
        Person.objects.filter(pk__in=people, last_login__gt=moment).values_list("pk", flat=True)
    )
    for name in settings.SIGNS_OF_LIFE:
        seen |= import_string(name)(moment, people)
    # The trail is long and not sorted by who did it: it is asked last, of those who are left.
    if left := set(people.values_list("person", flat=True)) - seen:
        done = AuditEntry.objects.filter(actor__in=left, at__gt=moment)
        seen |= set(done.values_list("actor", flat=True))
    return seen


def standing(asked: Succession, reader: Person | None = None) -> list[Standing]:
    """Who puts themselves forward and is still here, most voices first, then by name."""
    here = members(asked.network)
    rows = Candidate.objects.filter(succession=asked, person__in=here).select_related("person")
    mine = Yes.objects.filter(succession=asked, person=reader).values_list("candidate", flat=True)
    chose, voices = mine.first() if reader else None, voices_of(asked)
    found = [Standing(one, voices.get(one.pk, 0), one.pk == chose) for one in rows]
    return sorted(found, key=lambda one: (-one.voices, one.candidate.person.shown_name.casefold()))


def voices_of(asked: Succession) -> dict[int, int]:
    """How many voices each candidate (id) has, of those who are members now."""
    rows = Yes.objects.filter(succession=asked, person__in=members(asked.network))
    held: dict[int, list[tuple[int, bool]]] = {}
    seats = Holding.objects.filter(
        seat__network=asked.network, person__in=rows.values("person")
    ).current()
    for person, body, part in seats.values_list("person", "seat__organisation", "part"):
        held.setdefault(person, []).append((body, part == Part.LEAD))
    return rules.counted(
        rules.Voice(person, candidate, at, tuple(held.get(person, ())))
        for person, candidate, at in rows.values_list("person", "candidate", "at")
    )


def since_when(asked: Succession) -> dict[int, datetime]:
    """Of each candidate (id) who is still here: since when they are in the network."""
    spells = Membership.objects.filter(network=asked.network).current()
    rows = spells.filter(person__in=asked.candidates.values("person"), person__is_active=True)
    here = {row.person_id: row.here_since or row.since for row in rows}
    pairs = asked.candidates.values_list("pk", "person")
    return {pk: here[person] for pk, person in pairs if person in here}


def token_for(candidate: Candidate, person: Person) -> str:
    """What a mail's link says yes to the candidate with."""
    return tokens.make("yes", candidate.pk, person.pk, person.token_version)


def named_by(token: str) -> tuple[Candidate, Person] | tuple[None, None]:
    """Whom a mail's link is for and who was mailed it; (None, None) for one that opens nothing,
    or whose person has left."""
    ids = tokens.read("yes", token)
    if ids is None:
        return None, None
    pk, person_pk, version = ids
    person = Person.objects.filter(pk=person_pk, token_version=version, is_active=True).first()
    found = Candidate.objects.select_related("succession__network", "person").filter(pk=pk).first()
    if (
        not person
        or not found
        or not members(found.succession.network).filter(pk=person.pk).exists()
    ):
        return None, None
    return found, person


def coordinators_since(network: Network) -> dict[int, datetime]:
    """Who looks after the network now (id), and since when."""
    spells = Membership.objects.filter(network=network, role=Role.COORDINATOR).current()
    return dict(spells.filter(person__is_active=True).values_list("person", "since"))


def spell_of_coordinator(network: Network, person: Person) -> Membership | None:
    """The person's time as coordinator of the network that is going on."""
    rows = Membership.objects.filter(network=network, person=person, role=Role.COORDINATOR)
    return rows.current().first()
