"""Files with words: added, shown, changed, and never lost on the way."""

import pytest
from bs4 import BeautifulSoup

from networks.discussions.models import Post, Thread
from networks.files.models import File
from tests import cast
from tests.networks.files.things import CSV, PDF, picture, sheet, stored, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def ann(place):
    return cast.member(place)


@pytest.fixture
def thread(place, ann):
    return cast.thread(place, ann)[0]


def talk(place, rest=""):
    return f"/n/{place.slug}/talk/{rest}"


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def form_of(response, wanted="form:has([name=text])"):
    """What a browser would send back: every field as it stands."""
    form = page(response).select_one(f"main {wanted}")
    sent = {}
    for field in form.select("[name]"):
        if field.get("type") == "checkbox" and not field.has_attr("checked"):
            continue
        if field.get("type") != "file":
            sent.setdefault(field["name"], []).append(field.get("value", field.text.strip()))
    return sent


def names(post=None):
    return list(File.objects.filter(post=post).order_by("pk").values_list("name", flat=True))


def test_a_thread_takes_pictures_and_papers_along(signed_in, place, ann):
    client = signed_in(ann)
    sent = [upload(picture(1200, 900), "flip chart.png"), upload(PDF, "notes.pdf"),
            upload(sheet(), "costs.xlsx"), upload(CSV, "towns.csv")]  # fmt: skip
    words = {"title": "Last time", "text": "What we wrote down", "described": "A flip chart"}
    answer = client.post(talk(place, "new/"), words | {"files": sent}, follow=True)
    shown = page(answer).select_one("article")
    image = shown.select_one(".pictures img")
    assert image["alt"] == "A flip chart"
    assert (image["width"], image["height"], image["loading"]) == ("427", "320", "lazy")
    listed = [" ".join(item.text.split()) for item in shown.select(".files li")]
    assert listed[0].startswith("notes.pdf PDF, 1 KB")
    assert listed[1].startswith("costs.xlsx Excel workbook, ")
    assert listed[2].startswith("towns.csv CSV, 1 KB")
    got = client.get(shown.select(".files a")[2]["href"])
    assert got.getvalue() == CSV


def test_a_reply_in_place_shows_its_files_at_once(signed_in, place, ann, thread):
    sent = {"text": "Here", "seen": thread.last_post_id, "files": [upload(PDF, "a.pdf")]}
    answer = signed_in(ann).post(talk(place, f"{thread.pk}/"), sent, headers={"HX-Request": "true"})
    assert "a.pdf" in answer.content.decode()
    assert answer.content.decode().count("a.pdf") == 1  # not in the empty box again


def test_several_pictures_share_the_words_for_what_they_show(signed_in, place, ann, thread):
    sent = [upload(picture(colour=c), f"{c}.png") for c in ("red", "blue")]
    words = {"text": "Two", "described": "Our hall", "files": sent}
    answer = signed_in(ann).post(talk(place, f"{thread.pk}/"), words, follow=True)
    alts = [image["alt"] for image in page(answer).select("article img")]
    assert alts == ["Our hall (1 of 2)", "Our hall (2 of 2)"]


def test_what_nobody_described_says_so_and_its_writer_is_asked(signed_in, place, ann, thread):
    stored(thread.posts.get(), ann, picture(), "IMG_1.png")
    bob = cast.member(place, "Bob Lee")
    mine = signed_in(ann).get(talk(place, f"{thread.pk}/"))
    assert page(mine).select_one("article img")["alt"].endswith("nobody has described: IMG_1.png")
    assert "Say what it shows" in mine.content.decode()
    assert "Say what it shows" not in signed_in(bob).get(mine.wsgi_request.path).content.decode()


def test_a_form_that_comes_back_keeps_the_files(signed_in, place, ann, thread):
    client, address = signed_in(ann), talk(place, f"{thread.pk}/")
    sent = {"text": "  ", "described": "Tea", "files": [upload(picture(), "tea.png")]}
    back = client.post(address, sent)
    assert back.status_code == 422
    assert "tea.png" in page(back).select_one("details.add-files[open] fieldset").text
    again = form_of(back, "#reply") | {"text": "Words now"}
    client.post(address, again)
    file = File.objects.get()
    assert (file.post.text, file.name, file.alt) == ("Words now", "tea.png", "Tea")


def test_a_file_unticked_stays_behind(signed_in, place, ann, thread):
    client, address = signed_in(ann), talk(place, f"{thread.pk}/")
    sent = [upload(PDF, "a.pdf"), upload(CSV, "b.csv")]
    back = client.post(address, {"text": "", "files": sent})
    again = form_of(back, "#reply") | {"text": "Only one"}
    again["kept"] = again["kept"][1:]
    client.post(address, again)
    assert names(Post.objects.get(text="Only one").pk) == ["b.csv"]
    assert names() == ["a.pdf"]


def test_of_good_and_bad_files_together_the_good_wait_and_the_words_too(
    signed_in, place, ann, thread
):
    sent = {"text": "Look", "files": [upload(PDF, "a.pdf"), upload(b"MZ\x00\x01", "b.pdf")]}
    back = signed_in(ann).post(talk(place, f"{thread.pk}/"), sent)
    assert back.status_code == 422
    said = page(back).select_one(".summary").text
    assert "“b.pdf” was not added: it is none of these: pictures" in said
    assert "PDF, Word" in said
    assert names() == ["a.pdf"]
    assert "Look" in form_of(back, "#reply")["text"]
    assert thread.posts.count() == 1


def test_a_file_that_waited_too_long_is_asked_for_again(signed_in, place, ann, thread):
    client, address = signed_in(ann), talk(place, f"{thread.pk}/")
    back = client.post(address, {"text": "", "files": [upload(PDF, "a.pdf")]})
    File.objects.all().delete()
    late = client.post(address, form_of(back, "#reply") | {"text": "Late"})
    assert late.status_code == 422
    assert "waited here for more than a day" in late.content.decode()
    assert "Late" in form_of(late, "#reply")["text"]


def test_nobody_takes_a_waiting_file_of_somebody_else(signed_in, place, ann, thread):
    bob = cast.member(place, "Bob Lee")
    address = talk(place, f"{thread.pk}/")
    signed_in(ann).post(address, {"text": "", "files": [upload(PDF, "secret.pdf")]})
    kept = File.objects.get().pk
    back = signed_in(bob).post(address, {"text": "Mine?", "kept": [kept]})
    assert back.status_code == 422
    assert "secret.pdf" not in back.content.decode()
    assert File.objects.get().post is None


def test_the_same_form_twice_makes_one_post_with_each_file_once(signed_in, place, ann, thread):
    client, address = signed_in(ann), talk(place, f"{thread.pk}/")
    form = form_of(client.get(address), "#reply") | {"text": "Once"}
    for _press in range(2):
        client.post(address, form | {"files": [upload(PDF, "a.pdf"), upload(PDF, "a.pdf")]})
    assert names(Post.objects.get(text="Once").pk) == ["a.pdf"]


def test_a_form_kept_open_brings_the_same_file_for_another_post_too(signed_in, place, ann, thread):
    client, address = signed_in(ann), talk(place, f"{thread.pk}/")
    form = form_of(client.get(address), "#reply")
    for text in ("First", "Second"):
        client.post(address, form | {"text": text, "files": [upload(picture(), "a.png")]})
    first, second = (File.objects.get(post__text=text) for text in ("First", "Second"))
    assert first.stored.name != second.stored.name
    assert client.get(f"/n/{place.slug}/files/{second.pk}/small/").status_code == 200


def test_a_post_is_changed_with_its_files(signed_in, place, ann, thread):
    client, post = signed_in(ann), thread.posts.get()
    for name in ("old.pdf", "new.png"):
        stored(post, ann, picture() if name == "new.png" else PDF, name)
    address = talk(place, f"{thread.pk}/posts/{post.pk}/")
    form = form_of(client.get(address))
    old, new = File.objects.order_by("pk")
    form |= {"gone": [old.pk], f"alt-{new.pk}": "A kettle", "files": [upload(CSV, "c.csv")]}
    assert client.post(address, form).status_code == 302
    assert names(post.pk) == ["new.png", "c.csv"]
    new.refresh_from_db()
    assert new.alt == "A kettle"
    post.refresh_from_db()
    assert post.edited_at is not None  # everybody can see that something changed
    assert client.get(f"/n/{place.slug}/files/{old.pk}/").status_code == 404


def test_a_change_that_comes_back_keeps_ticks_and_words(signed_in, place, ann, thread):
    client, post = signed_in(ann), thread.posts.get()
    file = stored(post, ann, picture(), "a.png")
    address = talk(place, f"{thread.pk}/posts/{post.pk}/")
    form = form_of(client.get(address))
    back = client.post(address, form | {"text": "", "gone": [file.pk], f"alt-{file.pk}": "Tea"})
    again = form_of(back)
    assert (again["gone"], again[f"alt-{file.pk}"]) == ([str(file.pk)], ["Tea"])
    assert names(post.pk) == ["a.png"]


def test_nobody_changes_files_of_a_post_that_is_not_theirs(signed_in, place, ann, thread):
    bob = cast.member(place, "Bob Lee")
    file = stored(thread.posts.get(), ann, PDF, "a.pdf")
    own = cast.thread(place, bob, "Bob's")[1]
    address = talk(place, f"{own.thread_id}/posts/{own.pk}/")
    client = signed_in(bob)
    client.post(address, form_of(client.get(address)) | {"text": "x", "gone": [file.pk]})
    assert names(thread.posts.get().pk) == ["a.pdf"]


def test_too_many_and_too_much_are_said_before_anything_is_kept(
    signed_in, place, ann, thread, settings
):
    client, address = signed_in(ann), talk(place, f"{thread.pk}/")
    settings.POST_MAX_FILES = 2
    three = [upload(PDF, f"{n}.pdf") for n in range(3)]
    back = client.post(address, {"text": "Three", "files": three})
    assert "A post takes 2 files" in back.content.decode()
    settings.POST_MAX_BYTES = 100
    back = client.post(
        address, {"text": "Two", "files": [upload(PDF, "1.pdf"), upload(PDF, "2.pdf")]}
    )
    assert "more than 1 KB together" in back.content.decode()
    assert not File.objects.exists()
    assert thread.posts.count() == 1


def test_a_network_keeps_no_more_than_it_may(signed_in, place, ann, thread, settings):
    settings.NETWORK_MAX_BYTES = 100
    client, address = signed_in(ann), talk(place, f"{thread.pk}/")
    client.post(address, {"text": "One", "files": [upload(PDF, "1.pdf")]})
    back = client.post(address, {"text": "Two", "files": [upload(PDF, "2.pdf")]})
    assert "this network has no room for more files" in back.content.decode()
    assert names(Post.objects.get(text="One").pk) == ["1.pdf"]


def test_signed_out_meanwhile_says_that_files_must_be_chosen_again(client, place, ann, thread):
    sent = {"text": "Still here", "files": [upload(PDF, "a.pdf")]}
    answer = client.post(talk(place, f"{thread.pk}/"), sent, follow=True)
    assert "Please choose the files again." in answer.content.decode()
    assert not File.objects.exists()


def test_a_thread_with_many_files_asks_as_often_as_one_with_none(
    signed_in, place, ann, thread, django_assert_max_num_queries
):
    client, address = signed_in(ann), talk(place, f"{thread.pk}/")
    post = thread.posts.get()
    client.get(address)
    with django_assert_max_num_queries(20) as none:
        client.get(address)
    one = stored(post, ann, picture(), "0.png")
    fields = {f.attname: getattr(one, f.attname) for f in File._meta.fields if f.name != "id"}
    File.objects.bulk_create(
        File(**fields | {"stored": f"files/00/{n}.png", "name": f"{n}.png", "once": None})
        for n in range(1, 40)
    )
    with django_assert_max_num_queries(20) as many:
        assert len(page(client.get(address)).select("article img")) == 40
    assert len(many) == len(none)


def test_the_sizes_of_files_are_said_beforehand(signed_in, place, ann):
    said = signed_in(ann).get(talk(place, "new/")).content.decode()
    assert "Up to 10 MB each and 10 files to a post." in said


def test_a_thread_deleted_meanwhile_gives_the_words_back(signed_in, place, ann, thread):
    Thread.objects.filter(pk=thread.pk).update(last_post_id=None)
    sent = {"text": "Oh", "files": [upload(PDF, "a.pdf")]}
    answer = signed_in(ann).post(talk(place, f"{thread.pk}/"), sent)
    assert answer.status_code == 404
    assert "Oh" in answer.content.decode()
