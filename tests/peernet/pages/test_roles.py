"""The table of who may do what is the door's: on the help page, and in the guide."""

import pytest
from django.conf import settings

from networks.membership import door
from networks.membership.door import rights
from peernet.lib import clock
from peernet.pages import duties
from tests import cast


def test_every_ability_that_a_view_asks_for_is_given_by_the_door_and_has_words():
    given = set(door.FUNDER_ABILITIES) | {"operate"}
    for one in (door.ABILITIES, door.CLOSED_ABILITIES):
        given |= set().union(*one.values())
    asked = set(duties.guarded())
    assert asked <= given, "a page that opens to nobody"
    assert given <= set(duties.WORDS)
    assert {"view", "take_part", "facilitate", "coordinate", "operate", "fund"} <= asked


def test_the_guide_is_what_the_door_says_now():
    written = (settings.BASE_DIR / "docs/guides/roles.md").read_text()
    assert written == duties.guide(), "run manage.py roles"


@pytest.mark.django_db
@pytest.mark.parametrize("closed", [False, True])
def test_each_cell_of_the_table_is_what_the_door_answers(closed):
    place = cast.network()
    people = [cast.member(place), cast.facilitator(place), cast.coordinator(place)]
    if closed:
        place.closed_at = clock.now()
        place.save(update_fields=["closed_at"])
    part = duties.table()[1 if closed else 0]
    for row in part.rows:
        for who, may in zip(people, row.may, strict=True):
            assert who.has_perm(f"networks.{row.ability}", place) == may, (row, rights(who))
