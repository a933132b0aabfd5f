from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from networks.directory import queries as people
from networks.discussions import queries as talk
from networks.membership.door import network_page
from peernet.lib import pages

from . import actions
from .forms import MOST, MarksForm, kept


@network_page("take_part")
@require_POST
def talk_mute(request, network):
    said = _("Talk in %(network)s is muted for you.") % {"network": network.name}
    return _muted(request, network, actions.mute, said, "talk", "talk_unmute")


@network_page("take_part")
@require_POST
def talk_unmute(request, network):
    said = _("You hear of talk in %(network)s again.") % {"network": network.name}
    return _muted(request, network, actions.unmute, said, "talk", "talk_mute")


@network_page("take_part")
@require_POST
def room_mute(request, network, pk):
    room = _room(request, network, pk)
    said = _("“%(room)s” is muted for you.") % {"room": room.name}
    return _muted(request, network, actions.mute, said, "room", "room_unmute", room=room)


@network_page("take_part")
@require_POST
def room_unmute(request, network, pk):
    room = _room(request, network, pk)
    said = _("You hear of “%(room)s” again.") % {"room": room.name}
    return _muted(request, network, actions.unmute, said, "room", "room_mute", room=room)


@network_page("take_part")
@require_POST
def thread_mute(request, network, pk):
    found = _thread(request, network, pk)
    said = _("This thread is muted for you.")
    return _muted(request, network, actions.mute, said, "thread", "thread_unmute", thread=found)


@network_page("take_part")
@require_POST
def thread_unmute(request, network, pk):
    found = _thread(request, network, pk)
    said = _("You hear of this thread again.")
    return _muted(request, network, actions.unmute, said, "thread", "thread_mute", thread=found)


@network_page("take_part")
@require_POST
def talk_read(request, network):
    """The open rooms: what the page lists."""
    places = [room for room in talk.rooms(network, request.user) if room.for_all]
    return _all_read(request, network, places, reverse("talk", args=(network.slug,)))


@network_page("take_part")
@require_POST
def room_read(request, network, pk):
    room = _room(request, network, pk)
    return _all_read(request, network, [room], reverse("room", args=(network.slug, pk)))


@network_page("take_part")
@require_POST
def talk_unread(request, network):
    form = MarksForm(request.POST)
    if form.is_valid():
        actions.put_back(network, form.cleaned_data["kept"], by=request.user)
    else:
        messages.error(request, " ".join(form.errors["kept"]))
    return redirect("talk", network.slug)


@require_safe
@network_page("take_part")
def talk_readers(request, network):
    return _readers(request, network)


@require_safe
@network_page("take_part")
def room_readers(request, network, pk):
    return _readers(request, network, _room(request, network, pk))


def _readers(request, network, room=None):
    # The people page's own list, which is the list of those whom the rooms let in.
    rows = people.visible_to(request.user, network).current()
    if room and room.cohort_id:
        rows = rows.filter(person__in=talk.readers(network, room))
    after = pages.whole_number(request.GET.get("after"))
    found, onward = people.page(rows, network, after)
    context = {
        "network": network,
        "room": room,
        "rows": found,
        "onward": onward,
        "start": bool(after),
        "audience": talk.audience(network, room),
        "rooms": [] if room else [one for one in talk.rooms(network, request.user) if one.for_all],
    }
    return render(request, "networks/reading/readers.html", context)


def _muted(request, network, deed, said, page, opposite, **what):
    deed(network, by=request.user, **what)
    args = (network.slug, *(one.pk for one in what.values()))
    pages.offer_undo(request, said, reverse(opposite, args=args))
    return redirect(page, *args)


def _all_read(request, network, rooms, page):
    marks = actions.mark_all_read(rooms, by=request.user)
    said = ngettext(
        "%(n)s thread counts as read now.", "%(n)s threads count as read now.", len(marks)
    ) % {"n": len(marks)}
    if 0 < len(marks) <= MOST:
        back = reverse("talk_unread", args=(network.slug,))
        pages.offer_undo(request, said, back, kept=kept(marks))
    else:
        messages.success(request, said if marks else _("There was nothing new."))
    return redirect(page)


def _room(request, network, pk):
    places = talk.rooms(network, request.user)
    if found := next((room for room in places if room.pk == pk), None):
        return found
    raise Http404


def _thread(request, network, pk):
    if found := talk.thread(network, request.user, pk):
        return found
    raise Http404
