"""Whatever widens who may read opens nothing that was said before (zulip#27900).

One test for each deed that gives somebody more: joining, a looser rule, a thread moved, a room's
kind, figures shared, a network closed and opened, a new role, a seat at a funder, coming back.
"""

import ast
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core import mail
from django.urls import reverse

from evaluation.surveys import actions as surveys
from members.notices.actions import send_due, tell
from members.notices.models import Notice
from members.people.models import Person
from members.privacy.queries import parts as own_data
from networks.discussions import actions as talk
from networks.discussions.models import Post, Room, RoomKind
from networks.discussions.notices import digest_items
from networks.discussions.rules import EVERYTHING
from networks.drafts.models import Draft
from networks.funding import actions as funding
from networks.funding.models import FunderSeat
from networks.hosting import actions as hosting
from networks.joining.actions import come_in
from networks.joining.models import JoinRequest
from networks.membership import actions as membership
from networks.membership.models import Role
from peernet.lib import clock
from peernet.lib.errors import Refused
from peernet.pages.actions import close_network
from tests import cast
from tests.evaluation.surveys.around import fill, launch, members_of
from tests.networks.files.things import PDF, stored

pytestmark = pytest.mark.django_db
HOUSE = Path(__file__).resolve().parents[2]
WINGS = ["members", "networks", "sessions", "evaluation", "peernet"]
SAID = "qzwhisper"


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def ann(place):
    return cast.member(place)


@pytest.fixture
def whisper(place, ann):
    """What Ann said in a trusted room."""
    room = Room.objects.create(network=place, name="Rants", kind=RoomKind.TRUSTED)
    return talk.start_thread(room, title=SAID, words=f"{SAID}, and more", by=ann)


def pages(client, place):
    """What a network tells elsewhere than in its rooms."""
    names = ["network", "talk", "sent", "log", "run", "people", "sessions", "network_figures"]
    found = [client.get(reverse(name, args=[place.slug])) for name in names]
    return "".join(one.content.decode() for one in [*found, client.get("/")])


def sent():
    mail.outbox.clear()
    send_due()
    return "".join(f"{one.subject} {one.body} {one.alternatives}" for one in mail.outbox)


# --- Rooms ---------------------------------------------------------------------------------------


def test_nothing_is_moved_out_of_a_trusted_room(place, dan, whisper, signed_in):
    everyone = place.rooms.first()
    with pytest.raises(Refused, match="stays there"):
        hosting.move(whisper, everyone, by=dan)
    page = reverse("thread_move", args=[place.slug, whisper.pk])
    signed_in(dan).post(page, {"room": everyone.pk})
    whisper.refresh_from_db()
    assert whisper.room.trusted
    assert SAID not in pages(signed_in(dan), place)


def test_what_goes_into_a_trusted_room_is_told_no_more(place, dan, ann, signed_in):
    """Also by what was written down to be sent, and in the list of what was."""
    thread = talk.start_thread(place.rooms.first(), title=SAID, words=SAID, by=ann)
    tell(Person.objects.filter(pk=dan.pk), "post", thread.last_post_id, network_id=place.pk)
    talk.follow(thread, dan, on=True, by=dan)
    room = Room.objects.create(network=place, name="Rants", kind=RoomKind.TRUSTED)
    hosting.move(thread, room, by=dan)
    assert SAID not in sent()
    assert SAID not in pages(signed_in(dan), place)


def writes_of(name):
    """Where the house gives this attribute or column another value: "file:line"."""
    for path in (found for wing in WINGS for found in (HOUSE / wing).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            targets = getattr(node, "targets", []) if isinstance(node, ast.Assign) else []
            set_here = any(isinstance(one, ast.Attribute) and one.attr == name for one in targets)
            call = node.func if isinstance(node, ast.Call) else None
            if isinstance(call, ast.Attribute) and call.attr in ("update", "update_or_create"):
                set_here = any(one.arg == name for one in node.keywords)
            if set_here:
                yield f"{path.relative_to(HOUSE)}:{node.lineno}"


def test_nothing_in_the_house_changes_what_kind_of_room_one_is():
    """There is no setting that weakens trust: the kind is given when the room is opened."""
    assert [*writes_of("kind")] == []


def test_the_search_for_such_a_change_finds_others():
    assert any("hosting" in place for place in writes_of("closed_at"))


@pytest.fixture
def late(place, dan, whisper, travel):
    """Who joined after the whisper; since then somebody else wrote in the same thread."""
    travel(clock.now() + timedelta(minutes=10))
    bo = cast.member(place, "Bo Dale", since=clock.now())
    travel(clock.now() + timedelta(minutes=10))
    talk.reply(whisper, words="And since then", by=dan)
    return bo


def test_who_joins_later_meets_nothing_of_it_on_any_page(place, late, whisper, signed_in):
    client, room, first = signed_in(late), whisper.room, Post.objects.earliest("pk")
    thread = reverse("thread", args=[place.slug, whisper.pk])
    here = reverse("room", args=[place.slug, room.pk])
    asked = [
        thread, f"{thread}?before={first.pk + 1}", f"{thread}?quote={first.pk}", here,
        f"{here}?show=unread", reverse("drafts"), f"{reverse('search')}?q={SAID}",
    ]  # fmt: skip
    Draft.objects.create(network=place, person=late, thread=whisper, text="So I", box=uuid4())
    found = "".join(client.get(page).content.decode() for page in asked)
    assert "And since then" in found
    for mine in (f"q={SAID}", f'value="{SAID}"', f"“{SAID}”"):  # what they searched for
        found = found.replace(mine, "")
    assert SAID not in found
    assert SAID not in pages(client, place)


def test_nor_in_a_mail_nor_in_their_own_archive(place, dan, late, whisper, travel):
    talk.follow(whisper, late, on=True, by=late)
    mine = talk.reply(whisper, words="Mine", by=late)
    # By hand, and only here: so that its mails carry words.
    Room.objects.filter(pk=whisper.room_id).update(kind=RoomKind.OPEN)
    talk.reply(whisper, words="An answer", by=dan)
    travel(clock.now() + timedelta(hours=1))
    mails = sent()
    assert "An answer" in mails
    [letter] = [one for one in mail.outbox if one.to == [late.email]]
    assert SAID not in f"{letter.subject} {letter.body} {letter.alternatives}"
    talk.edit(mine, words="Mine, too", was=talk.version(mine), by=late)
    week = digest_items(late, clock.now() - timedelta(days=7), clock.now())
    given = str([part.rows for part in own_data(late)])
    assert "Mine, too" in given
    assert SAID not in f"{week} {given}"


def test_nor_is_a_file_of_then_given_to_them(
    place, ann, late, whisper, signed_in, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    file = stored(Post.objects.earliest("pk"), ann, PDF, f"{SAID}.pdf")
    page = reverse("file", args=[place.slug, file.pk])
    assert signed_in(late).get(page).status_code == 404
    assert signed_in(ann).get(page).status_code == 200


def test_a_looser_rule_opens_it_to_nobody_who_came_after(place, dan, late, whisper, signed_in):
    talk.change_history(whisper.room, EVERYTHING, by=dan)
    page = reverse("thread", args=[place.slug, whisper.pk])
    assert SAID not in signed_in(late).get(page).content.decode()


def test_who_leaves_and_joins_anew_begins_anew(place, dan, ann, whisper, travel, signed_in):
    page = reverse("thread", args=[place.slug, whisper.pk])
    assert SAID in signed_in(ann).get(page).content.decode()
    membership.leave(place, by=ann)
    travel(clock.now() + timedelta(hours=1))
    membership.begin(place, ann, by=dan)
    assert signed_in(ann).get(page).status_code == 404


# --- Figures and surveys ----------------------------------------------------------------------


@pytest.fixture
def asked(place, dan):
    """A round that ten and more answered while one funder saw the figures."""
    first = cast.programme("First Fund", funder="First Trust")
    cast.grant(place, first)
    wave = launch(place, dan, shared=True)
    for one in members_of(place, 12):
        fill(wave, one)
    return first, wave


def seen_by(programme, signed_in):
    reader = cast.funder_person(programme, "Uma New")
    return signed_in(reader).get(reverse("programme", args=[programme.slug])).content.decode()


def later(travel):
    travel(clock.now() + timedelta(days=1))


def test_a_funder_who_comes_later_sees_no_round_that_was_answered_before(
    place, dan, asked, signed_in, travel
):
    """Who answered was told the names of those who would see it."""
    first, wave = asked
    surveys.close(wave, by=dan)
    later(travel)
    second = cast.programme("Second Fund", funder="Second Trust")
    cast.grant(place, second)
    assert "What members say" in seen_by(first, signed_in)
    page = seen_by(second, signed_in)
    assert place.name in page
    assert "What members say" not in page


def test_nor_one_that_was_under_way(place, dan, asked, signed_in, travel):
    _first, wave = asked
    later(travel)
    second = cast.programme("Second Fund", funder="Second Trust")
    cast.grant(place, second)
    surveys.close(wave, by=dan)
    assert "What members say" not in seen_by(second, signed_in)


def test_nor_how_the_next_one_differs_from_it(place, dan, asked, signed_in, travel):
    _first, wave = asked
    surveys.close(wave, by=dan)
    later(travel)
    second = cast.programme("Second Fund", funder="Second Trust")
    cast.grant(place, second)
    again = launch(place, dan, study=wave.study)
    for person in place.memberships.filter(role=Role.MEMBER):
        fill(again, person.person, ten=9)
    surveys.close(again, by=dan)
    page = seen_by(second, signed_in)
    assert "What members say" in page
    assert "+2.0" not in page


def test_a_survey_that_was_not_shared_stays_so_whatever_is_agreed_later(
    place, dan, signed_in, travel
):
    wave = launch(place, dan, shared=False)
    for one in members_of(place, 12):
        fill(wave, one)
    surveys.close(wave, by=dan)
    later(travel)
    programme = cast.programme()
    grant = cast.grant(place, programme, network_agreed_at=None, funder_agreed_at=None)
    funding.share(grant, shares=True, by=dan)
    funding.agree(grant, by=cast.funder_person(programme))
    assert "What members say" not in seen_by(programme, signed_in)


def test_a_seat_at_a_funder_opens_no_word_of_a_network(place, dan, ann, whisper, signed_in):
    thread, _post = cast.thread(place, ann, title=SAID)
    programme = cast.programme()
    cast.grant(place, programme)
    uma = cast.person("Uma Grant")
    seat = FunderSeat.objects.create(funder=programme.funder, email=uma.email)
    funding.take_seat(seat, by=uma)
    client = signed_in(uma)
    for name, args in [
        ("network", [place.slug]), ("talk", [place.slug]), ("people", [place.slug]),
        ("thread", [place.slug, thread.pk]), ("thread", [place.slug, whisper.pk]),
    ]:  # fmt: skip
        assert client.get(reverse(name, args=args)).status_code == 404, name
    assert SAID not in client.get(reverse("programme", args=[programme.slug])).content.decode()


# --- Roles -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.COORDINATOR])
def test_a_new_role_opens_no_draft_no_open_survey_and_no_trusted_word_elsewhere(
    place, dan, ann, whisper, role, signed_in
):
    bo = cast.member(place, "Bo Dale")
    draft = Draft.objects.create(network=place, person=ann, text=SAID, box=uuid4())
    wave = launch(place, dan)
    words = wave.study.items.get(kind="text")
    surveys.save(wave, ann, words, {"answer": SAID}, by=ann)
    membership.change_role(bo.memberships.get(), role, by=dan)
    client = signed_in(bo)
    assert client.post(reverse("draft_discard", args=[draft.pk])).status_code == 404
    assert SAID not in client.get(reverse("drafts")).content.decode()
    assert SAID not in pages(client, place)
    study = reverse("survey", args=[place.slug, wave.study_id])
    csv = reverse("survey_csv", args=[place.slug, wave.study_id, 1])
    assert SAID not in client.get(study).content.decode()
    assert SAID not in client.get(csv).content.decode()


def test_who_steps_down_is_not_sent_what_was_meant_for_coordinators(place, dan):
    """What somebody who left wrote to the coordinators is on its way while one steps down."""
    eve = cast.coordinator(place, "Eve Second")
    gus = cast.former_member(place)
    come_in(place, words=SAID, charter=1, by=gus)
    membership.change_role(eve.memberships.get(), Role.MEMBER, by=dan)
    mail.outbox.clear()
    send_due()
    assert [letter.to for letter in mail.outbox] == [[dan.email]]
    assert JoinRequest.objects.get().words == SAID


# --- Leaving, coming back, closing ---------------------------------------------------------------


def test_who_has_left_and_sits_for_a_funder_gets_no_mail_that_was_for_members(place, dan):
    """They still have to do with the network, but not with what its members are told."""
    uma = cast.member(place, "Uma Grant")
    programme = cast.programme()
    cast.grant(place, programme)
    FunderSeat.objects.create(
        funder=programme.funder, email=uma.email, person=uma, since=clock.now()
    )
    close_network(place, name=place.name, words=SAID, by=dan)
    membership.leave(place, by=uma)
    mail.outbox.clear()
    send_due()
    assert [letter.to for letter in mail.outbox] == [[dan.email]]
    told = Notice.objects.get(kind="network_closed", person=uma)
    assert (told.state, told.reason) == ("dropped", "No longer in the network.")


def test_who_comes_back_reads_no_mail_of_the_time_between(place, dan, ann, whisper, travel):
    """Nothing is made up for: what was written down for somebody who left is let go for good."""
    bo = cast.member(place, "Bo Dale")
    talk.follow(whisper, bo, on=True, by=bo)
    post = talk.reply(whisper, words=SAID, by=ann)
    send_due()  # written down within five seconds; it goes some minutes later
    membership.leave(place, by=bo)
    travel(clock.now() + timedelta(hours=1))
    sent()
    told = Notice.objects.get(kind="post", about_id=post.pk, person=bo)
    assert told.state == "dropped"
    membership.begin(place, bo, by=dan)
    assert SAID not in sent()
    told.refresh_from_db()
    assert told.state == "dropped"


def test_a_network_that_opens_again_lets_in_nobody_who_had_left(
    place, dan, ann, whisper, signed_in
):
    bo = cast.member(place, "Bo Dale")
    membership.leave(place, by=bo)
    place.closed_at = clock.now()
    place.save()
    assert signed_in(bo).get(reverse("thread", args=[place.slug, whisper.pk])).status_code == 404
    place.closed_at = None
    place.save()
    assert signed_in(bo).get(reverse("thread", args=[place.slug, whisper.pk])).status_code == 404
    assert SAID not in sent()
