"""One press in a mail stops it: by the mail program itself, or on the page, without signing in."""

import re

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse

from members.audit.models import AuditEntry
from members.notices.notices import stop_link
from members.notices.rules import Scope
from members.notices.tasks import tick_outbox
from members.people.models import Person
from networks.discussions import actions
from networks.discussions.models import Follow, Room, RoomKind
from networks.membership.models import Membership
from networks.preferences.actions import choose
from networks.preferences.models import Preference
from networks.preferences.queries import chosen
from peernet.lib import clock, tokens
from tests import cast

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def place():
    return cast.network("Community Libraries", slug="libraries")


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee")


@pytest.fixture
def bo(place):
    return cast.member(place, "Bo Marsh")


@pytest.fixture
def thread(place, ann):
    return actions.start_thread(place.rooms.get(), title="Room hire", words="How?", by=ann)


@pytest.fixture
def stranger():
    """A mail program: no cookie, no page of ours before, and it minds CSRF."""
    return Client(enforce_csrf_checks=True)


def path(address):
    return address.removeprefix("http://localhost")


def press(stranger, person, scope, about=0, **data):
    return stranger.post(path(stop_link(person, scope, about)), data or ONE_CLICK)


def test_the_mail_program_stops_exactly_this_thread_and_the_next_post_skips_exactly_her(
    place, ann, bo, thread, stranger, travel
):
    cy = cast.member(place, "Cy Each")
    choose(cy, place, talk="each", by=cy)
    other = actions.start_thread(place.rooms.get(), title="Tea", words="How much?", by=ann)
    answered = press(stranger, ann, Scope.THREAD, thread.pk)
    assert answered.status_code == 200  # neither a redirect nor a question
    actions.reply(thread, words="Hello", by=bo)
    actions.reply(other, words="Hello", by=bo)
    travel(clock.now() + cast.timedelta(minutes=8))
    tick_outbox()
    told = {(one.to[0], one.subject.partition("] ")[2]) for one in outbox.outbox}
    assert told == {(cy.email, "Room hire"), (cy.email, "Tea"), (ann.email, "Tea")}


def test_the_address_in_a_real_mail_works(place, ann, bo, thread, stranger, travel):
    actions.reply(thread, words="Hello", by=bo)
    travel(clock.now() + cast.timedelta(minutes=8))
    tick_outbox()
    address = outbox.outbox[-1].extra_headers["List-Unsubscribe"].strip("<>")
    assert stranger.post(path(address), ONE_CLICK).status_code == 200
    assert not Follow.objects.get(person=ann).on


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_the_link_changes_nothing(place, ann, thread, stranger, method):
    for scope, about in (
        (Scope.WEEKLY, 0), (Scope.TALK, place.pk), (Scope.REMINDERS, place.pk),
        (Scope.THREAD, thread.pk),
    ):  # fmt: skip
        assert getattr(stranger, method)(path(stop_link(ann, scope, about))).status_code == 200
    assert not Preference.objects.exists()
    assert not Follow.objects.exists()
    assert Person.objects.get(pk=ann.pk).weekly


def test_the_page_has_a_button_and_then_an_undo(place, ann, client):
    choose(ann, place, talk="each", by=ann)
    url = path(stop_link(ann, Scope.TALK, place.pk))
    assert "mail about talk in Community Libraries" in client.get(url).content.decode()
    page = client.post(url).content.decode()
    assert chosen(ann, place.pk).talk == "nothing"
    (before,) = re.findall(r'name="again" value="(\w+)"', page)
    page = client.post(url, {"again": before}).content.decode()
    assert "as before" in page
    assert chosen(ann, place.pk).talk == "each"


def test_reminders_come_back_as_they_were(place, ann, client):
    choose(ann, place, remind_day=False, by=ann)
    url = path(stop_link(ann, Scope.REMINDERS, place.pk))
    page = client.post(url).content.decode()
    row = chosen(ann, place.pk)
    assert (row.remind_week, row.remind_day, row.remind_hour, row.talk) == (
        False, False, False, "followed",
    )  # fmt: skip
    (before,) = re.findall(r'name="again" value="(\w+)"', page)
    client.post(url, {"again": before})
    row = chosen(ann, place.pk)
    assert (row.remind_week, row.remind_day, row.remind_hour) == (True, False, True)


def test_a_second_press_still_leaves_an_undo_that_undoes(place, ann, client):
    url = path(stop_link(ann, Scope.TALK, place.pk))
    client.post(url)
    page = client.post(url).content.decode()
    (before,) = re.findall(r'name="again" value="(\w+)"', page)
    client.post(url, {"again": before})
    assert chosen(ann, place.pk).talk == "followed"


def test_the_weekly_mail_and_a_thread_come_back_too(place, ann, thread, client):
    weekly = path(stop_link(ann, Scope.WEEKLY))
    client.post(weekly)
    assert not Person.objects.get(pk=ann.pk).weekly
    client.post(weekly, {"again": "yes"})
    assert Person.objects.get(pk=ann.pk).weekly
    url = path(stop_link(ann, Scope.THREAD, thread.pk))
    client.post(url)
    client.post(url, {"again": "yes"})
    assert Follow.objects.get(person=ann).on


def test_a_link_stops_nobody_elses_mail_and_a_forged_one_nothing(place, ann, bo, stranger):
    press(stranger, ann, Scope.TALK, place.pk)
    assert chosen(bo, place.pk).talk == "followed"
    good = tokens.make("stop", Scope.TALK, place.pk, ann.pk)
    for bad in (
        good.replace(f"-{ann.pk}.", f"-{bo.pk}."),
        tokens.make("answer", Scope.TALK, place.pk, bo.pk),
        "2-1-1", "x" * 300, "2-1-1.ŵ",
    ):  # fmt: skip
        assert stranger.post(reverse("stop_by_mail", args=(bad,)), ONE_CLICK).status_code == 404
    assert chosen(bo, place.pk).talk == "followed"


def test_an_old_link_still_stops_after_signing_out_everywhere_and_after_leaving(
    place, ann, stranger
):
    url = path(stop_link(ann, Scope.TALK, place.pk))
    Person.objects.filter(pk=ann.pk).update(token_version=7)
    Membership.objects.filter(person=ann).update(until=clock.now())
    assert stranger.post(url, ONE_CLICK).status_code == 200
    assert chosen(ann, place.pk).talk == "nothing"


def test_a_link_of_a_closed_account_answers_and_writes_nothing(place, ann, stranger):
    Person.objects.filter(pk=ann.pk).update(is_active=False)
    for data in (ONE_CLICK, {"again": "each"}):
        assert press(stranger, ann, Scope.TALK, place.pk, **data).status_code == 200
    assert not Preference.objects.exists()


def test_the_page_never_names_a_thread_of_a_trusted_room_or_one_she_may_not_read(
    place, ann, bo, thread, stranger
):
    room = Room.objects.create(network=place, name="Inner", kind=RoomKind.TRUSTED)
    hidden = actions.start_thread(room, title="Zeppelin", words="Quagmire", by=bo)
    url = path(stop_link(ann, Scope.THREAD, hidden.pk))
    assert "Zeppelin" not in stranger.get(url).content.decode()
    url = path(stop_link(ann, Scope.THREAD, thread.pk))
    assert "Room hire" in stranger.get(url).content.decode()
    Membership.objects.filter(person=ann).update(until=clock.now())
    assert "Room hire" not in stranger.get(url).content.decode()
    assert stranger.post(url, ONE_CLICK).status_code == 200


def test_what_was_stopped_is_on_the_trail_but_on_no_page_of_the_network(
    place, ann, stranger, signed_in
):
    press(stranger, ann, Scope.TALK, place.pk)
    assert AuditEntry.objects.get(deed="mail.chosen").actor_id == ann.pk
    page = signed_in(cast.coordinator(place)).get(reverse("log", args=("libraries",)))
    assert "mail.chosen" not in page.content.decode()
