from functools import wraps

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from networks.discussions import queries as talk
from networks.membership.door import network_page
from peernet.lib import pages
from peernet.lib.errors import Refused

from . import actions, queries
from .models import Draft
from .rules import sender, words


def signed_in_or_401(view):
    """A script asks here, not a person: it says itself that they were signed out. Their words
    are still on the screen, and posting them keeps them through the sign-in."""

    @wraps(view)
    def ask(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return HttpResponse(status=401)
        return view(request, *args, **kwargs)

    return ask


@signed_in_or_401
@network_page("take_part")
@require_POST
def draft_save(request, network):
    place = _place(request, network)
    try:
        draft = actions.save(place, words(request.POST), sender(request.POST), by=request.user)
    except Refused as no:
        return JsonResponse({"said": str(no)}, status=422)
    pages.forget_typed(request)
    if draft is None:
        return JsonResponse({"said": ""})
    return JsonResponse({"draft": draft.pk, "version": draft.version, "said": _("Draft saved.")})


@require_safe
@pages.signed_in
def drafts(request):
    return render(request, "networks/drafts/drafts.html", {"rows": queries.rows(request.user)})


@pages.signed_in
@require_POST
def draft_discard(request, pk):
    actions.discard(_own(request, pk), by=request.user)
    pages.offer_undo(request, _("The draft is discarded."), reverse("draft_restore", args=(pk,)))
    return redirect("drafts")


@pages.signed_in
@require_POST
def draft_restore(request, pk):
    actions.restore(_own(request, pk), by=request.user)
    return redirect("drafts")


def _own(request, pk):
    """Somebody else's draft is not there for anybody."""
    return get_object_or_404(Draft, pk=pk, person=request.user)


def _place(request, network):
    """The thread or the room that the box belongs to, if its writer may write there."""
    asked = pages.whole_number(request.GET.get("thread"))
    if asked is not None:
        if found := talk.thread(network, request.user, asked):
            return queries.Place(network, thread=found)
        raise Http404
    chosen = pages.whole_number(request.POST.get("room") or request.GET.get("room"))
    rooms = talk.rooms(network, request.user)
    return queries.Place(network, room=next((room for room in rooms if room.pk == chosen), None))
