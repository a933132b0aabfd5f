"""Row 26: a post is refused until the current version is accepted, and nothing typed is lost."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as some

from members.notices.actions import send_due
from members.notices.models import Notice
from networks.charter import actions, queries, rules
from networks.discussions.actions import reply, start_thread
from networks.discussions.models import Post, Room, RoomKind, Thread
from networks.membership.actions import change_role
from networks.membership.models import CharterAcceptance
from networks.network.models import Charter, Network
from peernet.lib import clock
from peernet.lib.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db
OLD = "Be kind. What is said here stays here."
NEW = "Be kind. What is said here stays in this room."


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def place():
    made = cast.network()
    made.lead, made.ann = cast.coordinator(made), cast.member(made)
    made.thread, _post = cast.thread(made, made.lead)
    return made


def publish(place, text=NEW, after=1, **said):
    return actions.publish(place, text, after=after, by=place.lead, **said)


def test_a_post_is_refused_until_the_new_version_is_accepted_and_one_press_does_both(
    place, signed_in
):
    client, page = signed_in(place.ann), f"/n/{place.slug}/talk/{place.thread.pk}/"
    now = publish(place, what="Where it stays")
    seen = words(client.get(page))  # reading stays possible, and shows what changed
    assert "The house rules changed" in seen
    assert "Where it stays" in seen
    assert '<del><span class="unseen">Taken out: </span>here.' in seen
    said = {"text": "My long answer", "once": str(uuid.uuid4())}
    answer = client.post(page, said)
    assert answer.status_code == 422
    assert "My long answer" in words(answer)
    assert "please read and accept the house rules first" in words(answer)
    assert f'name="accepts" value="{now.pk}"' in words(answer)
    assert not Post.objects.filter(text="My long answer").exists()
    assert client.post(page, said | {"accepts": str(now.pk)}).status_code == 302
    assert Post.objects.filter(text="My long answer", author=place.ann).count() == 1
    assert queries.accepted_by(place.pk, None, place.ann).charter == now
    assert "The house rules changed" not in words(client.get(page))


def test_a_version_that_came_while_they_wrote_is_not_accepted_unseen(place):
    first, second = publish(place), publish(place, "Something else.", after=2)
    with pytest.raises(Refused):
        reply(place.thread, words="Hello", by=place.ann, accepts=str(first.pk))
    assert not Post.objects.filter(text="Hello").exists()
    assert not CharterAcceptance.objects.filter(charter__in=[first, second], person=place.ann)
    reply(place.thread, words="Hello", by=place.ann, accepts=str(second.pk))


def test_a_small_correction_asks_nobody_and_a_large_one_is_none(place):
    fixed = publish(place, OLD.replace("here stays", "here, stays"), asks=False)
    reply(place.thread, words="Hello", by=place.ann)
    assert queries.standing(fixed) == (2, 2)
    with pytest.raises(Refused, match="words differ"):
        publish(place, "All of this is new. " * 9, after=2, asks=False)
    # Who accepted none of them owes both at once.
    late = cast.member(place, "Lou Late", accepts=False)
    with pytest.raises(Refused):
        reply(place.thread, words="Hi", by=late)
    reply(place.thread, words="Hi", by=late, accepts=str(fixed.pk))


def test_who_comes_back_is_asked_again_and_each_stay_keeps_its_yes(place):
    spell = place.memberships.get(person=place.ann)
    spell.until, spell.reason = clock.now(), "left"
    spell.save()
    place.memberships.create(person=place.ann, since=clock.now())
    now = place.charters.get()
    with pytest.raises(Refused):
        reply(place.thread, words="Back", by=place.ann)
    reply(place.thread, words="Back", by=place.ann, accepts=str(now.pk))
    assert CharterAcceptance.objects.filter(charter=now, person=place.ann).count() == 2


def test_a_change_of_role_is_no_return(place):
    change_role(place.memberships.get(person=place.ann), "facilitator", by=place.lead)
    assert not queries.owed(place.pk, None, place.ann)


def test_what_a_room_adds_is_accepted_by_who_writes_there_and_nowhere_else(place, signed_in):
    room = Room.objects.create(network=place, name="Rants", kind=RoomKind.TRUSTED)
    extra = publish(place, "No names of clients.", after=0, room=room.pk)
    client = signed_in(place.ann)
    reply(place.thread, words="Elsewhere", by=place.ann)  # not asked in other rooms
    new = f"/n/{place.slug}/talk/new/?room={room.pk}"
    assert "No names of clients." in words(client.get(new))
    said = {"title": "Day", "text": "What a day", "once": str(uuid.uuid4())}
    assert client.post(new, said).status_code == 422
    assert client.post(new, said | {"accepts": str(extra.pk)}).status_code == 302
    assert Thread.objects.get(title="Day").room == room
    # Its words stay in it: not on the network's own page, not on Home.
    for page in (f"/n/{place.slug}/charter/", "/", f"/n/{place.slug}/talk/"):
        assert "No names of clients." not in words(client.get(page))
    publish(place, "", after=1, room=room.pk)  # it adds nothing any more
    late = cast.member(place, "Lou Late")
    start_thread(room, title="T", words="Free", by=late)


def test_a_room_one_does_not_enter_has_no_rules_to_read(place, signed_in):
    other = cast.network()
    hidden = Room.objects.create(network=other, name="Theirs")
    actions.publish(other, "Their words.", after=0, room=hidden.pk, by=cast.coordinator(other))
    client = signed_in(place.lead)
    for page in ("charter/", "charter/edit/", "charter/people/"):
        assert client.get(f"/n/{place.slug}/{page}?room={hidden.pk}").status_code == 404
        assert client.post(f"/n/{place.slug}/{page}?room=x", {"text": "!"}).status_code == 404


def test_coordinators_see_who_accepted_what_and_remind_once(place, signed_in):
    client, page = signed_in(place.lead), f"/n/{place.slug}/charter/people/"
    now = publish(place)
    assert "1 of 2 people has" not in words(client.get(page))
    assert queries.counts(now) == [(2, 1), (1, 1)]
    seen = words(client.get(f"{page}?waiting=1"))
    assert place.ann.name in seen
    assert "Version 1, on" in seen
    assert "1 person gets a mail" in words(client.post(page, follow=True))
    assert "Once is enough" in words(client.post(page, follow=True))
    assert [one.name for one in queries.owing(now)] == [place.ann.name]


def test_the_history_shows_every_version_and_what_changed_with_it(place, signed_in):
    publish(place, what="Where it stays")
    publish(place, NEW.replace("Be kind", "Be  kind"), after=2, asks=False)
    seen = words(signed_in(place.ann).get(f"/n/{place.slug}/charter/?version=2"))
    assert "Where it stays" in seen
    assert "small correction" in seen
    assert '<ins><span class="unseen">New: </span>in this room.' in seen
    assert place.lead.name in seen


def test_the_difference_is_shown_before_it_is_published(place, signed_in):
    sent = {"text": NEW, "after": "1", "look": "1", "what": "Where", "asks": "yes"}
    seen = words(signed_in(place.lead).post(f"/n/{place.slug}/charter/edit/", sent))
    assert "This is what changes" in seen
    assert '<ins><span class="unseen">New: </span>in this room.' in seen
    assert place.charters.count() == 1


def test_only_what_is_in_force_is_looked_at_again(place):
    day = clock.now().date()
    publish(place, review_on=day)
    assert [one.version for one in queries.to_review()] == [2]
    publish(place, "Newer.", after=2)
    assert not queries.to_review()
    assert Charter.objects.filter(review_on=day).exists()


@pytest.mark.parametrize(
    ("zone", "due"),
    [("Pacific/Auckland", True), ("Europe/London", False), ("Pacific/Honolulu", False)],
)
def test_the_day_to_look_again_begins_where_the_network_is(place, zone, due):
    day = datetime(2026, 12, 2, tzinfo=UTC)
    Network.objects.filter(pk=place.pk).update(zone=zone)
    now = publish(place, review_on=day.date())
    clock.travel(day - timedelta(hours=2))  # in London it is still the evening before
    assert [one.pk for one in queries.to_review()] == ([now.pk] if due else [])
    actions.tell_of_reviews()
    assert Notice.objects.filter(kind="charter_review", person=place.lead).exists() == due
    mail.outbox.clear()
    send_due()
    assert len(mail.outbox) == due
    clock.travel(day + timedelta(hours=11))
    actions.tell_of_reviews()
    assert Notice.objects.filter(kind="charter_review", person=place.lead).count() == 1


TEXTS = some.lists(some.sampled_from(["a", "b b", "", " c", "a b c d", "ü"]), max_size=8)


@given(TEXTS, TEXTS)
def test_the_pieces_put_together_are_both_texts(old, new):
    pieces = [one for line in rules.changes("\n".join(old), "\n".join(new)) for one in line]
    assert "".join(one.words for one in pieces if one.kind != rules.NEW) == "".join(old)
    assert "".join(one.words for one in pieces if one.kind != rules.GONE) == "".join(new)
