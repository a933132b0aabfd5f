"""The faults of tests/faults, a few times each; `make faults` makes them as often as promised."""

import pytest

from tests.faults import gathered


@pytest.fixture(autouse=True)
def real_database(django_db_setup, django_db_blocker):
    """Each stage has a copy of the tests' own, with nothing around it that is rolled back."""
    with django_db_blocker.unblock():
        yield


QUICK = [fault for fault in gathered() if fault.quick]


@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.name)
def test_nothing_is_lost_when(fault):
    result = fault.run(fault.quick)
    assert fault.misses(fault.quick, result) == []
