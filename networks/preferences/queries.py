"""What people chose to be sent, and what the links at the foot of a mail are about."""

from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.notices.notices import settings_link, stop_link
from members.notices.rules import Scope
from members.people.models import Person
from networks.membership.queries import breaks_of, may_hear, networks_of
from networks.network.models import Network
from peernet.lib import mail, tokens
from peernet.lib.pages import address

from .models import Preference, Talk


def chosen(person: Person, network_id: int) -> Preference:
    """What the person chose for the network; the defaults, not saved, when they never did."""
    found = Preference.objects.filter(person=person, network=network_id).first()
    return found or Preference(person=person, network_id=network_id)


def networks_in_weekly(person: Person) -> QuerySet[Network]:
    """The person's networks whose talk belongs in their weekly mail: none on a break."""
    other = Preference.objects.filter(person=person, talk__in=[Talk.EACH, Talk.NOTHING])
    mine = networks_of(person)
    away = [one.network_id for one in breaks_of(person, mine)]
    return mine.exclude(pk__in=other.values("network")).exclude(pk__in=away)


def of_networks(person: Person) -> list[tuple[Network, Preference]]:
    """What the person chose, for each of their networks; two queries however many."""
    rows = {row.network_id: row for row in Preference.objects.filter(person=person)}
    return [
        (one, rows.get(one.pk) or Preference(person=person, network=one))
        for one in networks_of(person)
    ]


# --- Links in mails --------------------------------------------------------------------------


class Stop(NamedTuple):
    """What one press in a mail stops, for whom. `about`: id of the network, or of the thread."""

    scope: Scope
    about: int
    person: Person


def named_by_stop(token: str) -> Stop | None:
    """What a mail's "stop" is about; None for a token that is not ours."""
    ids = tokens.read("stop", token)
    if ids is None:
        return None
    scope, about, pk = ids
    person = Person.objects.filter(pk=pk).first()
    return Stop(Scope(scope), about, person) if person else None


def named_by_settings(token: str) -> tuple[Person, Network | None] | None:
    """Whose choices the link opens, for which network (None: the weekly mail); None for a token
    that is not ours, that was made void, or whose person has left the network."""
    ids = tokens.read("settings", token)
    if ids is None:
        return None
    network_id, pk, version = ids
    person = Person.objects.filter(pk=pk, token_version=version, is_active=True).first()
    if person is None or not network_id:
        return (person, None) if person else None
    network = Network.objects.filter(pk=network_id).first()  # also a closed one: its last letters
    return (person, network) if network and may_hear(pk, network_id) else None


def foot(
    person: Person, network: Network, stop: tuple[str, str] | None = None
) -> tuple[tuple[str, str], ...]:
    """The links at the foot of a letter to a member: change what comes, and this `stop`."""
    change = (_("Change what this network sends you"), settings_link(person, network.pk))
    return (change, stop) if stop else (change,)


def stop_reminders(person: Person, network: Network) -> tuple[str, str]:
    """The label and address with which the person stops a network's reminders."""
    return _("Stop these reminders"), stop_link(person, Scope.REMINDERS, network.pk)


def headers(network: Network, stop: str, archive: str) -> dict[str, str]:
    """What mail programs read from a mail of the network that can be stopped."""
    return mail.list_headers(network.name, network.slug, stop, address(archive, network.slug))
