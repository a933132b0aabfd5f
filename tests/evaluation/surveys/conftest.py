from datetime import UTC, datetime

import pytest

from tests import cast


@pytest.fixture
def place(travel):
    travel(datetime(2026, 3, 2, 9, tzinfo=UTC))
    return cast.network("Libraries")


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def ann(place):
    return cast.member(place)
