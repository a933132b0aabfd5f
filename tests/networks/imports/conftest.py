"""A network, its coordinator, and her browser."""

import pytest
from django.test import Client

from tests import cast


@pytest.fixture
def place(db):
    return cast.network("Health and Social Care")


@pytest.fixture
def dan(place):
    return cast.coordinator(place, email="dan-is-here@x.org")


@pytest.fixture
def desk(signed_in, dan):
    return signed_in(dan)


@pytest.fixture
def twin_browsers(dan):
    """As many browsers of the same coordinator as are asked for."""

    def enter():
        client = Client()
        client.force_login(dan, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return lambda count: [enter() for _n in range(count)]
