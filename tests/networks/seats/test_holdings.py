"""Who holds which organisation's seat, with which part, on any day."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from members.organisations.models import Affiliation
from networks.membership import actions as membership
from networks.membership.models import Membership
from networks.membership.queries import spell_of
from networks.seats import actions, queries
from networks.seats.models import Ending, Holding, Part, Seat
from peernet.lib import clock
from peernet.lib.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


def of(place, person):
    """(organisation, part) of what the person holds there now, the one they lead first."""
    rows = queries.holdings_of(place, person)
    return [(row.seat.organisation.name, row.part) for row in rows]


def test_a_person_in_two_organisations_and_once_by_themselves_in_three_networks(place, dan):
    energy, alone = cast.network("Energy"), cast.network("Pubs")
    ann = cast.member(place, "Ann Lee", organisation="A Farm")
    cast.member(energy, person=ann, organisation="B Pub")
    cast.member(alone, person=ann)
    assert of(place, ann) == [("A Farm", "lead")]
    assert of(energy, ann) == [("B Pub", "lead")]
    assert of(alone, ann) == []
    # And in one network for both of her organisations.
    other = Seat.objects.get(network=energy).organisation
    membership.give_seat(place, ann, other, part=Part.OBSERVER, by=dan)
    assert of(place, ann) == [("A Farm", "lead"), ("B Pub", "observer")]
    membership.leave(energy, by=ann)
    assert (of(place, ann), of(energy, ann)) == ([("A Farm", "lead"), ("B Pub", "observer")], [])


def test_only_members_hold_a_seat(place, dan):
    cast.member(place, "Ann Lee", organisation="A Farm")
    farm = Seat.objects.get().organisation
    with pytest.raises(Refused, match="no longer"):
        membership.give_seat(place, cast.person("Olu"), farm, by=dan)


def test_a_part_changes_from_one_moment_to_the_next_and_who_had_it_stays_known(place, dan):
    ann = cast.member(place, "Ann Lee", organisation="A Farm", since=MAY)
    old = ann.holdings.get()
    new = actions.change_part(old, Part.OBSERVER, by=dan)
    old.refresh_from_db()
    assert (old.until, old.reason, new.part) == (new.since, Ending.PART, Part.OBSERVER)
    assert Holding.objects.at(MAY).get() == old
    assert Holding.objects.at(clock.now()).get() == new
    assert actions.change_part(old, Part.OBSERVER, by=dan) == new  # pressed twice
    with pytest.raises(Refused, match="Observer"):
        actions.change_part(old, Part.DEPUTY, by=dan)  # from a page that is out of date
    assert not queries.past_holders(new.seat).exists()  # it was no ending


def test_an_ending_has_its_reason_and_can_be_undone(place, dan):
    ann = cast.member(place, "Ann Lee", organisation="A Farm")
    held = ann.holdings.get()
    actions.end_holding(held, Ending.MOVED, by=dan)
    assert of(place, ann) == []
    assert spell_of(place, ann)
    assert [one.reason for one in queries.past_holders(held.seat)] == ["moved"]
    actions.resume_holding(held, by=dan)
    assert of(place, ann) == [("A Farm", "lead")]


def test_who_leaves_and_thinks_again_has_the_seat_they_had(place, dan):
    ann = cast.member(place, "Ann Lee", organisation="A Farm")
    membership.leave(place, by=ann)
    assert ann.holdings.get().reason == Ending.LEFT
    membership.restore_member(Membership.objects.get(person=ann), by=ann)
    assert of(place, ann) == [("A Farm", "lead")]


def test_the_database_refuses_what_overlaps(place):
    ann = cast.member(place, "Ann Lee", organisation="A Farm")
    held, body = ann.holdings.get(), Seat.objects.get().organisation
    long_ago = clock.now() - timedelta(days=900)
    for again in [
        Holding(seat=held.seat, person=ann, part=Part.DEPUTY, since=long_ago),
        Seat(network=place, organisation=body, since=long_ago),
        Affiliation(person=ann, organisation=body, since=long_ago),
    ]:
        with pytest.raises(IntegrityError, match="exclusion"), transaction.atomic():
            again.save()
        again.until = long_ago + timedelta(days=1)
        again.save()  # before, and over by then


def test_seats_of_before_become_holdings_and_go_back():
    """The migration's own SQL, on spells as they were: two roles in a row, a leaver, a newcomer."""
    place = cast.network()
    people = [cast.member(place, name, since=MAY) for name in ("Ann", "Bea", "Cas")]
    organisation = cast.holds(place, people[0], "A Farm", since=MAY).seat.organisation
    seat = Seat.objects.get(organisation=organisation)
    Holding.objects.all().delete()
    ann, bea, _cas = (spell_of(place, person) for person in people)
    later = MAY + timedelta(days=30)
    Membership.objects.filter(pk=ann.pk).update(until=later, reason="role")
    Membership.objects.create(network=place, person=people[0], role="facilitator", since=later)
    Membership.objects.filter(pk=bea.pk).update(until=later, reason="left", since=MAY)
    step = MigrationLoader(None).get_migration("networks", "0013_people_hold_seats")
    (data,) = [one for one in step.operations if hasattr(one, "sql")]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE networks_membership ADD COLUMN seat_id bigint")
        cursor.execute("UPDATE networks_membership SET seat_id = %s", [seat.pk])
        cursor.execute(data.sql[0])
        held = list(Holding.objects.order_by("person_id").values_list(
            "person__name", "part", "since", "until", "reason"
        ))  # fmt: skip
        cursor.execute("UPDATE networks_membership SET seat_id = NULL")
        cursor.execute(data.reverse_sql[0])
        cursor.execute("SELECT count(*) FROM networks_membership WHERE seat_id = %s", [seat.pk])
        back = cursor.fetchone()[0]
    assert held == [
        ("Ann", "lead", MAY, None, ""),
        ("Bea", "deputy", MAY, later, "left"),
        ("Cas", "deputy", MAY, None, ""),
    ]
    assert back == 4
