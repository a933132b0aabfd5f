from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget, trigger_client_event

from networks.articles import actions as articles
from networks.articles.queries import behind, listed, opened, part
from networks.charter.queries import owed
from networks.drafts.actions import keep, posted
from networks.drafts.queries import Box, Place
from networks.drafts.queries import box as open_box
from networks.files.queries import Parcel
from networks.hosting.queries import allowed, lines
from networks.listing import queries as listing
from networks.membership.door import network_page
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import actions, queries, rules
from .forms import (
    PostForm,
    ReplyForm,
    RestoreForm,
    RoomForm,
    ThreadForm,
    kept,
    parcel_of,
    typed_parcel,
)
from .models import Post


def keeps_words(view):
    """The place for somebody's words may go while they write: the network closes, the thread is
    deleted. The answer is the same 404 or 403, and gives the sender their own words back."""

    @wraps(view)
    def ask(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except (Http404, PermissionDenied) as no:
            words = request.POST.get("text", "")
            if not words.strip() or not request.user.is_authenticated:
                raise
            title = request.POST.get("title", "")
            context = {"title": title, "words": words}
            status = 404 if isinstance(no, Http404) else 403
            return render(request, "networks/discussions/kept.html", context, status=status)

    return ask


@require_safe
@network_page("take_part")
def talk(request, network):
    around = listed(network, request.user)
    return _list(request, network, around, [room for room in around.rooms if room.for_all])


@require_safe
@network_page("take_part")
def room(request, network, pk):
    around = listed(network, request.user, news=False)
    found = next((room for room in around.rooms if room.pk == pk), None)
    if found is None:
        raise Http404
    return _list(request, network, around, [found], found)


@keeps_words
@network_page("take_part", writes=True)
def thread_new(request, network):
    rooms = queries.rooms(network, request.user)
    place = _asked(request, rooms)
    if request.method != "POST":
        form, box = _box_for_a_thread(request, network, rooms, place)
        return _thread_new_page(request, network, rooms, place, form, box)
    form = ThreadForm([place] if place else rooms, request.POST)
    parcel = parcel_of(request, network, form)
    goal = Place(network, room=place or form.picked())
    if form.is_valid():
        where = form.chosen() or actions.open_first_room(network)
        try:
            said = form.said() | {"accepts": request.POST.get("accepts", "")}
            made = articles.start_thread(where, parcel, by=request.user, **said)
        except Refused as no:
            add_refusal(form, no)
        else:
            return _posted(request, goal, redirect("thread", network.slug, made.pk))
    box = keep(goal, request.POST, by=request.user)
    return _thread_new_page(request, network, rooms, place, form, box, parcel)


@keeps_words
@network_page("take_part")
def thread(request, network, pk):
    seen = _opened(request, network, pk)
    if request.method != "POST":
        return _thread_page(request, network, seen)
    found, form = seen.thread, ReplyForm(request.POST)
    parcel = parcel_of(request, network, form)
    if form.is_valid():
        said = {"words": form.cleaned_data["text"], "key": UUID(form.once)}
        said["accepts"] = request.POST.get("accepts", "")
        try:
            post = articles.reply(found, parcel, by=request.user, **said)
        except Refused as no:
            add_refusal(form, no)
        else:
            answer = _replied(request, network, found, post)
            return _posted(request, Place(network, thread=found), answer)
    return _thread_page(request, network, seen, form, parcel)


@keeps_words
@network_page("take_part")
def post_edit(request, network, thread_pk, pk):
    post = _own(request, network, thread_pk, pk)
    start = {"text": post.text, "was": actions.version(post)} | pages.typed(request)
    form, newer = PostForm(*_sent(request), initial=start), None
    parcel = parcel_of(request, network, form, post)
    if request.method == "POST" and form.is_valid():
        words, was = form.cleaned_data["text"], form.cleaned_data["was"]
        try:
            articles.edit(post, parcel, words=words, was=was, by=request.user)
        except Refused as no:
            add_refusal(form, no)
            form.compare_with(actions.version(post))
            newer = post.text
        else:
            pages.forget_typed(request)
            return redirect(_where(network, post))
    context = {"network": network, "post": post, "form": form, "newer": newer, "parcel": parcel}
    status = pages.status_of(form)
    return render(request, "networks/discussions/post_edit.html", context, status=status)


@network_page("take_part")
@require_POST
def post_delete(request, network, thread_pk, pk):
    post = _own(request, network, thread_pk, pk)
    taken = actions.delete(post, by=request.user)
    return _undo_offered(request, network, post, kept(post, taken) if taken else "")


@network_page("take_part")
@require_POST
def post_restore(request, network, thread_pk, pk):
    # Not through the thread: with its last post the thread went out of everybody's sight.
    rows = Post.objects.filter(network=network, thread=thread_pk, author=request.user)
    post = get_object_or_404(rows.select_related("thread"), pk=pk)
    form = RestoreForm(post, request.POST)
    try:
        if form.is_valid():
            articles.restore(post, form.cleaned_data["kept"], by=request.user)
            return redirect(_where(network, post))
    except Refused as no:
        add_refusal(form, no)
    return _undo_offered(request, network, post, "", form, pages.status_of(form))


@network_page("take_part")
@require_POST
def post_unread(request, network, thread_pk, pk):
    posts = Post.objects.visible_to(request.user).filter(network=network, thread=thread_pk)
    actions.mark_unread(get_object_or_404(posts, pk=pk), by=request.user)
    return redirect("talk", network.slug)


@network_page("take_part")
@require_POST
def thread_follow(request, network, pk):
    found = _thread(request, network, pk)
    on = request.POST.get("on") == "yes"
    actions.follow(found, request.user, on=on, by=request.user)
    if on and not _thread(request, network, pk).hears:
        messages.info(request, _("You chose no mail about talk here. Change that under “You”."))
    return redirect("thread", network.slug, pk)


@network_page("coordinate")
def room_new(request, network):
    form = RoomForm(network, *_sent(request), initial=pages.typed(request))
    if request.method == "POST" and form.is_valid():
        key = UUID(form.once)
        try:
            opened = actions.open_room(network, by=request.user, key=key, **form.cleaned_data)
        except Refused as no:
            add_refusal(form, no, "name")
        else:
            pages.forget_typed(request)
            return redirect("room", network.slug, opened.pk)
    context, status = {"network": network, "form": form}, pages.status_of(form)
    return render(request, "networks/discussions/room_new.html", context, status=status)


def _sent(request):
    """What a form is bound to; an empty POST is a sent form, too."""
    return [request.POST] if request.method == "POST" else []


def _asked(request, rooms):
    """The room that the address names, if any: "Start a thread" on a room's own page."""
    asked = pages.whole_number(request.GET.get("room"))
    return next((room for room in rooms if room.pk == asked), None)


def _writing(network, rooms, place):
    """What a page needs to say who can read what is written on it."""
    return {
        "network": network,
        "rooms": rooms,
        "room": place,
        "audience": queries.audience(network, place),
    }


def _list(request, network, around, within, place=None):
    only_new = request.GET.get("show") == "unread"
    before = rules.read(request.GET.get("before"))
    limit = rules.THREADS_A_PAGE + 1
    ask = {"only_new": only_new, "before": before, "limit": limit}
    # In the list of what is unread, what is pinned stands in its own place.
    found = queries.threads(within, request.user, apart=not only_new, **ask)
    pinned = [row for row in found if row.pinned and not only_new]
    others = found[len(pinned) :][:limit]
    shown, last = listing.page(others, within, request.user, before, only_new)
    context = _around(request, network, around, place) | {
        "threads": shown,
        "lines": listing.lines(pinned + shown, several=len(around.rooms) > 1 and not place),
        "only_new": only_new,
        "further": before != rules.NEWEST,
        "older": rules.written(last) if last else "",
    }
    form, box = _box_for_a_thread(request, network, around.rooms, place, around.drafts)
    context |= {"form": form, "box": box, "parcel": typed_parcel(request)}
    return render(request, "networks/discussions/talk.html", context)


def _around(request, network, around, place):
    return {
        "network": network,
        "rooms": around.rooms,
        "room": place,
        "audience": place.audience if place else around.audience,
        "news": around.news,
        "muted": around.muted,
        "owed": around.owes and _owed(request, network, around.rooms, place),
    }


def _box_for_a_thread(request, network, rooms, place, drafts=True):
    """The form for a new thread, with what its writer began before. `drafts`: whether they have
    any in this network."""
    typed, wanted = pages.typed(request), pages.whole_number(request.GET.get("draft"))
    there = drafts or typed
    box = open_box(Place(network, room=place), request.user, wanted, typed) if there else Box()
    start = {"title": box.title, "text": box.text}
    start |= {"room": box.room} if box.room else {}
    return ThreadForm([place] if place else rooms, initial=start | typed), box


def _owed(request, network, rooms, place):
    """House rules to be accepted with what is written; of which room, may not be chosen yet."""
    place = place or (rooms[0] if len(rooms) == 1 else None)
    return owed(network.pk, place and place.pk, request.user)


def _thread_new_page(request, network, rooms, place, form, box, parcel=None):
    context = _writing(network, rooms, place) | {"form": form, "box": box}
    context["owed"] = _owed(request, network, rooms, place or form.picked())
    context["parcel"] = parcel or typed_parcel(request)
    status = pages.status_of(form)
    return render(request, "networks/discussions/thread_new.html", context, status=status)


def _posted(request, place, answer):
    """What was typed is where it was meant to go, so nothing of it needs to be kept."""
    posted(place, request.POST, by=request.user)
    pages.forget_typed(request)
    return answer


def _thread(request, network, pk):
    found = queries.thread(network, request.user, pk)
    if found is None:
        raise Http404
    return found


def _opened(request, network, pk):
    found = opened(network, request.user, pk)
    if found is None:
        raise Http404
    return found


def _thread_page(request, network, seen, form=None, parcel=None):
    """`form`: a reply that did not go through; else the box with the reader's own draft."""
    place = Place(network, thread=seen.thread)
    if form:
        box = keep(place, request.POST, by=request.user)
    else:
        form, box = _box_for_a_reply(request, place, seen.drafts)
    context = _shown(request, network, seen) | {"form": form, "box": box}
    context["parcel"] = parcel or typed_parcel(request)
    if request.htmx and request.method == "POST":
        context["seen"] = request.POST.get("seen", "")
        answer = render(request, "networks/discussions/_reply.html", context, status=422)
        return reswap(retarget(answer, "#reply"), "outerHTML")
    context |= _part(request, network, seen)
    status = pages.status_of(form)
    return render(request, "networks/discussions/thread.html", context, status=status)


def _shown(request, network, seen):
    """A thread as its page and the part that comes with a reply show it."""
    found = seen.thread
    return {
        "network": network,
        "room": found.room,
        "audience": seen.audience,
        "thread": found,
        "may": allowed(found, request.user),
        "muted": seen.muted,
        "owed": seen.owes and owed(network.pk, found.room.pk, request.user),
    }


def _part(request, network, seen):
    """The part of the thread that was asked for, and what was done to the thread in it."""
    found, page = seen.thread, reverse("thread", args=(network.slug, seen.thread.pk))
    after, before = (pages.whole_number(request.GET.get(key)) for key in ("after", "before"))
    shown = part(found, request.user, page, after=after, before=before)
    if shown.read_to and request.method == "GET":
        actions.mark_read(found, request.user, shown.read_to)
    first, last = shown.posts[0].id, shown.posts[-1].id
    told = lines(found, first, last) if seen.changed else {}
    return {"part": shown, "seen": last, "lines": told}


def _box_for_a_reply(request, place, drafts):
    """The form for a reply, with the reader's own draft, and the post that they quote. `drafts`:
    whether they have any here."""
    typed = pages.typed(request)
    wanted, quoted = (pages.whole_number(request.GET.get(key)) for key in ("draft", "quote"))
    box = open_box(place, request.user, wanted, typed) if drafts or typed else Box()
    start = {"text": box.text} | typed
    if quoted and (quote := queries.quote(place.thread, quoted)):
        start["text"] = f"{start['text']}\n\n{quote}\n\n".lstrip()
        box = box._replace(unsaved=True)
    return ReplyForm(initial=start), box


def _replied(request, network, found, post):
    """With htmx what is new behind the last post on the screen, else the page with the reply."""
    seen = pages.whole_number(request.POST.get("seen"))
    if not request.htmx or seen is None:
        return redirect(_where(network, post))
    page = reverse("thread", args=(network.slug, found.pk))
    rows = behind(found, request.user, page, pk=seen, fresh=post.pk)
    if post.pk not in [row.id for row in rows]:
        return HttpResponseClientRedirect(_where(network, post))
    actions.mark_read(found, request.user, rows[-1].id)
    now = _opened(request, network, found.pk)
    context = _shown(request, network, now) | {"rows": rows, "seen": rows[-1].id}
    context |= {"form": ReplyForm(), "box": Box(), "parcel": Parcel()}
    answer = render(request, "networks/discussions/_replied.html", context)
    return trigger_client_event(answer, "say", {"value": rules.posted(now.thread.posts_count)})


def _own(request, network, thread_pk, pk):
    """A post of the reader's own. Somebody else's: 403 where they can read it, else 404."""
    posts = Post.objects.visible_to(request.user).filter(network=network, thread=thread_pk)
    post = get_object_or_404(posts.standing().select_related("thread__room"), pk=pk)
    if post.author_id != request.user.pk:
        raise PermissionDenied
    return post


def _where(network, post):
    """The part of the thread that ends with the post, at the post."""
    page = reverse("thread", args=(network.slug, post.thread_id))
    return f"{page}?before={post.pk + 1}#post-{post.pk}"


def _undo_offered(request, network, post, token, form=None, status=200):
    found = queries.thread(network, request.user, post.thread_id)
    context = {"network": network, "post": post, "thread": found, "kept": token}
    context["wrong"] = form.errors.get("kept", form.non_field_errors()) if form else []
    page, part = (f"networks/discussions/{name}post_deleted.html" for name in ("", "_"))
    return pages.page_or_fragment(request, page, part, context, status)
