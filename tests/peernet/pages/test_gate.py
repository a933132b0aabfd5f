"""What Home does not ask has nothing to say: with the gate wide open it shows the same."""

from datetime import timedelta

import pytest

from networks.membership.models import Pause
from networks.network.models import Charter
from peernet.lib import clock
from peernet.pages import gate, queries
from tests import cast
from tests.world import world

pytestmark = pytest.mark.django_db
OPEN = gate.Gate(*[True] * len(gate.Gate._fields))


def both(person, monkeypatch):
    """Home as it is asked, and as it would be if everything were."""
    person.__dict__.pop("_rights", None)
    found = queries.home(person)
    monkeypatch.setattr(queries, "gate", lambda *ask: (OPEN, gate.gate(*ask)[1]))
    whole = queries.home(person)
    monkeypatch.undo()
    return found, whole


def test_everybody_of_the_world_sees_on_home_what_they_would_if_all_were_asked(monkeypatch):
    house = world()
    later = clock.now() + timedelta(days=8)
    cast.session(house.place, starts=later, title="After that")
    Charter.objects.create(network=house.place, version=2, text="Be kinder.")
    away = cast.member(house.place, "Ava Way")
    Pause.objects.create(network=house.place, person=away)
    new = cast.member(cast.network(), "Nia New", since=clock.now())
    people = [person for person in house.people.values() if person]
    for person in [*people, away, new]:
        found, whole = both(person, monkeypatch)
        assert found == whole, person.name
    assert found.steps
    assert both(away, monkeypatch)[0].later


def test_a_gate_that_wrongly_says_no_is_seen(monkeypatch):
    """The guard itself: a planted fault is found."""
    house = world()
    shut = gate.Gate(*[False] * len(gate.Gate._fields))
    member = house["member"]
    whole = queries.home(member)
    monkeypatch.setattr(queries, "gate", lambda *ask: (shut, gate.gate(*ask)[1]))
    assert queries.home(member) != whole
