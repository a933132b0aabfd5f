"""Signing in, devices, passkeys, addresses, and the page they hang on."""

from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore

from members.access.models import Device
from peernet.lib import clock
from tests.pages import DONE, LOGIN, Page, everybody, nobody, signed_in


def passkey(world):
    kept = {"user": world["member"], "type": "webauthn", "data": {"name": "My phone"}}
    made, _new = Authenticator.objects.get_or_create(**kept)
    return (made.pk,)


def more_passkeys(world, n):
    Authenticator.objects.bulk_create(
        Authenticator(user=world["member"], type="webauthn", data={"name": f"Key {i}"})
        for i in range(n)
    )


def a_device(world, name="Firefox"):
    session = SessionStore()
    session.create()
    return Device.objects.create(
        person=world["member"], session_key=session.session_key, browser=name,
        used_on=clock.now().date(),
    )  # fmt: skip


def device(world):
    return (a_device(world).pk,)


def more_devices(world, n):
    for i in range(n):
        a_device(world, f"Browser {i}")


def address(world):
    ann = world["member"]
    made, _new = ann.emailaddress_set.get_or_create(
        email=f"second-{ann.pk}@example.org", defaults={"verified": True}
    )
    return (made.pk,)


def more_addresses(world, n):
    for i in range(n):
        world["member"].emailaddress_set.create(email=f"a{i}-{n}@example.org", verified=True)


def member_only(result):
    return nobody(member=result)


ROWS = [
    Page("you", get=signed_in(), post=signed_in(DONE), look_as="member"),
    Page("profile", get=signed_in(), post=signed_in(DONE), look_as="member", kilobytes=62, why="500 time zones to choose from"),
    Page("password_sign_in", get=everybody(DONE), post=everybody(DONE), look_as="anonymous"),
    Page("passkey_begin", post=everybody()),
    Page("passkey_sign_in", post=everybody(LOGIN)),  # with a sentence, and other ways in
    Page("signing_in", get=signed_in(), look_as="member", grow=more_passkeys),
    Page("passkey_new", get=signed_in(), post=signed_in(DONE), look_as="member"),
    Page("passkey_ready", post=signed_in()),
    Page("passkey_rename", get=member_only("200"), post=member_only(DONE), args=passkey, look_as=None, why="needs a passkey: tests/members/access/test_passkeys.py"),
    Page("passkey_remove", post=member_only(DONE), args=passkey),
    Page("password", get=signed_in(), post=signed_in(DONE), look_as="member"),
    Page("password_remove", post=signed_in(DONE)),
    Page("confirm", get=signed_in(), post=signed_in(DONE), look_as="member"),
    Page("confirm_send", post=signed_in(DONE)),
    Page("devices", get=signed_in(), look_as="member", grow=more_devices),
    Page("device_sign_out", post=member_only(DONE), args=device),
    Page("sign_out_elsewhere", post=signed_in(DONE)),
    Page("account_email", get=signed_in(), post=signed_in(DONE), look_as="member", grow=more_addresses),
    Page("address_main", post=member_only(DONE), args=address),
    Page("address_remove", post=member_only(DONE), args=address),
]  # fmt: skip
