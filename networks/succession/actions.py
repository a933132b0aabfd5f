"""Asking members who takes a network on, when nobody looks after it; and what comes of it.

Each deed holds the network first, as those of membership do.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell, withdraw
from members.people.models import Person
from networks.membership.actions import change_role, hold
from networks.membership.models import Role
from networks.membership.queries import members, spell_of
from networks.network.models import Network
from peernet.lib import clock
from peernet.lib.errors import Refused

from . import queries, rules
from .models import Candidate, Outcome, Succession, Yes


@transaction.atomic
def ask(network: Network, *, gone: bool) -> Succession:
    """Ask the network's members who looks after it from now on; while they are asked, again
    changes nothing."""
    hold(network)
    if asked := queries.going_on(network):
        return asked
    made = Succession.objects.create(network=network, gone=gone, began_at=clock.now())
    tell(members(network), "succession", made.pk, network_id=network.pk)
    note("succession.asked", by=None, network_id=network.pk, about_id=made.pk, gone=gone)
    return made


@transaction.atomic
def stand(network: Network, *, by: Person) -> Candidate:
    """Put oneself forward; members hear of it. Again changes nothing. Raises Refused."""
    asked = _open(network, by)
    made, new = Candidate.objects.get_or_create(succession=asked, person=by)
    if new:
        others = members(network).exclude(pk=by.pk)
        tell(others, "succession_stands", made.pk, network_id=network.pk)
        note("succession.stood", by=by, network_id=network.pk, about_id=asked.pk)
    return made


@transaction.atomic
def step_back(network: Network, *, by: Person) -> None:
    """Take it back; voices for them are free again. Again changes nothing. Raises Refused."""
    asked = _open(network, by)
    mine = Candidate.objects.filter(succession=asked, person=by).first()
    if mine:
        withdraw(mine.pk, "succession_stands", reason=_("They took it back."))
        mine.delete()
        note("succession.stepped_back", by=by, network_id=network.pk, about_id=asked.pk)


@transaction.atomic
def say_yes(candidate: Candidate, *, by: Person) -> Yes:
    """Give one's voice to somebody; it leaves whom it was given to before. Raises Refused."""
    asked = _open(candidate.succession.network, by)
    standing = Candidate.objects.filter(pk=candidate.pk, succession=asked).first()
    if standing is None:
        raise Refused(_("They took it back meanwhile."))
    return Yes.objects.update_or_create(
        succession=asked, person=by, defaults={"candidate": standing, "at": clock.now()}
    )[0]


@transaction.atomic
def come_back(network: Network, *, by: Person) -> None:
    """A coordinator says that they are here: nobody is asked any more. Again changes nothing."""
    hold(network)
    spell = queries.spell_of_coordinator(network, by)
    if spell is None:
        raise Refused(_("You do not look after this network."))
    if asked := queries.going_on(network):
        _end(asked, Outcome.BACK, by=by)


def keep_time() -> None:
    """What time does: members are asked where nobody looks after the network, what is settled by
    itself ends, and after two weeks voices are counted."""
    for asked in Succession.objects.filter(ended_at=None).select_related("network").order_by("pk"):
        settle(asked)
    known = Succession.objects.filter(ended_at=None).values_list("network", flat=True)
    waiting = set(known)
    for network in queries.without_anybody():
        if network.pk not in waiting:
            ask(network, gone=True)
    for network in queries.all_away():
        if network.pk not in waiting:
            ask(network, gone=False)


@transaction.atomic
def settle(asked: Succession) -> None:
    """End it when its reason is gone, or its time has come and somebody has a voice. Nobody has:
    it goes on, and whoever is said yes to first takes it on."""
    network = hold(asked.network, even_closed=True)
    asked = Succession.objects.select_for_update(no_key=True).get(pk=asked.pk)
    if asked.ended_at:
        return
    if network.closed_at:
        _end(asked, Outcome.CLOSED, by=None)
    elif outcome := _by_itself(asked, network):
        _end(asked, outcome, by=None)
    elif clock.now() >= asked.due_at:
        _count(asked, network)


def _by_itself(asked: Succession, network: Network) -> str:
    runs = queries.coordinators_since(network)
    if any(since > asked.began_at for since in runs.values()):
        return Outcome.NAMED
    if asked.gone:
        return Outcome.NAMED if runs else ""
    if not runs:
        return ""  # they were away, and have gone now
    spells = network.memberships.filter(person__in=runs).current().values("person")
    return Outcome.BACK if queries.seen_since(asked.began_at, spells) else ""


def _count(asked: Succession, network: Network) -> None:
    chosen, tied = rules.first_of(queries.since_when(asked), queries.voices_of(asked))
    if chosen is None:
        return
    person = asked.candidates.select_related("person").get(pk=chosen).person
    change_role(spell_of(network, person), Role.COORDINATOR, by=None)
    asked.chosen, asked.tied = person, len(tied) if len(tied) > 1 else 0
    _end(asked, Outcome.CHOSEN, by=None)


def _end(asked: Succession, outcome: str, *, by: Person | None) -> None:
    asked.ended_at, asked.outcome = clock.now(), outcome
    asked.save(update_fields=["ended_at", "outcome", "chosen", "tied"])
    withdraw(asked.pk, "succession", reason=_("It is settled."))
    stood = list(asked.candidates.values_list("pk", flat=True))
    withdraw(stood, "succession_stands", reason=_("It is settled."))
    Yes.objects.filter(succession=asked).delete()  # how somebody chose is kept by nobody
    tell(members(asked.network), "succession_over", asked.pk, network_id=asked.network_id)
    note("succession.ended", by=by, network_id=asked.network_id, about_id=asked.pk, outcome=outcome)


def _open(network: Network, by: Person) -> Succession:
    hold(network)
    if spell_of(network, by) is None:
        raise Refused(_("You are not in this network."))
    asked = queries.going_on(network)
    if asked is None:
        raise Refused(_("It is settled: somebody looks after the network."))
    return asked
