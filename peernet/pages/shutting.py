"""Closing a network, one of the two true confirmations, and opening it again."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from networks.invitations.models import Invitation
from networks.membership.door import network_page, operators_page
from networks.membership.queries import members
from networks.network.models import Network
from peernet.lib import clock, pages
from peernet.lib.errors import Refused
from peernet.lib.forms import Form, add_refusal
from sessions.cadence.models import Session

from .actions import close_network, reopen_network


class ShuttingForm(Form):
    """It touches everybody, so it asks for something that no slip of a finger types."""

    words = forms.CharField(
        label=gettext_lazy("A few words to everybody"),
        help_text=gettext_lazy(
            "Why it closes, and where to find each other. It goes with the mail."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=300,
        required=False,
    )
    name = forms.CharField(
        label=gettext_lazy("Type the name of the network, to confirm"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        max_length=120,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def network_close(request: HttpRequest, network: Network) -> HttpResponse:
    form = ShuttingForm(request.POST or None, initial=pages.typed(request))
    if form.is_valid():
        try:
            close_network(network, **form.cleaned_data, by=request.user)
        except Refused as no:
            add_refusal(form, no, "name")
        else:
            pages.forget_typed(request)
            return redirect(network)
    ahead = Session.objects.filter(network=network).ahead(clock.now())
    context = {
        "form": form,
        "network": network,
        "people": members(network).count(),
        "ahead": ahead.count(),
        "asked": Invitation.objects.filter(network=network).open().count(),
    }
    return render(request, "pages/network_close.html", context, status=pages.status_of(form))


@require_POST
@network_page("reopen")
def network_reopen(request: HttpRequest, network: Network) -> HttpResponse:
    return _reopened(request, network, network.get_absolute_url())


@require_POST
@operators_page
def operate_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _reopened(request, get_object_or_404(Network, pk=pk), "operate_networks")


def _reopened(request: HttpRequest, network: Network, back: str) -> HttpResponse:
    try:
        reopen_network(network, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("%(name)s is open again.") % {"name": network.name})
    return redirect(back)
