"""A network that is made of the people who look after its networks: it follows their roles."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from members.audit.models import AuditEntry
from members.notices.actions import send_due
from members.notices.models import Notice
from networks.links import actions
from networks.links.tasks import tick_links
from networks.membership import queries
from networks.membership.actions import (
    accept_charter,
    begin,
    change_role,
    leave,
    remove_member,
)
from networks.membership.models import Membership, Role
from peernet.lib import clock
from tests import cast
from tests.rows.links import stand

from .race import together

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def builders():
    return cast.network("Builders", slug="builders")


@pytest.fixture
def lead(builders):
    return cast.coordinator(builders, "Lea Lead")


@pytest.fixture
def parts(builders):
    places = [cast.network(name) for name in ("Libraries", "Pubs")]
    for one in places:
        stand(builders, one)
    return places


@pytest.fixture
def dan(parts):
    return cast.coordinator(parts[0], "Dan Price")


def names(place):
    return {person.name for person in queries.members(place)}


def letters(person):
    mail.outbox.clear()
    send_due()
    return [letter.subject for letter in mail.outbox if letter.to == [person.email]]


def make(builders, lead, role=Role.COORDINATOR, adopts=False):
    return actions.make_of(builders, role=role, adopts=adopts, by=lead)


def steps_down(place, person, by):
    """Another takes over, and the role ends now."""
    cast.coordinator(place, "Next One")
    change_role(queries.spell_of(place, person), Role.MEMBER, by=by)


def test_a_new_coordinator_comes_in_is_welcomed_and_asked_to_say_yes_to_the_house_rules(
    builders, lead, parts, dan, signed_in
):
    cast.member(parts[0], "Amy Member")
    cast.facilitator(parts[0], "Fay Host")
    signed_in(lead).post(reverse("made_of", args=["builders"]), {"role": "coordinator"})
    tick_links()
    tick_links()
    assert names(builders) == {"Lea Lead", "Dan Price"}
    spell = queries.spell_of(builders, dan)
    assert (spell.role, spell.came_by) == (Role.MEMBER, "derived")
    assert letters(dan) == ["[Builders] Welcome: you are one of us"]
    accept_charter(parts[0].charters.get(), by=dan)
    assert "/n/builders/charter/" in signed_in(dan).get("/").content.decode()


def test_a_role_that_ends_leaves_the_next_day_and_the_time_there_stays_written(
    builders, lead, parts, dan, travel
):
    make(builders, lead)
    tick_links()
    steps_down(parts[0], dan, dan)
    tick_links()
    assert "Dan Price" in names(builders), "not before the day is over"
    travel(clock.midnight(clock.today(builders.zone) + DAY, builders.zone))
    tick_links()
    tick_links()
    assert names(builders) == {"Lea Lead", "Next One"}
    spell = Membership.objects.get(network=builders, person=dan)
    assert spell.reason == "derived"
    assert "[Builders] Thank you, and goodbye" in letters(dan)
    assert dan in queries.members(builders, at=spell.since)


def test_a_role_elsewhere_or_a_new_one_keeps_them_or_brings_them_back(
    builders, lead, parts, dan, travel
):
    cast.coordinator(parts[1], person=dan)
    make(builders, lead)
    tick_links()
    steps_down(parts[0], dan, dan)
    travel(clock.now() + 2 * DAY)
    tick_links()
    assert "Dan Price" in names(builders), "they look after another one"
    steps_down(parts[1], dan, dan)
    travel(clock.now() + 2 * DAY)
    tick_links()
    assert "Dan Price" not in names(builders)
    change_role(queries.spell_of(parts[1], dan), Role.COORDINATOR, by=dan)
    tick_links()
    assert "Dan Price" in names(builders)
    assert Membership.objects.filter(network=builders, person=dan).count() == 2


@pytest.mark.parametrize("ends", ["link", "network"])
def test_when_a_network_is_no_longer_part_of_it_its_coordinators_go(
    builders, lead, parts, dan, travel, ends
):
    make(builders, lead)
    tick_links()
    if ends == "link":
        link = builders.links_down.get(lower=parts[0])
        actions.end(link, parts[0], words="", by=dan)
    else:
        type(parts[0]).objects.filter(pk=parts[0].pk).update(closed_at=clock.now())
    tick_links()
    assert "Dan Price" in names(builders)
    travel(clock.now() + DAY)
    tick_links()
    assert names(builders) == {"Lea Lead"}


def test_facilitators_come_in_only_when_it_is_made_of_them_too(builders, lead, parts, dan):
    cast.facilitator(parts[0], "Fay Host")
    make(builders, lead)
    tick_links()
    assert "Fay Host" not in names(builders)
    make(builders, lead, role=Role.FACILITATOR)
    tick_links()
    assert {"Fay Host", "Dan Price"} <= names(builders)


@pytest.mark.parametrize("how", ["left", "removed"])
def test_whoever_left_or_was_removed_is_not_put_back_and_the_trail_says_so_once(
    builders, lead, parts, dan, travel, how
):
    make(builders, lead)
    tick_links()
    if how == "left":
        leave(builders, by=dan)
    else:
        remove_member(queries.spell_of(builders, dan), by=lead)
    for _day in range(3):
        travel(clock.now() + DAY)
        tick_links()
    assert "Dan Price" not in names(builders)
    assert AuditEntry.objects.filter(deed="derived.stays_out", about_id=dan.pk).count() == 1
    begin(builders, dan, by=dan)  # an invitation they took up
    tick_links()
    assert queries.spell_of(builders, dan).came_by == ""


def test_whoever_was_added_by_hand_stays_and_the_trail_says_so_once(
    builders, lead, parts, dan, travel
):
    cast.member(builders, person=dan)
    make(builders, lead)
    steps_down(parts[0], dan, dan)
    for _day in range(3):
        travel(clock.now() + DAY)
        tick_links()
    assert "Dan Price" in names(builders)
    assert AuditEntry.objects.filter(deed="derived.stays", about_id=dan.pk).count() == 1
    assert not AuditEntry.objects.filter(deed="derived.stays", about_id=lead.pk).exists()


def test_those_already_there_can_go_by_their_role_from_then_on(builders, lead, parts, dan, travel):
    cast.member(builders, person=dan)
    make(builders, lead, adopts=True)
    steps_down(parts[0], dan, dan)
    travel(clock.now() + DAY)
    tick_links()
    assert "Dan Price" not in names(builders)


def test_when_it_is_made_that_way_no_more_everybody_stays(
    builders, lead, parts, dan, travel, signed_in
):
    make(builders, lead)
    tick_links()
    signed_in(lead).post(reverse("made_of", args=["builders"]), {"role": ""})
    steps_down(parts[0], dan, dan)
    travel(clock.now() + 2 * DAY)
    tick_links()
    assert "Dan Price" in names(builders)
    assert "Next One" not in names(builders)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_let_each_in_once(builders, lead, parts, dan):
    make(builders, lead)
    together(actions.follow_roles, actions.follow_roles)
    assert Membership.objects.filter(network=builders, person=dan).count() == 1
    assert Notice.objects.filter(kind="derived_welcome", person=dan).count() == 1
    assert AuditEntry.objects.filter(deed="membership.begun", about_id=dan.pk).count() == 1
