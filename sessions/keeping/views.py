from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from networks.membership.door import network_page
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import actions, forms, queries, rules


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("take_part")
def keeping(request, network):
    """How long things are kept: for everybody to read; to change, after a look, by coordinators."""
    edits = request.user.has_perm("networks.coordinate", network)
    if request.method == "POST" and not edits:
        raise PermissionDenied
    if request.POST.get("press") == "undo":
        _taken_back(request, network)
        return redirect("keeping", network.slug)
    chosen = queries.chosen(network)
    start = forms.first(chosen) | pages.typed(request)
    form = forms.KeepingForm(request.POST if request.method == "POST" else None, initial=start)
    goes = None
    if form.is_valid():
        goes = queries.preview(network, form.said())
        if request.POST.get("press") == "keep" and _chosen(request, form, network):
            return redirect("keeping", network.slug)
    context = _around(network, chosen) | {"form": form, "goes": goes, "edits": edits}
    return render(request, "sessions/keeping/keeping.html", context, status=pages.status_of(form))


def _around(network, chosen):
    return {
        "network": network,
        "kinds": [(kind, chosen.get(kind.code)) for kind in rules.KINDS],
        "kept": [
            (k.title, rules.long(r.months if (r := chosen.get(k.code)) else None))
            for k in rules.KINDS
        ],
        "waiting": queries.waiting(network),
        "suggested": forms.SUGGESTED if settings.KEEP_MONTHS and not chosen else "",
        "day": queries.first_day(network),
    }


def _chosen(request, form, network):
    try:
        waits = actions.choose(network, form.said(), by=request.user)
    except Refused as no:
        add_refusal(form, no)
        return False
    pages.forget_typed(request)
    messages.success(
        request,
        _("Saved. Everybody here gets a mail, and nothing goes before that day.")
        if waits
        else _("Saved."),
    )
    return True


def _taken_back(request, network):
    try:
        actions.take_back(network, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Taken back. Nothing was deleted."))
