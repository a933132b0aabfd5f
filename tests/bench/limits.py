"""What the machine allows: the same rows with nothing around them, by the same gunicorn, in the
same run. Nobody could serve such pages to people; they say how near a real one comes.

Served with tests.bench.limit_settings: no middleware but session and sign-in.
"""

import time

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from jinja2 import Environment

from members.people.models import Person
from peernet.lib import clock

PAGE = """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body><nav><ul>
{% for place in ["Home", "Talk", "Sessions", "People", "You"] %}
<li><a href="/{{ place }}/">{{ place }}</a></li>{% endfor %}
</ul></nav><main>%s</main></body></html>"""
POSTS = """{% for pk, name, at, html in rows %}<article class="post" id="post-{{ pk }}"><header>
<b>{{ name }}</b> <time datetime="{{ at.isoformat() }}">{{ at.day }}</time></header>
<div>{{ html|safe }}</div><a href="?quote={{ pk }}">Quote</a></article>{% endfor %}"""
THREADS = """<ul>{% for pk, title, name, at, posts, new in rows %}<li><a href="/talk/{{ pk }}/">
{{ title }}</a> {{ name }}, {{ at.isoformat() }}, {{ posts - 1 }} replies
{% if new %}<b>{{ new }} new</b>{% endif %}</li>{% endfor %}</ul>"""
templates = Environment(autoescape=True)
posts_page = templates.from_string(PAGE.replace("%s", POSTS))
list_page = templates.from_string(PAGE.replace("%s", THREADS))
stored_page = templates.from_string(PAGE.replace("%s", "{{ stored|safe }}"))

MEMBER = """EXISTS (SELECT FROM networks_membership WHERE person_id = %(me)s
    AND network_id = %(network)s AND until IS NULL)"""
# The fragments of a thread in one piece, for whoever is in its network.
STORED = """SELECT string_agg(html, '' ORDER BY post_id) FROM bench_fragment
    WHERE thread_id = %(thread)s AND network_id = %(network)s AND """
ROWS = """SELECT post.id, person.name, post.posted_at, post.html FROM networks_post post
    LEFT JOIN members_person person ON person.id = post.author_id
    WHERE post.network_id = %(network)s AND post.thread_id = %(thread)s ORDER BY post.id"""
LIST = """SELECT thread.id, thread.title, person.name, thread.last_post_at, thread.posts_count, (
        SELECT count(*) FROM (SELECT FROM networks_post post
            WHERE post.network_id = thread.network_id AND post.thread_id = thread.id
              AND post.id > coalesce(mark.last_post_id, 0) LIMIT 100) AS new)
    FROM networks_thread thread
    LEFT JOIN members_person person ON person.id = thread.author_id
    LEFT JOIN networks_readmark mark ON mark.network_id = thread.network_id
        AND mark.thread_id = thread.id AND mark.person_id = %(me)s
    WHERE thread.network_id = %(network)s
    ORDER BY thread.last_post_at DESC, thread.id DESC LIMIT 25"""
EVENTS = """SELECT uid, title, starts_at, ends_at, link FROM peer_sessions_session
    WHERE network_id = 1 ORDER BY starts_at, id LIMIT 200"""

REPLY = """INSERT INTO networks_post (network_id, thread_id, author_id, text, html, posted_at)
    VALUES (1, %(thread)s, %(me)s, %(text)s, %(text)s, %(now)s) RETURNING id"""
COUNTED = """UPDATE networks_thread SET posts_count = posts_count + 1, last_post_id = %(post)s,
    last_post_at = %(now)s WHERE id = %(thread)s"""
TOLD = """INSERT INTO members_notice (kind, about_id, version, "offset", channel, person_id,
        address, network_id, due_at, state, attempts, doubtful, reason, created_at)
    SELECT 'post', %(post)s, 0, 0, 'mail', person_id, '', 1, %(now)s, 'pending', 0, false, '',
        %(now)s
    FROM networks_follow WHERE network_id = 1 AND thread_id = %(thread)s AND "on"
    ON CONFLICT DO NOTHING"""


def rows_of(sql, **values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def answer(text, content_type="text/html"):
    body = text.encode()
    return HttpResponse(body, content_type, headers={"Content-Length": str(len(body))})


def auth(request):
    return answer(f"Person {request.user.pk}")


def rows(request, thread):
    about = {"me": request.user.pk, "network": 1, "thread": thread}
    if not rows_of(f"SELECT {MEMBER}", **about)[0][0]:
        raise Http404
    return answer(posts_page.render(title="Thread", rows=rows_of(ROWS, **about)))


def stored(request, thread):
    found = rows_of(STORED + MEMBER, me=request.user.pk, network=1, thread=thread)
    return answer(stored_page.render(title="Thread", stored=found[0][0]))


def floor(request, thread):
    """Who is reading, with what a session must hold, rides on the one query of the page."""
    me = request.session[SESSION_KEY]
    asked = (
        f"SELECT password, token_version, ({STORED + MEMBER}) FROM members_person WHERE id = %(me)s"
    )
    password, version, found = rows_of(asked, me=me, network=1, thread=thread)[0]
    person = Person(password=password, token_version=version)
    if not constant_time_compare(request.session[HASH_SESSION_KEY], person.get_session_auth_hash()):
        raise Http404
    return answer(stored_page.render(title="Thread", stored=found))


def threads(request):
    found = rows_of(LIST, me=request.user.pk, network=1)
    return answer(list_page.render(title="Talk", rows=found))


@csrf_exempt
def reply(request, thread):
    """A post, its thread's numbers, and a notice to each who follows it: three statements."""
    with transaction.atomic(), connection.cursor() as cursor:
        about = {"me": request.user.pk, "thread": thread, "now": clock.now()}
        cursor.execute(REPLY, about | {"text": request.POST["text"]})
        about["post"] = cursor.fetchone()[0]
        cursor.execute(COUNTED, about)
        cursor.execute(TOLD, about)
    return HttpResponse(status=302, headers={"Content-Length": "0"})


def feed(request, token):
    """A plain writer of strings: nothing kept, nothing folded."""
    rows_of("SELECT person_id FROM peer_sessions_calendarfeed WHERE digest = %(it)s", it=token)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//"]
    for uid, title, starts, ends, link in rows_of(EVENTS):
        lines += [
            "BEGIN:VEVENT", f"UID:{uid}", "SEQUENCE:0", f"SUMMARY:{title}",
            f"DTSTAMP:{starts:%Y%m%dT%H%M%SZ}",
            f"DTSTART;TZID=Europe/London:{starts:%Y%m%dT%H%M%S}",
            f"DTEND;TZID=Europe/London:{ends:%Y%m%dT%H%M%S}", "STATUS:CONFIRMED",
            f"DESCRIPTION:About this session: {link}\\nJoin online from a day before: {link}",
            "TRANSP:OPAQUE", f"URL:{link}", f"LOCATION:{link}", "END:VEVENT",
        ]  # fmt: skip
    return answer("\r\n".join([*lines, "END:VCALENDAR", ""]), content_type="text/calendar")


def asleep(request):
    """A planted fault: a page that waits. The table must show it."""
    time.sleep(0.03)
    return answer("asleep")


def row_by_row(request):
    """A planted fault: a statement for each post, so the more there are the dearer it is."""
    found = rows_of("SELECT id FROM networks_post WHERE network_id = 1")
    texts = [rows_of("SELECT text FROM networks_post WHERE id = %(pk)s", pk=pk) for (pk,) in found]
    return answer(f"{len(texts)} posts")


urlpatterns = [
    path("asleep/", asleep),
    path("row-by-row/", row_by_row),
    path("auth/", auth),
    path("rows/<int:thread>/", rows),
    path("stored/<int:thread>/", stored),
    path("floor/<int:thread>/", floor),
    path("list/", threads),
    path("reply/<int:thread>/", reply),
    path("feed/<str:token>.ics", feed),
]
