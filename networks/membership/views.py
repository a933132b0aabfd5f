from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peernet.lib import pages
from peernet.lib.errors import Refused

from . import actions, queries
from .door import network_page
from .forms import ComebackForm


@require_POST
@network_page("view")
def leave(request, network):
    try:
        actions.leave(network, by=request.user)
    except Refused:
        # Only the last coordinator is refused: here is who could take over.
        others = queries.members(network).exclude(pk=request.user.pk).exists()
        context = {"network": network, "others": others}
        return render(request, "networks/membership/stay.html", context, status=422)
    return redirect("left", network.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def left(request, slug):
    """Where somebody who left arrives, and can think again, or later ask to come back. For nobody
    else is there a page."""
    spell = queries.last_spell(request.user, slug)
    if spell is None or spell.until is None:
        raise Http404
    if request.method == "POST" and not spell.network.closed_at:
        return _came_back(request, spell)
    context = {"network": spell.network, "spell": spell, "form": ComebackForm(),
               "fresh": queries.just_left(request.user).filter(pk=spell.pk).exists(),
               "asked": queries.comeback_of(spell.network, request.user)}  # fmt: skip
    return render(request, "networks/membership/left.html", context)


def _came_back(request, spell):
    """At once while it is fresh; else the coordinators are asked."""
    if queries.just_left(request.user).filter(pk=spell.pk).exists():
        actions.restore_member(spell, by=request.user)
        messages.success(request, _("Welcome back. Nothing has changed."))
        return redirect(spell.network)
    form = ComebackForm(request.POST)
    if not form.is_valid():
        context = {"network": spell.network, "spell": spell, "form": form, "fresh": False,
                   "asked": None}  # fmt: skip
        return render(request, "networks/membership/left.html", context, status=422)
    try:
        actions.ask_to_come_back(spell.network, **form.cleaned_data, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    return redirect("left", spell.network.slug)


@require_safe
@network_page("coordinate")
def comebacks(request, network):
    rows = queries.asked_to_come_back(network)
    return render(request, "networks/membership/comebacks.html", {"network": network, "rows": rows})


@require_POST
@network_page("coordinate")
def comeback_answer(request, network, pk):
    asked = get_object_or_404(network.comebacks.select_related("person"), pk=pk)
    welcome = request.POST.get("answer") == "welcome"
    try:
        actions.answer_comeback(asked, welcome=welcome, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        said = _("%(name)s is back.") if welcome else _("We tell %(name)s: not now.")
        messages.success(request, said % {"name": asked.person.shown_name})
    return redirect("comebacks", network.slug)


@require_POST
@network_page("take_part")
def steps_away(request, network):
    actions.put_away_steps(network, by=request.user)
    return redirect("run", network.slug) if "run" in request.POST else redirect("home")
