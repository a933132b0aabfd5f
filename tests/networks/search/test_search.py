"""Looking for what was said: everything that may be found is, and nothing else."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.privacy.actions import erase
from networks.discussions import actions as talk
from networks.discussions.models import PostWords, Room, RoomKind
from networks.hosting import actions as hosting
from networks.search import queries, rules
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network("Village halls")


@pytest.fixture
def room(place):
    return talk.open_first_room(place)


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee")


@pytest.fixture
def ben(place):
    return cast.member(place, "Ben Okri")


def start(room, by, title="Heating", words="Who has a good boiler?"):
    return talk.start_thread(room, title=title, words=words, by=by)


def titles(person, text, **ask):
    return [hit.title for hit in queries.search(person, text, **ask).hits]


def look(client, text, **ask):
    page = client.get("/search/", {"q": text, **ask})
    assert page.status_code == 200
    return BeautifulSoup(page.content, "html.parser").select_one("main")


def test_words_of_a_title_and_of_a_post_are_found_together_and_lead_to_the_post(
    room, ann, ben, signed_in
):
    thread = start(room, ann)
    post = talk.reply(thread, words="Ours is a **heat pump**. Café Nero has one.", by=ben)
    found = look(signed_in(ann), "heating cafe pump")
    row = found.select_one("a.row")
    assert row.text == "Heating"
    assert row["href"].endswith(f"/talk/{thread.pk}/?before={post.pk + 1}#post-{post.pk}")
    assert [mark.text for mark in found.select("mark")] == ["heat", "pump", "Café"]
    assert "Ben Okri" in found.text
    there = signed_in(ann).get(row["href"])
    assert f'id="post-{post.pk}"' in there.content.decode()


@pytest.mark.parametrize(
    "words", ["boilers", "BOILER", '"good boiler"', "boiler -pump", "boiler or tea"]
)
def test_stems_quotation_marks_or_and_without(room, ann, words):
    start(room, ann)
    assert titles(ann, words) == ["Heating"]


@pytest.mark.parametrize(
    "words", ["boiler pump", '"boiler good"', "boiler -good", "tea", "", "%", "'); --"]
)
def test_what_does_not_fit_is_not_found(room, ann, words):
    start(room, ann)
    assert titles(ann, words) == []


def test_nothing_is_found_where_the_reader_is_not_a_member(room, ann):
    start(room, ann)
    assert titles(cast.person("Zed"), "boiler") == []
    assert titles(cast.former_member(room.network), "boiler") == []
    assert titles(cast.member(cast.network("Pubs"), "Pam"), "boiler") == []


def test_trusted_rooms_are_not_found_even_by_who_wrote_there_and_have_no_row(place, room, ann):
    quiet = talk.open_room(place, name="Quiet", kind=RoomKind.TRUSTED, by=cast.coordinator(place))
    start(quiet, ann)
    assert titles(ann, "boiler") == []
    assert not PostWords.objects.exists()


def test_a_thread_that_moves_to_a_trusted_room_is_found_no_longer(place, room, ann):
    thread = start(room, ann)
    talk.reply(thread, words="A boiler of copper", by=ann)
    dan = cast.coordinator(place, "Dan")
    quiet = talk.open_room(place, name="Quiet", kind=RoomKind.TRUSTED, by=dan)
    assert titles(ann, "boiler") == ["Heating"]
    hosting.move(thread, quiet, by=dan)
    assert titles(ann, "boiler") == []
    assert not PostWords.objects.exists()


def test_a_room_made_trusted_behind_the_house_s_back_shows_nothing_either(room, ann):
    start(room, ann)
    Room.objects.update(kind=RoomKind.TRUSTED)
    assert titles(ann, "boiler") == []


def test_words_follow_each_change(room, ann, place):
    thread = start(room, ann)
    post = talk.reply(thread, words="A kettle", by=ann)
    post = talk.edit(post, words="A teapot", was=talk.version(post), by=ann)
    assert (titles(ann, "kettle"), titles(ann, "teapot")) == ([], ["Heating"])
    hosting.rename(thread, "Warm drinks", by=ann)
    assert (titles(ann, "heating"), titles(ann, "warm teapot")) == ([], ["Warm drinks"])
    taken = talk.delete(post, by=ann)
    assert titles(ann, "teapot") == []
    talk.restore(post, taken, by=ann)
    assert titles(ann, "teapot") == ["Warm drinks"]


def test_what_somebody_erased_wrote_is_not_found(room, ann, ben):
    thread = start(room, ann)
    talk.reply(thread, words="Zanzibar", by=ben)
    erase(ben, by=ben)
    assert titles(ann, "Zanzibar") == []
    assert PostWords.objects.count() == 1


def test_one_network_only_when_asked_and_a_strange_one_is_no_difference(room, ann, signed_in):
    start(room, ann)
    other = cast.network("Pubs")
    cast.member(other, person=ann)
    start(talk.open_first_room(other), ann, "Beer")
    client = signed_in(ann)
    both = look(client, "boiler")
    assert {row.text for row in both.select("a.row")} == {"Heating", "Beer"}
    assert "Pubs" in both.text
    assert "Village halls" in both.text
    assert [r.text for r in look(client, "boiler", **{"in": other.slug}).select("a.row")] == [
        "Beer"
    ]
    strange = cast.network("Secret")
    assert "Secret" not in look(client, "boiler", **{"in": strange.slug}).text


def test_a_thread_stands_once_however_many_of_its_posts_say_it(room, ann, signed_in):
    thread = start(room, ann)
    for _ in range(3):
        talk.reply(thread, words="boiler", by=ann)
    assert titles(ann, "boiler") == ["Heating"]
    assert "and 3 more posts" in look(signed_in(ann), "boiler").text


def test_newer_words_come_before_older_ones_that_say_the_same(room, ann, travel):
    now = clock.now()
    travel(now - timedelta(days=800))
    start(room, ann, "Old")
    travel(now)
    start(room, ann, "New")
    start(room, ann, "Boiler", "A boiler is a boiler")
    assert titles(ann, "boiler") == ["Boiler", "New", "Old"]


def test_of_very_many_the_newest_are_looked_at_and_the_page_says_so(
    room, ann, signed_in, monkeypatch
):
    monkeypatch.setattr(queries, "MOST", 5)
    monkeypatch.setattr(queries, "NEWEST", 3)
    for number in range(7):
        start(room, ann, f"Number {number}")
    found = look(signed_in(ann), "boiler")
    assert "Very many posts say this" in found.text
    assert {row.text for row in found.select("a.row")} == {"Number 4", "Number 5", "Number 6"}


def test_a_long_list_goes_on(room, ann, signed_in):
    for number in range(rules.PAGE + 3):
        start(room, ann, f"Number {number}")
    client = signed_in(ann)
    first = look(client, "boiler")
    assert "23 threads" in first.text
    second = BeautifulSoup(client.get(first.select(".pager a")[-1]["href"]).content, "html.parser")
    seen = {row.text for page in (first, second) for row in page.select("a.row")}
    assert len(seen) == rules.PAGE + 3
    assert look(client, "boiler", page="99999999").select("a.row") == []


def test_what_was_found_cannot_write_html(room, ann, signed_in):
    start(room, ann, "<b>Bold</b>", "boiler <script>alert(1)</script> \x02 & <img src=x onerror=y>")
    page = signed_in(ann).get("/search/", {"q": "boiler"}).content.decode()
    assert "<b>Bold" not in page
    assert "<img src=x" not in page
    assert "alert(1)</script>" not in page


def test_the_box_stands_on_talk_and_looks_in_that_network(place, room, ann, signed_in):
    start(room, ann)
    page = BeautifulSoup(signed_in(ann).get(f"/n/{place.slug}/talk/").content, "html.parser")
    form = page.select_one("form[role=search]")
    assert form["action"] == "/search/"
    assert form.select_one("[name=in]")["value"] == place.slug


WORDS = ["boiler", "teapot", "copper", "window", "zebra"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    threads=st.lists(
        st.tuples(
            st.booleans(),
            st.sampled_from(WORDS),
            st.lists(
                st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), min_size=1, max_size=3
            ),
        ),
        max_size=6,
    ),
    asked=st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True),
)
def test_the_index_finds_what_reading_every_post_finds(place, room, ann, threads, asked):
    place.rooms.exclude(pk=room.pk).delete()
    room.threads.all().delete()
    quiet = Room.objects.create(network=place, name="Quiet", kind=RoomKind.TRUSTED)
    expected = set()
    for trusted, title, posts in threads:
        thread = start(quiet if trusted else room, ann, title, " ".join(posts[0]))
        for words in posts[1:]:
            talk.reply(thread, words=" ".join(words), by=ann)
        if not trusted and any({*asked} <= {title, *words} for words in posts):
            expected.add(thread.pk)
    found = queries.search(ann, " ".join(asked))
    assert {hit.thread for hit in found.hits} == expected
    assert found.threads == len(expected)
