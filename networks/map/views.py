from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from networks.membership.door import network_page
from networks.seats.queries import seat_of
from peernet.lib import pages, places
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import actions, queries
from .forms import SiteForm
from .models import Site


@require_safe
@network_page("view")
def network_map(request, network):
    spots, pins = queries.spots(request.user, network)
    context = {
        "network": network, "spots": spots, "pins": pins, "fewest": queries.FEWEST,
        "cut": len(spots) == queries.SHOWN, "width": places.WIDTH, "height": places.HEIGHT,
    }  # fmt: skip
    return render(request, "networks/map/map.html", context)


@network_page("take_part", writes=True)
def organisation_place(request, network, pk):
    seat = seat_of(network, pk)
    if seat is None:
        raise Http404
    if not queries.may_place(request.user, seat):
        raise PermissionDenied
    site = Site.objects.filter(organisation=pk).first()
    sent = (request.POST,) if request.method == "POST" else ()
    leads = queries.leads(request.user, seat)
    form = SiteForm(*sent, leads=leads, initial=_first(site) | pages.typed(request))
    if request.method == "POST" and form.is_valid() and _put(form, seat, by=request.user):
        pages.forget_typed(request)
        messages.success(request, _("Saved."))
        return redirect("network_map", network.slug)
    context = {"network": network, "seat": seat, "form": form, "leads": leads, "site": site}
    return render(request, "networks/map/place.html", context, status=pages.status_of(form))


def _first(site):
    """What the form shows first."""
    if site is None:
        return {}
    exact = f"{site.latitude}, {site.longitude}" if site.latitude is not None else ""
    return {"place": site.place, "exact": exact}


def _put(form, seat, *, by):
    try:
        actions.put(seat, **form.cleaned_data, by=by)
    except Refused as no:
        add_refusal(form, no)
        return False
    return True
