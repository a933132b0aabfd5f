from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from peernet.lib import pages
from peernet.lib.errors import Refused

from . import actions, queries
from .door import network_page


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
    """Where somebody who left arrives, and can think again; later they are led to where they can
    ask to come back. For nobody else is there a page."""
    spell = queries.last_spell(request.user, slug)
    if spell is None or spell.until is None:
        raise Http404
    fresh = queries.just_left(request.user).filter(pk=spell.pk).exists()
    if request.method == "POST" and fresh:
        actions.restore_member(spell, by=request.user)
        messages.success(request, _("Welcome back. Nothing has changed."))
        return redirect(spell.network)
    if spell.reason == "left" and not fresh and not spell.network.closed_at:
        return redirect("ask", slug)
    context = {"network": spell.network, "spell": spell, "fresh": fresh}
    return render(request, "networks/membership/left.html", context)


@require_POST
@network_page("take_part")
def steps_away(request, network):
    actions.put_away_steps(network, by=request.user)
    return redirect("run", network.slug) if "run" in request.POST else redirect("home")
