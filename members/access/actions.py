"""How somebody gets in: devices, passkeys, a password; and the proof asked for before a change."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.people.actions import send_code, sign_out_everywhere, tell_of_change
from members.people.models import Person
from members.people.notices import proof_code
from peernet.lib import clock
from peernet.lib.errors import Refused

from . import queries
from .models import Device
from .rules import CODE_TRIES, FRESH, KEPT, MOST_PASSKEYS, browser_and_system

# --- Devices -------------------------------------------------------------------------------------


@transaction.atomic
def seen(person: Person, session_key: str, agent: str, held: int | None) -> int:
    """Write down that somebody used a browser today; returns the id of its row.

    `held`: the id that the browser's session had. The session's key changes under way, as when
    a password is set; the device stays the same.
    """
    today = clock.now().date()
    if held:
        theirs = Device.objects.filter(pk=held, person=person)
        if theirs.update(session_key=session_key, used_on=today):
            return held
    browser, system = browser_and_system(agent)
    made = {"person": person, "browser": browser, "system": system, "used_on": today}
    device, _new = Device.objects.get_or_create(session_key=session_key, defaults=made)
    return device.pk


@transaction.atomic
def sign_out(device: Device, *, by: Person) -> None:
    """End the session of one device. Raises Refused when it is somebody else's."""
    if device.person_id != by.pk:
        raise Refused(_("Only they can change this."))
    _end(Device.objects.filter(pk=device.pk))
    note("device.signed_out", by=by, about_id=by.pk)


@transaction.atomic
def sign_out_elsewhere(person: Person, *, here: int, by: Person) -> None:
    """End every session but that of the device `here`, and all links in mails they have."""
    sign_out_everywhere(person, by=by)
    _end(Device.objects.filter(person=person).exclude(pk=here))


@transaction.atomic
def sign_out_everybody() -> None:
    """End every session there is. Links in mails go on."""
    Session.objects.all().delete()
    Device.objects.all().delete()


def forget_devices() -> None:
    """Remove devices that are signed out, or were not used for 90 days."""
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    Device.objects.exclude(session_key__in=alive).delete()
    _end(Device.objects.filter(used_on__lt=clock.now().date() - KEPT))


def _end(devices: Any) -> None:
    Session.objects.filter(session_key__in=devices.values("session_key")).delete()
    devices.delete()


# --- A proof of who it is, before a change in how they get in ------------------------------------


def send_proof(person: Person, device: int) -> dict[str, Any]:
    """Mail a code to the address we write to; returns what the session must hold of it.

    Raises Refused when the mail server does not take it.
    """
    code = get_random_string(6, "0123456789")
    send_code(proof_code(code), person.email, code)
    until = (clock.now() + FRESH).timestamp()
    return {"digest": _digest(device, code), "until": until, "tries": 0}


@transaction.atomic
def prove(device: int, held: dict[str, Any], code: str) -> None:
    """Accept the code for the device whose session holds `held`; counts the tries in it.

    Raises Refused when the code is wrong, too old or was tried too often.
    """
    held["tries"] += 1
    if held["tries"] > CODE_TRIES or held["until"] < clock.now().timestamp():
        raise Refused(_("This code does not work any more. Ask for a new one below."))
    typed = "".join(code.split())
    if not constant_time_compare(held["digest"], _digest(device, typed)):
        raise Refused(_("That is not the code we sent. Type its 6 digits again."))
    Device.objects.filter(pk=device).update(proved_at=clock.now())


def _digest(device: int, code: str) -> str:
    return salted_hmac("members.access.proof", f"{device}-{code}", algorithm="sha256").hexdigest()


# --- Passkeys ------------------------------------------------------------------------------------


@transaction.atomic
def add_passkey(person: Person, *, name: str, credential: dict[str, Any], by: Person) -> None:
    """Keep a passkey that was checked. Raises Refused when there are many already."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if queries.passkeys_of(person).count() >= MOST_PASSKEYS:
        raise Refused(
            _("You have %(n)d passkeys. Remove one that you no longer use.") % {"n": MOST_PASSKEYS}
        )
    auth.WebAuthn.add(person, name, credential)
    tell_of_change("passkey.added", by=by)


@transaction.atomic
def rename_passkey(passkey: Authenticator, *, name: str, by: Person) -> None:
    """Give a passkey another name."""
    passkey.data["name"] = name
    passkey.save(update_fields=["data"])
    note("passkey.renamed", by=by, about_id=by.pk)


@transaction.atomic
def remove_passkey(passkey: Authenticator, *, by: Person) -> None:
    """Let a passkey open the account no more. A code by mail does, as always."""
    passkey.delete()
    tell_of_change("passkey.removed", by=by)


# --- A password ----------------------------------------------------------------------------------


@transaction.atomic
def set_password(person: Person, password: str | None, *, here: int, by: Person) -> None:
    """Set the password, or remove it (None). Every device but `here` is signed out: the sign of
    a session holds a part of the password."""
    person.set_password(password)
    person.save(update_fields=["password"])
    _end(Device.objects.filter(person=person).exclude(pk=here))
    tell_of_change("password.set" if password else "password.removed", by=by)
