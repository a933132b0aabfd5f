"""Two tests for test_mutate.py: one that sees a condition go, one that only walks past another."""

import pytest
from allauth.mfa.models import Authenticator

from members.access.queries import passkeys_of
from tests import cast

pytestmark = pytest.mark.django_db


def passkey(person, kind=Authenticator.Type.WEBAUTHN):
    return Authenticator.objects.create(user=person, type=kind, data={})


def test_somebody_else_s_passkey_is_not_mine():
    passkey(cast.person("Ann"))
    assert not passkeys_of(cast.person("Ben")).exists()


def test_there_are_passkeys():
    ann = cast.person("Ann")
    passkey(ann)
    assert passkeys_of(ann).exists()
