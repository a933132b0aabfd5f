"""Choosing what one is sent, and stopping it with one press."""

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.people.models import Person
from networks.network.models import Network
from peernet.lib.errors import Refused

from . import rules
from .models import Preference, Talk
from .queries import chosen


@transaction.atomic
def choose(person: Person, network: Network, *, by: Person, **wanted: str | bool) -> Preference:
    """Choose what the network sends the person: `talk` (Talk), `remind_week`, `remind_day`,
    `remind_hour`, `ask_second`, `suggest`; what is not named stays.

    Raises Refused when it is not their own doing.
    """
    if person != by:
        raise Refused(_("Only they can change this."))
    # Two presses at once end in one row, the later one's.
    row, _new = Preference.objects.update_or_create(person=person, network=network, defaults=wanted)
    note("mail.chosen", by=by, network_id=network.pk, about_id=person.pk)
    return row


def stop_talk(person: Person, network: Network, *, by: Person) -> str:
    """No mail about the network's talk any more; returns what they had, for an undo."""
    before = chosen(person, network.pk).talk
    choose(person, network, talk=Talk.NOTHING, by=by)
    return before


def stop_reminders(person: Person, network: Network, *, by: Person) -> str:
    """No reminder of the network's sessions any more; returns what they had, for an undo."""
    row = chosen(person, network.pk)
    before = rules.written(row.remind_week, row.remind_day, row.remind_hour)
    choose(person, network, **dict.fromkeys(rules.REMINDERS, False), by=by)
    return before
