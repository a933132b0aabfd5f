"""With what somebody gets in."""

from collections.abc import Sequence

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet

from members.people.models import Person
from peernet.lib import clock

from .models import Device
from .rules import FRESH


def devices_of(person: Person) -> QuerySet[Device]:
    """Where the person is signed in now, the last used first."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=clock.now())
    rows = Device.objects.filter(Exists(alive), person=person)
    return rows.order_by("-used_on", "-signed_in_at")


def is_proved(held: Sequence | None) -> bool:
    """Whether it was shown a short while ago who sits at the browser whose session holds this
    (what `actions.seen` returned)."""
    if not held:
        return False
    since = clock.now() - FRESH
    return Device.objects.filter(pk=held[0], proved_at__gt=since).exists()


def passkeys_of(person: Person) -> QuerySet[Authenticator]:
    """The person's passkeys, the oldest first."""
    rows = Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN)
    return rows.order_by("pk")
