"""People who begin together: a cohort is opened, people come in, and its room is theirs alone."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from members.notices.actions import send_due
from members.privacy.queries import parts as own_data
from networks.cohorts import actions
from networks.discussions import actions as talk
from networks.discussions.models import Post, RoomKind, Thread
from networks.discussions.notices import digest_items
from networks.discussions.queries import hearers, readers
from networks.discussions.rules import COHORT
from networks.files.models import File
from networks.hosting import actions as hosting
from networks.hosting.queries import goals
from networks.membership import actions as membership
from networks.membership.models import CohortSpell
from networks.search.queries import search
from peernet.lib import clock
from peernet.lib.errors import Refused
from tests import cast
from tests.networks.files.things import PDF, stored

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAID = "qzsecret"


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def cohorts(place, dan):
    """Two, each with a trusted room."""
    today = clock.today(place.zone)
    return [
        actions.open_cohort(place, name=name, starts_on=today, with_room=True, by=dan)
        for name in ("Cohort 1", "Cohort 2")
    ]


@pytest.fixture
def ann(place, dan, cohorts):
    made = cast.member(place)
    actions.put_in(cohorts[0], [made], by=dan)
    return made


@pytest.fixture
def bo(place, dan, cohorts):
    made = cast.member(place, "Bo Dale")
    actions.put_in(cohorts[1], [made], by=dan)
    return made


def sent():
    mail.outbox.clear()
    send_due()
    return {one.to[0]: f"{one.subject} {one.body} {one.alternatives}" for one in mail.outbox}


@pytest.mark.parametrize("kind", RoomKind.values)
def test_who_is_in_cohort_2_reads_nothing_of_a_room_of_cohort_1_anywhere(
    place, dan, cohorts, ann, bo, kind, travel, signed_in, settings, tmp_path
):
    """Nor does a coordinator who is in neither. Open or trusted makes no difference."""
    settings.MEDIA_ROOT = tmp_path
    room = talk.open_room(place, name="Theirs", kind=kind, cohort=cohorts[0], by=dan)
    thread = talk.start_thread(room, title=SAID, words=SAID, by=ann)
    file = stored(Post.objects.get(), ann, PDF, f"{SAID}.pdf")
    for reader in (bo, dan):
        talk.follow(thread, reader, on=True, by=reader)
        client, slug = signed_in(reader), place.slug
        for name, args in [
            ("room", [room.pk]), ("room_readers", [room.pk]), ("thread", [thread.pk]),
            ("file", [file.pk]), ("thread_rename", [thread.pk]), ("room_history", [room.pk]),
        ]:  # fmt: skip
            assert client.get(reverse(name, args=[slug, *args])).status_code in (403, 404), name
        for name in ("talk", "network", "thread_new"):
            page = client.get(reverse(name, args=[slug])).content.decode()
            assert SAID not in page
            assert room.name not in page, name
        assert SAID not in client.get("/").content.decode()
        assert not search(reader, SAID).hits
        assert not File.objects.visible_to(reader).exists()
        assert not Post.objects.visible_to(reader).exists()
    travel(clock.now() + HOUR)
    assert SAID not in str(sent())
    for reader in (bo, dan):
        assert SAID not in str(digest_items(reader, clock.now() - DAY, clock.now()))
        assert SAID not in str([part.rows for part in own_data(reader)])
    page = signed_in(ann).get(reverse("thread", args=[place.slug, thread.pk])).content.decode()
    assert SAID in page
    assert "Only the 1 person in “Theirs” can read this." in page


def test_what_is_written_reaches_exactly_those_who_may_read_it(place, dan, cohorts, ann, bo):
    room = place.rooms.get(cohort=cohorts[0])
    thread = talk.start_thread(room, title="A", words="B", by=ann)
    for reader in (ann, bo, dan):
        talk.follow(thread, reader, on=True, by=reader)
    assert set(readers(place, room)) == {ann} == set(hearers(thread))


def test_somebody_may_be_in_two_cohorts(place, dan, cohorts, ann, signed_in):
    actions.put_in(cohorts[1], [ann], by=dan)
    page = signed_in(ann).get(reverse("talk", args=[place.slug])).content.decode()
    assert "Cohort 1" in page
    assert "Cohort 2" in page


def test_who_is_put_in_later_reads_only_what_is_said_from_then_on(
    place, dan, cohorts, ann, bo, travel
):
    """Also a member of the network from long before."""
    talk.start_thread(place.rooms.get(cohort=cohorts[0]), title=SAID, words=SAID, by=ann)
    travel(clock.now() + HOUR)
    actions.put_in(cohorts[0], [bo], by=dan)
    assert not Thread.objects.visible_to(bo).exists()
    travel(clock.now() + HOUR)
    talk.reply(Thread.objects.get(), words="Welcome", by=ann)
    assert [post.text for post in Post.objects.visible_to(bo)] == ["Welcome"]
    membership.take_out_of_cohort(cohorts[0], bo, by=dan)
    assert not Post.objects.visible_to(bo).exists()


def test_from_the_start_of_their_cohort_means_never_before_it_was_opened(place, dan, ann, travel):
    """A first day set back opens nothing that was said before somebody thought of the cohort."""
    everyone = place.rooms.get(cohort=None)
    talk.start_thread(everyone, title=SAID, words=SAID, by=dan)
    talk.change_history(everyone, COHORT, by=dan)
    travel(clock.now() + HOUR)
    long_ago = clock.today(place.zone) - timedelta(days=400)
    third = actions.open_cohort(place, name="Cohort 3", starts_on=long_ago, by=dan)
    travel(clock.now() + HOUR)
    talk.start_thread(everyone, title="Since", words="Since", by=dan)
    travel(clock.now() + HOUR)
    cal = cast.member(place, "Cal Moss", since=clock.now())
    assert not Post.objects.visible_to(cal).exists()
    actions.put_in(third, [cal], by=dan)
    assert [post.text for post in Post.objects.visible_to(cal)] == ["Since"]


def test_leaving_the_network_ends_the_time_in_its_cohorts(place, dan, cohorts, ann, travel):
    room = place.rooms.get(cohort=cohorts[0])
    talk.start_thread(room, title="A", words="B", by=ann)
    membership.leave(place, by=ann)
    assert not CohortSpell.objects.current().exists()
    travel(clock.now() + HOUR)
    membership.begin(place, ann, by=dan)
    assert not place.rooms.visible_to(ann).filter(pk=room.pk).exists()


def test_nothing_is_moved_out_of_a_cohorts_room(place, dan, cohorts, ann):
    room = talk.open_room(place, name="Theirs", kind="open", cohort=cohorts[0], by=dan)
    thread = talk.start_thread(room, title="A", words="B", by=ann)
    assert [goal.name for goal in goals(thread, ann)] == ["Cohort 1"]
    with pytest.raises(Refused, match="More people"):
        hosting.move(thread, place.rooms.get(name="Everyone"), by=dan)


# --- The coordinator's pages ---------------------------------------------------------------------


def test_a_coordinator_opens_a_cohort_puts_people_in_and_they_are_welcomed_on_the_first_day(
    place, dan, signed_in, travel
):
    ann, bo = cast.member(place), cast.member(place, "Bo Dale")
    client, first = signed_in(dan), clock.today(place.zone) + 3 * DAY
    new = {"name": "Cohort 2", "starts_on": first, "welcome": "Kettles on!", "with_room": "on"}
    page = client.post(reverse("cohort_new", args=[place.slug]), new).url
    assert client.post(page, {"addresses": f"{ann.email}\n{bo.email.upper()}"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "Ann Lee" in shown
    assert "Bo Dale" in shown
    assert sent() == {}
    travel(clock.now() + 4 * DAY)
    letters = sent()
    assert set(letters) == {ann.email, bo.email}
    assert all("Kettles on!" in letter for letter in letters.values())
    assert place.rooms.get(name="Cohort 2").trusted


def test_who_was_taken_out_before_the_first_day_gets_no_welcome(place, dan, signed_in, travel):
    ann, first = cast.member(place), clock.today(place.zone) + 3 * DAY
    made = actions.open_cohort(place, name="C", starts_on=first, welcome="Kettles on!", by=dan)
    actions.put_in(made, [ann], by=dan)
    page = reverse("cohort_out", args=[place.slug, made.pk])
    signed_in(dan).post(page, {"person": ann.pk})
    travel(clock.now() + 4 * DAY)
    assert sent() == {}


def test_an_address_of_no_member_puts_nobody_in(place, dan, cohorts, signed_in):
    ann, other = cast.member(place), cast.member(cast.network(), "Oz Elsewhere")
    page = reverse("cohort", args=[place.slug, cohorts[0].pk])
    answer = signed_in(dan).post(page, {"addresses": f"{ann.email}\n{other.email}"})
    assert answer.status_code == 422
    assert other.email in answer.content.decode()
    assert not cohorts[0].spells.exists()


def test_people_are_put_in_by_their_names_too(place, dan, cohorts, signed_in):
    ann, bo = cast.member(place), cast.member(place, "Bo Dale")
    for _one in range(2):
        cast.member(place, "Cy Twin")
    client, page = signed_in(dan), reverse("cohort", args=[place.slug, cohorts[0].pk])
    answer = client.post(page, {"addresses": "ann lee\nCy Twin\nNo Body"})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "Several members have this name: Cy Twin. Type the address instead." in said
    assert "No member is called so or reads mail there: No Body." in said
    assert "ann lee\nCy Twin\nNo Body" in said  # what was typed
    assert not cohorts[0].spells.exists()
    both = {"addresses": f"ANN  Lee; Bo Dale <{bo.email}>"}
    assert client.post(page, both).status_code == 302
    assert {spell.person for spell in cohorts[0].spells.all()} == {ann, bo}


def test_two_cohorts_of_one_name_are_refused_with_nothing_half_done(place, dan, cohorts, signed_in):
    new = {"name": "Cohort 1", "starts_on": "2026-11-23", "with_room": "on"}
    answer = signed_in(dan).post(reverse("cohort_new", args=[place.slug]), new)
    assert answer.status_code == 422
    new["name"] = "Everyone"  # a room of that name is there
    assert signed_in(dan).post(reverse("cohort_new", args=[place.slug]), new).status_code == 422
    assert place.cohorts.count() == 2
