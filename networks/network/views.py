from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from networks.membership.door import network_page
from peernet.lib import pages, seen
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from .actions import SETTINGS, edit_network
from .forms import NetworkForm
from .models import Network


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def network_edit(request, network):
    row = Network.objects.get(pk=network.pk)  # a form that fails still writes on its instance
    initial = {"mark": seen.mark(row, SETTINGS)} | pages.typed(request)
    form = NetworkForm(request.POST or None, instance=row, initial=initial)
    if form.is_valid() and _saved(form, network, by=request.user):
        pages.forget_typed(request)
        messages.success(request, _("Saved."))
        return redirect("network_edit", network.slug)
    return render(
        request, "networks/network/edit.html", {"form": form}, status=pages.status_of(form)
    )


def _saved(form, network, *, by):
    try:
        edit_network(network, **form.cleaned_data, by=by)
    except Refused as no:
        add_refusal(form, no)
        # Whoever read that and saves again does so knowing what the other wrote.
        form.data["mark"] = seen.mark(Network.objects.get(pk=network.pk), SETTINGS)
        return False
    return True
