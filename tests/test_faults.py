"""The faults of tests/faults, a few times each; `make faults` makes them as often as promised."""

import pytest

from tests.faults import gathered


@pytest.mark.parametrize("fault", gathered(), ids=lambda fault: fault.name)
def test_nothing_is_lost_when(fault):
    result = fault.run(fault.quick)
    assert fault.misses(fault.quick, result) == []
