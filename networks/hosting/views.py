from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from networks.discussions.actions import change_history
from networks.discussions.queries import rooms
from networks.discussions.queries import thread as find
from networks.membership.door import network_page
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import actions, queries
from .forms import HistoryForm, MoveForm, TitleForm


@network_page("take_part")
def thread_rename(request, network, pk):
    thread = _thread(request, network, pk)
    if not queries.allowed(thread, request.user).rename:
        raise PermissionDenied
    form = TitleForm(*_sent(request), initial={"title": thread.title} | pages.typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename(thread, form.cleaned_data["title"], by=request.user)
        except Refused as no:
            add_refusal(form, no, "title")
        else:
            pages.forget_typed(request)
            here = reverse("thread_rename", args=(network.slug, pk))
            pages.offer_undo(request, _("The title is changed."), here, title=thread.title)
            return redirect("thread", network.slug, pk)
    context = {"network": network, "thread": thread, "room": thread.room, "form": form}
    status = pages.status_of(form)
    return render(request, "networks/hosting/thread_rename.html", context, status=status)


@network_page("facilitate")
def thread_move(request, network, pk):
    thread = _thread(request, network, pk)
    form = MoveForm(queries.goals(thread, request.user), *_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.move(thread, form.chosen(), by=request.user)
        except Refused as no:
            add_refusal(form, no)
        else:
            _offer_the_way_back(request, thread, form.chosen())
            return redirect("thread", network.slug, pk)
    context = {"network": network, "thread": thread, "room": thread.room, "form": form}
    status = pages.status_of(form)
    return render(request, "networks/hosting/thread_move.html", context, status=status)


@network_page("facilitate")
@require_POST
def thread_close(request, network, pk):
    said = _("This thread is closed. Nobody can reply to it.")
    return _done(request, network, pk, actions.close, said, "thread_reopen")


@network_page("facilitate")
@require_POST
def thread_reopen(request, network, pk):
    said = _("This thread is open again. Everybody can reply to it.")
    return _done(request, network, pk, actions.reopen, said, "thread_close")


@network_page("facilitate")
@require_POST
def thread_pin(request, network, pk):
    said = _("This thread now comes first in its room.")
    return _done(request, network, pk, actions.pin, said, "thread_unpin")


@network_page("facilitate")
@require_POST
def thread_unpin(request, network, pk):
    said = _("This thread now stands where its last post puts it.")
    return _done(request, network, pk, actions.unpin, said, "thread_pin")


@network_page("coordinate")
def room_history(request, network, pk):
    room = next((one for one in rooms(network, request.user) if one.pk == pk), None)
    if room is None:
        raise Http404
    form = HistoryForm(*_sent(request), initial={"history": room.history} | pages.typed(request))
    if request.method == "POST" and form.is_valid():
        change_history(room, form.cleaned_data["history"], by=request.user)
        pages.forget_typed(request)
        messages.success(request, _("Everybody sees this rule now, before they write."))
        return redirect("room", network.slug, pk)
    context, status = {"network": network, "room": room, "form": form}, pages.status_of(form)
    return render(request, "networks/hosting/room_history.html", context, status=status)


def _done(request, network, pk, deed, said, opposite):
    """A deed that needs one press; what was done, and its opposite as the way back."""
    thread = _thread(request, network, pk)
    try:
        deed(thread, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        pages.offer_undo(request, said, reverse(opposite, args=(network.slug, pk)))
    return redirect("thread", network.slug, pk)


def _offer_the_way_back(request, thread, room):
    said = _("The thread is now in “%(room)s”.") % {"room": room.name}
    if not thread.room.takes(room):
        messages.success(request, said)
        return
    here = reverse("thread_move", args=(request.network.slug, thread.pk))
    pages.offer_undo(request, said, here, room=thread.room_id)


def _thread(request, network, pk):
    found = find(network, request.user, pk)
    if found is None:
        raise Http404
    return found


def _sent(request):
    return [request.POST] if request.method == "POST" else []
