"""Making and ending the private addresses of calendar feeds."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.people.models import Person
from networks.membership.queries import members
from networks.network.models import Network
from peernet.lib import clock
from peernet.lib.errors import Refused

from . import queries, rules
from .models import CalendarFeed, KeptEvent

NOTED_EVERY = timedelta(minutes=15)
MADE_AT_ONCE = 200


@transaction.atomic
def make_address(person: Person, network: Network | None = None, *, by: Person) -> str:
    """Give the person's feed a new address, and return its token: nobody can read it later.

    An address it had before works no more. Raises Refused for what is not theirs.
    """
    _check(person, network, by)
    token = secrets.token_urlsafe(32)
    fresh = {"digest": rules.digest(token), "made_at": clock.now(), "fetched_at": None}
    feed, _new = CalendarFeed.objects.update_or_create(
        person=person, network=network, defaults=fresh
    )
    note("calendar_feed.made", by=by, network_id=network and network.pk, about_id=feed.pk)
    return token


@transaction.atomic
def switch_off(person: Person, network: Network | None = None, *, by: Person) -> None:
    """The feed's address works no more; again changes nothing. Raises Refused."""
    _check(person, network, by)
    gone, _rows = CalendarFeed.objects.filter(person=person, network=network).delete()
    if gone:
        about = {"network_id": network and network.pk, "about_id": person.pk}
        note("calendar_feed.switched_off", by=by, **about)


def note_fetched(feed: rules.Asked) -> None:
    """A calendar program was here: its owner sees when, to within a quarter of an hour."""
    now = clock.now()
    if feed.fetched_at is None or feed.fetched_at < now - NOTED_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk, digest=feed.digest).update(fetched_at=now)


def keep_events() -> int:
    """Make the events that changed, once for all feeds; returns how many. Again changes nothing."""
    count = 0
    with translation.override(settings.LANGUAGE_CODE):
        while found := queries.stale(MADE_AT_ONCE):
            _keep(found)
            count += len(found)
    return count


def _keep(events: list[KeptEvent]) -> None:
    for name in ("cadence", "session"):
        KeptEvent.objects.bulk_create(
            [one for one in events if getattr(one, f"{name}_id")],
            update_conflicts=True,
            unique_fields=[name],
            update_fields=["text", "look"],
        )


def _check(person: Person, network: Network | None, by: Person) -> None:
    if person != by:
        raise Refused(_("Only they can change this."))
    if network and not members(network).filter(pk=person.pk).exists():
        raise Refused(_("You are not in this network."))
