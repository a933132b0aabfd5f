"""What is unread, and reading a long thread in parts."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from networks.discussions import actions, queries, rules
from networks.discussions.models import Post, ReadMark, RoomKind, Thread
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db


def talk(place):
    return f"/n/{place.slug}/talk/"


def words_of(thread, count, by):
    """Posts "number 1" … "number <count>" in one thread, without the cost of posting each."""
    whose = {"network": thread.network, "thread": thread, "author": by}
    texts = [f"number {n}" for n in range(1, count + 1)]
    posts = [Post(**whose, text=text, html=f"<p>{text}</p>") for text in texts]
    made = Post.objects.bulk_create(posts)
    thread.posts_count += count
    thread.last_post_id, thread.last_post_at = made[-1].pk, made[-1].posted_at
    thread.save()
    return made


def shown(page):
    """The numbers of the posts on a page, in their order."""
    return [int(n) for n in re.findall(r"<p>number (\d+)</p>", page.content.decode())]


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee")


@pytest.fixture
def bo(place):
    return cast.member(place, "Bo Dale")


def test_what_others_wrote_is_new_until_the_thread_is_opened(signed_in, place, ann, bo):
    thread, _post = cast.thread(place, bo)
    actions.reply(thread, words="And another", by=bo)
    client = signed_in(ann)
    page = client.get(talk(place)).content.decode()
    assert "2 new" in page
    assert f'href="{talk(place)}{thread.pk}/#new"' in page
    client.get(f"{talk(place)}{thread.pk}/")
    page = client.get(talk(place)).content.decode()
    assert "2 new" not in page
    assert "#new" not in page


def test_one_s_own_words_are_never_new(signed_in, place, ann):
    thread, _post = cast.thread(place, ann)
    actions.reply(thread, words="One thing more", by=ann)
    assert "You have read everything" in (
        signed_in(ann).get(talk(place), {"show": "unread"}).content.decode()
    )


def test_a_line_stands_above_what_is_new_since_the_last_visit(signed_in, place, ann, bo):
    thread, _post = cast.thread(place, bo)
    client = signed_in(ann)
    page = f"{talk(place)}{thread.pk}/"
    assert "New since your last visit" not in client.get(page).content.decode()
    actions.reply(thread, words="And another", by=bo)
    words = client.get(page).content.decode()
    assert words.index("By the hour?") < words.index("New since your last visit")
    assert words.index("New since your last visit") < words.index("And another")
    assert "New since your last visit" not in client.get(page).content.decode()


def test_a_reply_to_what_one_has_read_leaves_nothing_new(signed_in, place, ann, bo):
    thread, _post = cast.thread(place, bo)
    page = f"{talk(place)}{thread.pk}/"
    client = signed_in(ann)
    client.get(page)
    answer = client.post(page, {"text": "My view"})
    assert "New since your last visit" not in client.get(answer.url).content.decode()
    assert queries.threads(place.rooms.visible_to(ann), ann)[0].unread == 0
    assert queries.threads(place.rooms.visible_to(bo), bo)[0].unread == 1


def test_the_unread_view_leaves_out_what_was_read(signed_in, place, ann, bo):
    read, _post = cast.thread(place, bo, title="Read already")
    cast.thread(place, bo, title="Still to read")
    client = signed_in(ann)
    client.get(f"{talk(place)}{read.pk}/")
    page = client.get(talk(place), {"show": "unread"}).content.decode()
    assert "Still to read" in page
    assert "Read already" not in page


def test_marking_unread_from_a_post_counts_from_there(signed_in, place, ann, bo):
    thread, _post = cast.thread(place, bo)
    second = actions.reply(thread, words="two", by=bo)
    actions.reply(thread, words="three", by=bo)
    client = signed_in(ann)
    page = f"{talk(place)}{thread.pk}/"
    client.get(page)
    assert client.post(f"{page}posts/{second.pk}/unread/").url == talk(place)
    assert "2 new" in client.get(talk(place)).content.decode()
    words = client.get(page).content.decode()
    assert words.index("By the hour?") < words.index("New since your last visit")


def test_a_read_mark_is_one_row_and_never_goes_back_by_reading(place, ann, bo):
    thread, first = cast.thread(place, bo)
    second = actions.reply(thread, words="two", by=bo)
    for up_to in (first.pk, second.pk, first.pk):
        actions.mark_read(thread, ann, up_to)
    assert ReadMark.objects.get(person=ann).last_post_id == second.pk


def test_what_was_deleted_is_not_counted_as_new(place, ann, bo):
    thread, _post = cast.thread(place, bo)
    second = actions.reply(thread, words="two", by=bo)
    actions.delete(second, by=bo)
    assert queries.threads(place.rooms.visible_to(ann), ann)[0].unread == 1


def test_counts_of_what_is_new_equal_a_count_by_hand(place, ann, bo):
    for length in range(5):
        thread, first = cast.thread(place, bo, title=f"{length} replies")
        made = [actions.reply(thread, words="more", by=(ann, bo)[n % 2]) for n in range(length)]
        if length:
            actions.mark_read(thread, ann, [first, *made][length // 2].pk)
    for row in queries.threads(place.rooms.visible_to(ann), ann):
        mark = ReadMark.objects.filter(person=ann, thread=row.id).first()
        rest = Post.objects.filter(thread=row.id, pk__gt=mark.last_post_id if mark else 0)
        assert row.unread == rest.exclude(author=ann).count()
        assert row.replies == Post.objects.filter(thread=row.id).count() - 1


def test_more_than_99_new_posts_are_not_counted_one_by_one(signed_in, place, ann, bo):
    thread, _post = cast.thread(place, bo)
    words_of(thread, 150, bo)
    assert "99+ new" in signed_in(ann).get(talk(place)).content.decode()


def test_threads_are_paged_newest_activity_first_and_none_is_lost(signed_in, place, ann):
    start = clock.now()
    for n in range(60):
        thread, _post = cast.thread(place, ann, title=f"Title {n:02}!")
        # Three at each moment: the key must not skip those that share one.
        thread.last_post_at = start + timedelta(minutes=n // 3)
        thread.save()
    client = signed_in(ann)
    found, address = [], talk(place)
    while address:
        page = client.get(address).content.decode()
        found += re.findall(r"Title (\d\d)!", page)
        older = re.search(r'rel="next"\s+href="([^"]+)"', page)
        address = older and older[1].replace("&amp;", "&")
    assert found == [f"{n:02}" for n in reversed(range(60))]


def test_a_long_thread_opens_where_the_reader_stopped_and_reads_on_to_its_end(
    signed_in, place, ann, bo
):
    thread, _post = cast.thread(place, bo)
    posts = words_of(thread, 140, bo)
    actions.mark_read(thread, ann, posts[89].pk)
    client = signed_in(ann)
    page = client.get(f"{talk(place)}{thread.pk}/")
    assert shown(page) == [*range(81, 131)]
    text = page.content.decode()
    assert text.index("<p>number 90<") < text.index('id="new"') < text.index("<p>number 91<")
    later = re.search(r'href="([^"]+\?after=\d+)"', text)[1]
    assert shown(client.get(later)) == [*range(131, 141)]
    assert ReadMark.objects.get(person=ann).last_post_id == posts[-1].pk
    # All read: it opens at its end, and leads back to its beginning.
    page = client.get(f"{talk(place)}{thread.pk}/")
    found = []
    while page:
        found = shown(page) + found
        earlier = re.search(
            r'href="([^"]+\?before=\d+)">', page.content.decode().split("<article")[0]
        )
        page = earlier and client.get(earlier[1])
    assert found == [*range(1, 141)]


def test_jumping_to_the_end_of_a_long_thread_does_not_mark_what_lies_between(
    signed_in, place, ann, bo
):
    thread, _post = cast.thread(place, bo)
    posts = words_of(thread, 140, bo)
    actions.mark_read(thread, ann, posts[9].pk)
    client = signed_in(ann)
    answer = client.post(f"{talk(place)}{thread.pk}/", {"text": "Straight to the end"})
    assert "Straight to the end" in client.get(answer.url).content.decode()
    assert ReadMark.objects.get(person=ann).last_post_id == posts[9].pk
    part = client.post(
        f"{talk(place)}{thread.pk}/",
        {"text": "Again", "seen": posts[9].pk},
        headers={"HX-Request": "true"},
    )
    assert part.headers["HX-Redirect"].endswith(f"#post-{Post.objects.latest('pk').pk}")


def test_each_reply_of_a_long_thread_can_be_linked_to(signed_in, place, ann, bo):
    thread, _post = cast.thread(place, bo)
    post = words_of(thread, 140, bo)[70]
    page = signed_in(ann).get(f"{talk(place)}{thread.pk}/", {"before": post.pk + 1})
    assert shown(page)[-1] == 71
    assert f'id="post-{post.pk}"' in page.content.decode()


@pytest.fixture
def rants(place, bo):
    room = place.rooms.create(name="Rants and wins", kind=RoomKind.TRUSTED)
    thread = actions.start_thread(room, title="Canarytitle", words="Canarywords", by=bo)
    return room, thread


def test_nothing_of_a_trusted_room_is_shown_outside_it(signed_in, place, ann, bo, rants):
    _room, thread = rants
    client = signed_in(ann)
    for address in (talk(place), f"{talk(place)}?show=unread", f"{talk(place)}new/", "/"):
        page = client.get(address).content.decode()
        assert "Canary" not in page
        assert "Bo Dale" not in page
    assert "Something new" in client.get(talk(place)).content.decode()
    assert queries.latest(queries.rooms(place, ann), ann) == []
    news = queries.news_for(ann)
    assert news.threads == []
    assert news.private == [
        (f"There is something new in a trusted room of {place.name}", talk(place))
    ]
    client.get(f"{talk(place)}{thread.pk}/")
    assert queries.news_for(ann).private == []


def test_each_page_of_a_trusted_room_says_that_it_stays_there(signed_in, place, ann, bo, rants):
    room, thread = rants
    client = signed_in(bo)
    for address in (
        f"{talk(place)}rooms/{room.pk}/",
        f"{talk(place)}{thread.pk}/",
        f"{talk(place)}new/?room={room.pk}",
        f"{talk(place)}{thread.pk}/posts/{thread.last_post_id}/",
    ):
        assert "What is said here stays here" in client.get(address).content.decode()
    assert "Canarytitle" in client.get(f"{talk(place)}rooms/{room.pk}/").content.decode()


def test_news_come_from_all_networks_of_a_person_and_from_no_other(place, ann, bo):
    second, foreign = cast.network("Energy"), cast.network("Foreign")
    cast.member(second, person=ann)
    cast.thread(place, bo, title="In the first")
    cast.thread(second, bo, title="In the second")
    cast.thread(foreign, bo, title="Not mine")
    read, _post = cast.thread(place, bo, title="Read")
    actions.mark_read(read, ann, read.last_post_id)
    rows = queries.news_for(ann).threads
    assert [(row.title, row.network_name) for row in rows] == [
        ("In the second", "Energy"),
        ("In the first", place.name),
    ]
    assert queries.news_for(cast.person("Oz")) == queries.News([], [])
    place.closed_at = clock.now()
    place.save()
    assert [row.title for row in queries.news_for(ann).threads] == ["In the second"]


def test_a_writer_whose_account_is_gone_is_a_former_member(signed_in, place, ann, bo):
    thread, post = cast.thread(place, bo)
    Thread.objects.update(author=None)
    Post.objects.update(author=None)
    client = signed_in(ann)
    assert "Started by A former member" in client.get(talk(place)).content.decode()
    assert "<b>A former member</b>" in client.get(f"{talk(place)}{thread.pk}/").content.decode()
    assert client.get(f"{talk(place)}{thread.pk}/posts/{post.pk}/").status_code == 403


@pytest.mark.parametrize("most", [1, 2, 25])
def test_what_is_unread_is_found_however_far_back_it_lies(
    signed_in, place, ann, bo, monkeypatch, most
):
    """Each page looks through a window of each room, and the next goes on where it ended."""
    monkeypatch.setattr(queries, "LOOKED_THROUGH", 3)
    monkeypatch.setattr(rules, "THREADS_A_PAGE", most)
    rooms = [place.rooms.get(), place.rooms.create(name="Second")]
    unread = [f"Thread {n:02}" for n in (0, 1, 2, 9, 15)]
    for n in range(16):
        thread, _post = cast.thread(place, bo, f"Thread {n:02}")
        # In turns for a while, then all in one: the windows of the two rooms end apart.
        room, at = rooms[n % 2 if n < 8 else 0], clock.now() - timedelta(hours=20 - n)
        Thread.objects.filter(pk=thread.pk).update(room=room, last_post_at=at)
        if thread.title not in unread:
            last = thread.last_post_id
            ReadMark.objects.create(network=place, thread=thread, person=ann, last_post_id=last)
    client, path, found = signed_in(ann), "?show=unread", []
    while path:
        page = BeautifulSoup(client.get(talk(place) + path).content, "html.parser")
        found += re.findall(r"Thread \d\d", page.main.get_text())
        onward = page.select_one(".pager a[rel=next]")
        path = onward and onward["href"].removeprefix(talk(place))
    assert found == unread[::-1], "each once, the newest first"


def test_few_threads_are_looked_through_at_once(signed_in, place, ann, bo):
    cast.thread(place, bo)
    page = signed_in(ann).get(f"{talk(place)}?show=unread").content.decode()
    assert "How do you charge for room hire?" in page
    assert 'rel="next"' not in page
