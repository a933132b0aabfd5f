from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from networks.handover.queries import of_seat
from networks.invitations.actions import ask_in, restore_invitation, withdraw_invitation
from networks.invitations.models import Invitation, Nomination
from networks.invitations.queries import asked_for
from networks.membership.door import network_page
from peernet.lib import clock, pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal, tidy

from . import actions, queries
from .forms import AskInForm, EndForm, PartForm


@require_safe
@network_page("view")
def organisations(request, network):
    """The organisations in a network, and how many speak for each."""
    looked_for = " ".join(tidy(request.GET.get("q", ""))[:100].split())
    after = pages.whole_number(request.GET.get("after"))
    rows, onward = queries.page_of_seats(network, text=looked_for, after=after)
    context = {"network": network, "rows": rows, "onward": onward, "q": looked_for,
               "start": bool(after),
               "coordinates": request.user.has_perm("networks.coordinate", network)}  # fmt: skip
    return render(request, "networks/seats/organisations.html", context)


@require_safe
@network_page("view")
def seat(request, network, pk):
    """An organisation's place in the network: who holds it, and for coordinators who did."""
    place = _seat(network, pk)
    looks_after, nominates = _rights(request.user, place)
    ended = pages.whole_number(request.GET.get("ended"))
    rows = queries.holders(place).select_related("person", "seat__network")
    past = list(queries.past_holders(place)[:50]) if looks_after else []
    context = {
        "network": network,
        "seat": place,
        "rows": rows,
        "past": past,
        "looks_after": looks_after,
        "nominates": nominates,
        "asked": _waiting(place, request.user) if nominates else [],
        "handovers": of_seat(place, request.user),
        "may_hand_over": _may_hand_over(request.user, rows),
        "undo": next((one for one in past if one.pk == ended), None),
    }
    return render(request, "networks/seats/seat.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("view")
def seat_ask(request, network, pk):
    place = _seat(network, pk)
    if not request.user.has_perm("networks.nominate", place):
        raise PermissionDenied
    leads = request.user.has_perm("networks.look_after", place)
    form = AskInForm(request.POST or None, initial=pages.typed(request), leads=leads)
    if form.is_valid():
        try:
            made = ask_in(place, **form.cleaned_data, once=form.key, by=request.user)
        except Refused as no:
            add_refusal(form, no, "email")
        else:
            pages.forget_typed(request)
            messages.success(request, _asked(made))
            return redirect("seat", network.slug, pk)
    context = {"network": network, "seat": place, "form": form,
               "waits": not leads and not network.leads_invite}  # fmt: skip
    return render(request, "networks/seats/ask.html", context, status=pages.status_of(form))


@require_POST
@network_page("view")
def seat_asked(request, network, pk, asked_pk):
    """Take back that somebody is asked for, or undo that."""
    place = _seat(network, pk)
    if not request.user.has_perm("networks.nominate", place):
        raise PermissionDenied
    row = get_object_or_404(asked_for(place, request.user), pk=asked_pk)
    deed = restore_invitation if request.POST.get("deed") == "restore" else withdraw_invitation
    try:
        deed(row, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    return redirect("seat", network.slug, pk)


def _rights(person, place):
    return [person.has_perm(f"networks.{ability}", place) for ability in ("look_after", "nominate")]


def _waiting(place, person):
    """Who was asked and is not in yet, each with whether their link has run out."""
    return [(one, one.ends_at <= clock.now()) for one in asked_for(place, person)[:50]]


def _asked(made):
    if isinstance(made, Invitation) and made.nomination == Nomination.WAITS:
        return _("%(name)s is nominated. A coordinator says yes or not now.") % {"name": made.name}
    if isinstance(made, Invitation):
        return _("%(name)s is invited. The mail goes in a moment.") % {"name": made.name}
    return _("%(name)s is in the network already, and now speaks for it too.") % {
        "name": made.person.shown_name
    }


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def holding(request, network, pk, held_pk):
    place = _seat(network, pk)
    row = get_object_or_404(queries.holders(place), pk=held_pk)
    form = PartForm(request.POST or None, initial={"part": row.part})
    if form.is_valid():
        try:
            actions.change_part(row, form.cleaned_data["part"], by=request.user)
        except Refused as no:
            add_refusal(form, no)
        else:
            messages.success(request, _("Saved."))
            return redirect("seat", network.slug, pk)
    return _page_of(request, place, row, form, EndForm())


@require_POST
@network_page("coordinate")
def holding_end(request, network, pk, held_pk):
    place = _seat(network, pk)
    row = get_object_or_404(queries.holders(place), pk=held_pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _page_of(request, place, row, PartForm(initial={"part": row.part}), form)
    ended = actions.end_holding(row, form.cleaned_data["reason"], by=request.user)
    return redirect(f"{reverse('seat', args=[network.slug, pk])}?ended={ended.pk}")


@require_POST
@network_page("coordinate")
def holding_resume(request, network, pk, held_pk):
    place = _seat(network, pk)
    row = get_object_or_404(place.holdings.select_related("person"), pk=held_pk)
    try:
        actions.resume_holding(row, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        said = _("%(name)s speaks for it again.") % {"name": row.person.shown_name}
        messages.success(request, said)
    return redirect("seat", network.slug, pk)


def _may_hand_over(person, rows):
    """Whose part the person may hand over: their own, or as a coordinator anybody's."""
    return {row.pk for row in rows if person.has_perm("networks.hand_over", row)}


def _seat(network, pk):
    """The place of the organisation with this id, 404 where it has none."""
    if found := queries.seat_of(network, pk):
        return found
    raise Http404


def _page_of(request, place, row, form, ending):
    context = {"network": place.network, "seat": place, "row": row, "form": form, "ending": ending}
    status = max(pages.status_of(form), pages.status_of(ending))
    return render(request, "networks/seats/holding.html", context, status=status)
