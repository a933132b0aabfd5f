from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint

from peernet.lib.spells import NOT_TO_LOOK_UP


def test_no_constraint_against_overlaps_is_used_to_look_people_up():
    """What it cost: see peernet.lib.spells.NOT_TO_LOOK_UP."""
    found = {
        one.name: one.condition
        for model in apps.get_models() for one in model._meta.constraints
        if isinstance(one, ExclusionConstraint)
    }  # fmt: skip
    assert len(found) >= 5
    assert {name for name, condition in found.items() if condition != NOT_TO_LOOK_UP} == set()
