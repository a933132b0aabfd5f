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
    except Refused as no:
        messages.error(request, str(no))
        return redirect("person", network.slug, request.user.pk)
    return redirect("left", network.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def left(request, slug):
    """Where somebody who left arrives, and can think again. For nobody else is there a page."""
    # The last one: somebody may have left, been invited again and left again.
    spell = queries.just_left(request.user).filter(network__slug=slug).first()
    if spell is None:
        raise Http404
    if request.method != "POST":
        return render(request, "networks/membership/left.html", {"network": spell.network})
    actions.restore_member(spell, by=request.user)
    messages.success(request, _("Welcome back. Nothing has changed."))
    return redirect(spell.network)
