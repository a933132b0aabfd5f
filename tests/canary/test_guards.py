"""The sweep's own test: faults planted on purpose, each of which it must see."""

from dataclasses import replace

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from members.notices.actions import send_due, tell
from members.notices.models import Notice
from members.notices.notices import kinds
from members.people.models import Person
from networks.discussions.models import Post, Room, RoomKind, Thread
from peernet.lib import mail as letters
from peernet.urls import handler400, handler403, handler404, handler500
from peernet.urls import urlpatterns as ours
from tests import cast
from tests.networks.files.things import packed

from . import crawl, verdict
from .crawl import Met, Visitor, Where, unpacked
from .paint import Canary, word

pytestmark = pytest.mark.django_db


def loose(request, pk):
    """A view as somebody may write it in a hurry: any post, for anybody who has signed in."""
    return HttpResponse(f"<p>{Post.objects.get(pk=pk).text}</p>")


def breaks(request, pk):
    raise ValueError(Post.objects.get(pk=pk).text)


urlpatterns = [*ours, path("loose/<int:pk>/", loose), path("breaks/<int:pk>/", breaks)]
__all__ = ["handler400", "handler403", "handler404", "handler500"]


@pytest.fixture
def said():
    """Somebody's post in a trusted room, with its word; and what the sweep would know of it."""
    place = cast.network()
    ann = cast.member(place, "Ann Lee")
    cast.member(place, "Bo Dale")
    room = Room.objects.create(network=place, name="Rants", kind=RoomKind.TRUSTED)
    thread, post = cast.thread(place, ann, title=word(1))
    Thread.objects.filter(pk=thread.pk).update(room=room)
    Post.objects.filter(pk=post.pk).update(text=word(2), html=f"<p>{word(2)}</p>")
    canaries = [
        Canary(word(n), [label], {"member"}, {(label, "members", "member")}, trusted=True)
        for n, label in ((1, "networks.Thread.title"), (2, "networks.Post.text"))
    ]
    return place, post, Met(canaries)


@override_settings(ROOT_URLCONF=__name__)
def test_a_view_that_shows_a_private_word_is_seen(said):
    _place, post, met = said
    Visitor("outsider", cast.person("Oz Outside"), met).get(f"/loose/{post.pk}/", "loose")
    assert verdict.leaks(met) == ["outsider met networks.Post.text in: page loose get"]


@override_settings(ROOT_URLCONF=__name__)
def test_a_private_page_elsewhere_is_seen_though_its_reader_may_read_the_room(said):
    _place, post, met = said
    Visitor("member", Person.objects.get(name="Bo Dale"), met).get(f"/loose/{post.pk}/", "loose")
    assert verdict.leaks(met) == ["member met networks.Post.text in: page loose get"]


@override_settings(ROOT_URLCONF=__name__)
def test_a_view_that_breaks_tells_its_word_neither_on_the_page_nor_in_the_log(said):
    _place, post, met = said
    with crawl.listening(met):
        answer = Visitor("outsider", None, met).get(f"/breaks/{post.pk}/", "breaks")
    assert answer.status_code == 500
    assert met.documents == 2
    assert not verdict.leaks(met)


def test_a_log_line_that_names_a_word_is_seen(said):
    *_rest, met = said
    with crawl.listening(met):
        crawl.logging.getLogger("peernet.x").warning("saved %s", word(2))
    assert verdict.leaks(met) == ["log met networks.Post.text in: log peernet.x "]


def test_a_kind_of_letter_that_says_a_trusted_title_is_seen(said, monkeypatch):
    place, post, met = said
    bo = Person.objects.filter(name="Bo Dale")

    def tells_the_title(notice):
        title = Thread.objects.get(posts=notice.about_id).title
        return letters.Letter(subject=f"New in {title}", blocks=(), why="")

    tell(bo, "post", post.pk, network_id=place.pk)
    careless = replace(kinds()["post"], render=tells_the_title, still_true=lambda _notice: "")
    monkeypatch.setitem(kinds(), "post", careless)
    assert send_due() == 1, Notice.objects.values_list("state", "reason")
    met.read("member", Where("mail", "post"), str(mail.outbox[0].message()))
    assert verdict.leaks(met) == ["member met networks.Thread.title in: mail post "]


def test_a_word_that_nobody_meets_is_seen(said):
    _place, _post, met = said
    assert "networks.Post.text is declared for members, who never met one" in verdict.unseen(met)


def test_words_are_found_in_workbooks_archives_and_calendars(said):
    *_rest, met = said
    inner = packed(parts={"sheet.xml": f"<c>{word(1)}</c>"})
    for data, kind in [
        (packed(parts={"data/inner.xlsx": inner}), "application/zip"),
        (f"SUMMARY:{word(1)[:4]}\r\n {word(1)[4:]}\r\n".encode(), "text/calendar"),
        (f'{{"a": "{word(1)}"}}'.encode(), "application/json"),
    ]:
        found = Met(met.canaries)
        found.read("outsider", Where("file", "planted"), unpacked(data, kind))
        assert len(verdict.leaks(found)) == 1, kind


def test_what_somebody_typed_themselves_is_no_leak(said):
    *_rest, met = said
    visitor = Visitor("outsider", cast.person("Oz"), met)
    answer = visitor.client.get(f"/n/{word(1)}/")
    visitor._take(answer, "network", "", "get")
    assert not verdict.leaks(met)
    assert Client().get(f"/n/{word(1)}/").status_code == 302
