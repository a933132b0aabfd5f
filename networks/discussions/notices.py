"""What this room sends: new posts to those who want them at once, and its part of the weekly mail.

Of a trusted room both say only that there is something new: no name, no title, no words.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.db import connection
from django.db.models import F, Min, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from markupsafe import Markup

from members.causes.models import Cause
from members.digest.rules import Item
from members.notices.models import Notice, NoticeState
from members.notices.notices import Kind, stop_link
from members.notices.rules import Scope
from members.people.models import Person
from networks.network.models import Network
from networks.preferences import queries as preferences
from networks.preferences.models import Talk
from peernet.lib import clock, mail, pages, text, words

from .models import Post, ReadMark, Room, RoomKind
from .queries import MUTED, hearers, hearers_of, subject_for
from .rules import IN_ONE_MAIL, THREADS_IN_WEEKLY, called, fitting, subject

GONE = (NoticeState.SENT, NoticeState.UNCERTAIN)


# --- Who is told? ----------------------------------------------------------------------------


def _hears(cause: Cause) -> QuerySet[Person]:
    post = Post.objects.filter(pk=cause.about_id).first()
    return hearers_of(post) if post else Person.objects.none()


# --- Still true? -----------------------------------------------------------------------------


def _still_true(notice: Notice) -> str:
    post = _post(notice)
    person = notice.person
    if post is None or post.thread.last_post_id is None:
        return _("It was deleted.")
    if not Post.objects.visible_to(person).filter(pk=post.pk).exists():
        return _("It is not for them to read.")
    if not hearers(post.thread).filter(pk=person.pk).exists():
        return _why_not(person, post.network_id)
    if _overtaken(notice, post):
        return _("It came in one mail with a later post.")
    return "" if _told(notice, post) else _("Nothing in it was new to them any more.")


def _why_not(person: Person, network_id: int) -> str:
    talk = preferences.chosen(person, network_id).talk
    if talk == Talk.NOTHING:
        return _("They chose no mail about talk.")
    if talk == Talk.WEEKLY:
        return _("They chose to hear of talk once a week.")
    return _("They chose no mail about this thread.")


def _overtaken(notice: Notice, post: Post) -> bool:
    """Whether a later post of the same thread is due too: the two go in one mail. So do all posts
    of a network's trusted rooms, of which a mail says nothing anyway."""
    later = Notice.objects.overdue(clock.now()).filter(
        kind=notice.kind, person=notice.person_id, network_id=notice.network_id,
        about_id__gt=notice.about_id,
    )  # fmt: skip
    return _bundle(post).filter(pk__in=later.values("about_id")).exists()


def _bundle(post: Post) -> QuerySet[Post]:
    posts = Post.objects.filter(network=post.network_id)
    if post.thread.room.trusted:
        return posts.filter(thread__room__kind=RoomKind.TRUSTED)
    return posts.filter(thread=post.thread_id)


def _told(notice: Notice, post: Post) -> list[Post]:
    """The posts that this mail brings, oldest first: of those its reader was to be told of, what
    still stands, came in no mail before, and they have not read."""
    mark = ReadMark.objects.filter(
        network=post.network_id, thread=post.thread_id, person=notice.person_id
    )
    read = mark.values_list("last_post_id", flat=True).first() or 0
    posts = Post.objects.visible_to(notice.person)
    posts = posts.filter(network=post.network_id, thread=post.thread_id, pk__gt=read)
    rows = Notice.objects.filter(
        kind=notice.kind, person=notice.person_id, network_id=notice.network_id,
        about_id__lte=notice.about_id, about_id__in=posts.values("pk"),
    )  # fmt: skip
    states = dict(rows.values_list("about_id", "state"))
    gone = max((pk for pk, state in states.items() if state in GONE), default=0)
    found = posts.filter(pk__in=[pk for pk in states if pk > gone]).standing()
    return list(found.exclude(author=notice.person_id).select_related("author").order_by("pk"))


# --- Letters ---------------------------------------------------------------------------------


def _write(notice: Notice) -> mail.Letter:
    post = _post(notice)
    if post.thread.room.trusted:
        return _of_trusted_room(notice.person, post.network)
    return _of_thread(notice, post, _told(notice, post))


def _of_trusted_room(person: Person, network: Network) -> mail.Letter:
    stop = stop_link(person, Scope.TALK, network.pk)
    return mail.Letter(
        subject=_("[%(network)s] There is something new in a trusted room")
        % {"network": network.name},
        sender=network.name,
        blocks=(
            mail.links((_("Open the talk"), pages.address("talk", network.slug))),
            mail.para(_("There is something new in a trusted room. What is said there stays there, "
                        "so this mail says neither who wrote nor what.")),
            _no_answers(),
        ),
        why=_("You get this because you follow talk in %(network)s.") % {"network": network.name},
        stops=preferences.foot(person, network, (_("Stop mail about talk"), stop)),
        headers=preferences.headers(network, stop, "talk"),
    )  # fmt: skip


def _of_thread(notice: Notice, post: Post, posts: list[Post]) -> mail.Letter:
    person, thread, network = notice.person, post.thread, post.network
    page = pages.address("thread", network.slug, thread.pk)
    root = Post.objects.filter(network=network, thread=thread).aggregate(pk=Min("pk"))["pk"]
    title = subject_for(thread, person)
    named = {"network": network.name, "title": title, "name": _writer(posts[-1], short=True)}
    one_voice = len({one.author_id for one in posts}) == 1
    each = preferences.chosen(person, network.pk).talk == Talk.EACH
    stop_thread = stop_link(person, Scope.THREAD, thread.pk)
    stop = stop_link(person, Scope.TALK, network.pk) if each else stop_thread
    line = _("[%(network)s] %(title)s") % named
    return mail.Letter(
        name=f"post-{post.pk}",
        subject=line if posts[0].pk == root else f"Re: {line}",
        sender=_("%(name)s at %(network)s") % named if one_voice else network.name,
        blocks=(
            mail.links((_("Reply on the page"), f"{page}?before={post.pk + 1}#post-{posts[0].pk}")),
            *_said(posts),
            _no_answers(),
        ),
        why=(_("You get this because you chose a mail for each new post of %(network)s.") if each
             else _("You get this because you wrote in this thread or follow it.")) % named,
        stops=preferences.foot(person, network, (_("Stop mail about this thread"), stop_thread)),
        headers=preferences.headers(network, stop, "talk")
        | ({} if post.pk == root else _threading(root))
        | {"Archived-At": f"<{page}>"},
    )  # fmt: skip


def _threading(root: int) -> dict[str, str]:
    """Our threads are flat: each post answers the first one."""
    first = mail.message_id(f"post-{root}")
    return {"In-Reply-To": first, "References": first}


def _said(posts: list[Post]) -> Iterable[mail.Block]:
    """Who wrote what, as much as a mail can hold; the rest is on the page."""
    for post, room in zip(posts, fitting([len(post.html.encode()) for post in posts]), strict=True):
        told = {"name": _writer(post), "when": words.when(post.posted_at)}
        yield mail.para(_("%(name)s, %(when)s:") % told)
        if room:
            yield mail.quote(post.text, Markup(post.html))  # noqa: S704 -- cleaned by nh3
        else:
            yield mail.quote(text.excerpt(post.text, IN_ONE_MAIL // 20))
            yield mail.para(_("It is longer than a mail should be: the rest is on the page."))


def _writer(post: Post, *, short: bool = False) -> str:
    author = post.author
    if short and author and author.is_active and author.name:
        return author.short_name
    return called(author.name if author and author.is_active else None)


def _no_answers() -> mail.Block:
    return mail.para(_("Please answer on the page: a mail to this address is not read."))


def _post(notice: Notice) -> Post | None:
    rows = Post.objects.select_related("network", "thread__room")
    return rows.filter(pk=notice.about_id).first()


def _titles(ids: Collection[int]) -> dict[int, str]:
    """The threads that posts stand in; nothing of a trusted room, nor what is not for everybody
    who comes later."""
    posts = Post.objects.filter(pk__in=ids).exclude(thread__room__kind=RoomKind.TRUSTED)
    posts = posts.filter(
        thread__room__cohort=None, thread__started_at__gte=F("thread__room__all_from")
    )
    return dict(posts.values_list("pk", "thread__title"))


KINDS = [
    Kind("post", lazy("New in a thread"), _still_true, _write, waits=True, about=_titles,
         hears=_hears),
]  # fmt: skip


# --- The weekly mail -----------------------------------------------------------------------------


class Fresh(NamedTuple):
    """A thread with what somebody is told of it once a week."""

    network: str
    slug: str
    pk: int
    title: str
    started_at: datetime
    reads_from: datetime
    posts: int
    name: str | None
    text: str


# What came, or is about to come, in a mail of its own is not told again: also what went in one
# mail with a later post, whose own notice was dropped for that. The words of an ask or an offer
# are told by networks/exchange, while it stands; what was answered is told here.
FRESH = f"""
SELECT network.name, network.slug, thread.id, thread.title, thread.started_at, place.reads_from,
       fresh.posts, CASE WHEN writer.is_active THEN writer.name END, newest.text
FROM unnest(%(networks)s::bigint[], %(rooms)s::bigint[], %(from)s::timestamptz[])
     AS place (network_id, room_id, reads_from)
JOIN networks_thread thread ON thread.network_id = place.network_id
     AND thread.room_id = place.room_id
JOIN networks_network network ON network.id = thread.network_id
LEFT JOIN networks_readmark mark ON mark.network_id = thread.network_id
      AND mark.thread_id = thread.id AND mark.person_id = %(person)s
CROSS JOIN LATERAL (
    SELECT count(*) AS posts, max(post.id) AS newest FROM networks_post post
    WHERE post.network_id = thread.network_id AND post.thread_id = thread.id
      AND post.id > coalesce(mark.last_post_id, 0) AND post.deleted_at IS NULL
      AND post.author_id IS DISTINCT FROM %(person)s
      AND post.posted_at > %(since)s AND post.posted_at <= %(until)s
      AND post.posted_at >= place.reads_from
      AND NOT (thread.began_as <> '' AND post.id = (
          SELECT min(root.id) FROM networks_post root
          WHERE root.network_id = thread.network_id AND root.thread_id = thread.id))
      AND NOT EXISTS (
          SELECT FROM members_notice told
          WHERE told.kind = 'post' AND told.about_id = post.id AND told.person_id = %(person)s
            AND (told.state IN ('pending', 'leased', 'sent', 'uncertain') OR EXISTS (
                SELECT FROM members_notice gone JOIN networks_post last ON last.id = gone.about_id
                WHERE gone.kind = 'post' AND gone.person_id = %(person)s
                  AND gone.about_id > post.id AND gone.state IN ('sent', 'uncertain')
                  AND last.network_id = thread.network_id AND last.thread_id = thread.id
            ))
      )
) fresh
JOIN networks_post newest ON newest.id = fresh.newest
LEFT JOIN members_person writer ON writer.id = newest.author_id
WHERE thread.last_post_at > %(since)s AND thread.last_post_id > coalesce(mark.last_post_id, 0)
  AND NOT {MUTED}
ORDER BY network.name, thread.last_post_at DESC, thread.id DESC
"""  # noqa: S608 -- MUTED is our own


def digest_items(person: Person, since: datetime, until: datetime) -> list[Item]:
    """What was written in the person's networks after `since` and up to `until` (aware) and they
    have not read, newest thread first. Of trusted rooms only that there is something new."""
    places = preferences.networks_in_weekly(person).order_by().values("pk")
    rooms = list(Room.objects.visible_to(person).filter(network__in=places))
    opened = [room for room in rooms if not room.trusted]
    trusted = [room for room in rooms if room.trusted]
    found: list[Item] = []
    for _slug, rows in groupby(_fresh(opened, person, since, until), key=lambda row: row.slug):
        found += _items(list(rows))
    hidden = _fresh(trusted, person, since, until)
    return found + [
        Item(name, _("There is something new in a trusted room"), "", pages.address("talk", slug))
        for name, slug in dict.fromkeys((row.network, row.slug) for row in hidden)
    ]


def _fresh(rooms: list[Room], person: Person, since: datetime, until: datetime) -> list[Fresh]:
    if not rooms:
        return []
    ask = {"person": person.pk, "since": since, "until": until}
    ask |= {"networks": [room.network_id for room in rooms]}
    ask |= {"from": [room.reads_from for room in rooms]}
    with connection.cursor() as cursor:
        cursor.execute(FRESH, ask | {"rooms": [room.pk for room in rooms]})
        return [Fresh(*row) for row in cursor]


def _items(rows: list[Fresh]) -> list[Item]:
    """The newest threads of one network, and how many more there are."""
    shown = [_item(row) for row in rows[:THREADS_IN_WEEKLY]]
    if more := len(rows) - len(shown):
        title = ngettext("and %(n)s more thread", "and %(n)s more threads", more) % {"n": more}
        shown.append(Item(rows[0].network, title, "", pages.address("talk", rows[0].slug)))
    return shown


def _item(row: Fresh) -> Item:
    new = ngettext("%(n)s new post.", "%(n)s new posts.", row.posts) % {"n": row.posts}
    said = {"name": called(row.name), "words": text.excerpt(row.text)}
    note = new + " " + _("%(name)s: “%(words)s”") % said
    title = subject(row.title, row.started_at, row.reads_from)
    return Item(row.network, title, note, pages.address("thread", row.slug, row.pk) + "#new")
