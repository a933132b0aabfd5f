"""One Sunday in March 2026, before the clocks go forward, and two people of one network."""

from datetime import UTC, datetime

import pytest

from tests import cast


@pytest.fixture
def place(travel):
    travel(datetime(2026, 3, 1, 12, tzinfo=UTC))
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def ann(place):
    return cast.member(place)
