"""Hostile words, doubled presses, and what a page of talk costs."""

from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from networks.articles.actions import renew_stale
from networks.discussions import actions
from networks.discussions.models import Post, Thread
from tests import cast

HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//x.example>",
    "<<script>alert(1)//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src=`x`onerror=alert(1)>",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](http://x.example/a.png)',
    "![tracking](http://x.example/pixel.gif)",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)>x</a></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A&#x61vascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    '[x](http://x.example "onmouseover=alert(1)")',
    '[x](http://x.example "\'><script>alert(1)</script>")',
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    '<http://x.example/"onclick=alert(1)>',
    "http://x.example/'onmouseover='alert(1)",
    "`<script>alert(1)</script>`",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    '``` " onclick=alert(1)\nx\n```',
    "# <img src=x onerror=alert(1)>",
    "| <script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "| a |\n|:--|\n| style |",
    "> <style>*{display:none}</style>",
    "<style>@import '//x.example/a.css';</style>",
    "<link rel=stylesheet href=//x.example/a.css>",
    "<meta http-equiv=refresh content='0;url=//x.example'>",
    "<base href=//x.example/>",
    "</div></article><h1>Our own page</h1>",
    "{{ 7 * 7 }}{% raise %}{{ me.delete() }}",
    "<!--<img src='--><img src=x onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "＜script＞alert(1)＜/script＞",
]
ALLOWED = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h3", "h4", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


class Said(HTMLParser):
    """What browsers would find inside the words of posts, and how deep the page is there."""

    def __init__(self):
        super().__init__()
        self.depth, self.tags, self.links, self.attributes = 0, set(), [], set()

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if self.depth:
            self.tags.add(tag)
            self.attributes |= set(values)
            self.links.append(values.get("href") or "")
            self.depth += tag == "div"
        elif tag == "div" and values.get("class") == "said":
            self.depth = 1

    def handle_endtag(self, tag):
        if self.depth and tag == "div":
            self.depth -= 1


@pytest.mark.django_db
@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_shown_and_do_nothing(signed_in, words):
    place = cast.network()
    client = signed_in(cast.member(place))
    start = {"title": words.replace("\n", " ")[:160], "text": f"{words}\n\nend"}
    answer = client.post(f"/n/{place.slug}/talk/new/", start)
    page = client.get(answer.url).content.decode()
    said = Said()
    said.feed(page)
    assert said.tags <= ALLOWED
    assert said.attributes <= {"href", "title", "rel", "start"}
    assert all(link.startswith(("http://x.example", "")) for link in said.links)
    assert not any(link.lower().startswith(("java", "data", "vb", "file")) for link in said.links)
    listing = client.get(f"/n/{place.slug}/talk/").content.decode()
    for html in (page, listing):
        outside = html.split("<main")[1].split("</main>")[0]
        assert "<script" not in outside.lower()
        assert "<img" not in outside.lower()
        assert outside.count("<h1") == 1


def at_once(count, ask):
    """The same request from many browsers at one time; their answers."""

    def one(number):
        try:
            return ask(number)
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def browser(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_at_once_make_one_thread_and_one_reply():
    place = cast.network()
    ann = cast.member(place)
    client = browser(ann)
    cookie = client.cookies["sessionid"].value

    def send(path, words):
        def ask(_number):
            one = Client()
            one.cookies["sessionid"] = cookie
            return one.post(path, words).url

        return set(at_once(20, ask))

    words = {"title": "Once", "text": "Hello", "once": str(uuid4())}
    assert len(send(f"/n/{place.slug}/talk/new/", words)) == 1
    thread = Thread.objects.get()
    reply = {"text": "Yes", "once": str(uuid4())}
    assert len(send(f"/n/{place.slug}/talk/{thread.pk}/", reply)) == 1
    thread.refresh_from_db()
    assert Post.objects.count() == 2
    assert (thread.posts_count, thread.last_post_id) == (2, Post.objects.latest("pk").pk)


@pytest.mark.django_db(transaction=True)
def test_many_people_replying_at_once_are_all_counted():
    place = cast.network()
    people = [cast.member(place, f"Person {n}") for n in range(10)]
    thread, _post = cast.thread(place, people[0])
    clients = [browser(person) for person in people]
    at_once(
        10, lambda n: clients[n].post(f"/n/{place.slug}/talk/{thread.pk}/", {"text": f"From {n}"})
    )
    thread.refresh_from_db()
    assert thread.posts_count == 11 == Post.objects.count()
    last = Post.objects.latest("pk")
    assert (thread.last_post_id, thread.last_post_at) == (last.pk, last.posted_at)


@pytest.mark.django_db(transaction=True)
def test_the_first_threads_of_a_network_written_at_once_meet_in_one_room():
    place = cast.network()
    place.rooms.all().delete()
    clients = [browser(cast.member(place, f"Person {n}")) for n in range(8)]
    words = {"title": "First!", "text": "Hello"}
    at_once(8, lambda n: clients[n].post(f"/n/{place.slug}/talk/new/", words))
    assert place.rooms.count() == 1
    assert Thread.objects.count() == 8


OWN = ("networks_room", "networks_thread", "networks_post", "networks_readmark")


def own_statements(client, address):
    """The statements that talk itself sends on one visit, without session, door and frame."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    own = [q["sql"] for q in seen if any(name in q["sql"] for name in OWN)]
    counting = [q["sql"] for q in seen if "COUNT(" in q["sql"].upper() and q["sql"] not in own]
    return own + counting


@pytest.mark.django_db
def test_a_page_of_talk_costs_the_same_at_1_10_and_1000_rows(signed_in):
    place = cast.network()
    actions.open_room(place, name="Rants", kind="trusted", by=cast.coordinator(place))
    ann, bo = cast.member(place, "Ann"), cast.member(place, "Bo")
    client = signed_in(ann)
    room = place.rooms.get(name="Everyone")
    thread, _post = cast.thread(place, bo)
    renew_stale()  # the world's own post comes as a row, without what it looks like
    addresses = [
        f"/n/{place.slug}/talk/",
        f"/n/{place.slug}/talk/?show=unread",
        f"/n/{place.slug}/talk/rooms/{room.pk}/",
        f"/n/{place.slug}/talk/{thread.pk}/",
    ]
    costs = []
    there = 1
    for rows in (1, 10, 1000):
        for number in range(there, rows):
            actions.reply(thread, words=f"{number}", by=bo)
            actions.start_thread(room, title=f"{number}", words="x", by=bo)
        there = rows
        # Something to read each time: the mark is written on each of these visits.
        actions.reply(thread, words="new", by=bo)
        costs.append([len(own_statements(client, address)) for address in addresses])
    assert costs[0] == costs[1] == costs[2], costs
    assert max(costs[0]) <= 6, costs  # with what is pinned, and what the reader began to write
