from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from networks.membership.actions import accept_charter
from networks.membership.door import network_page
from networks.membership.queries import charter_standing
from peernet.lib import pages, seen, text
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from .actions import SETTINGS, edit_network, publish_charter
from .forms import CharterForm, NetworkForm
from .models import Network
from .queries import charter_in_force


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


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("take_part")
def charter(request, network):
    rules = charter_in_force(network)
    if request.method == "POST" and rules:
        _accept(request, rules)
        return redirect("charter", network.slug)
    context = {
        "charter": rules,
        "text": rules and text.html(rules.text),
        "standing": rules and charter_standing(rules, request.user),
        "edits": request.user.has_perm("networks.coordinate", network),
    }
    return render(request, "networks/network/charter.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def charter_edit(request, network):
    now = charter_in_force(network)
    initial = {"text": now.text, "after": now.version} if now else {"after": 0}
    form = CharterForm(request.POST or None, initial=initial | pages.typed(request))
    looks = "look" in request.POST and form.is_valid()
    if form.is_valid() and not looks and _published(form, network, by=request.user):
        pages.forget_typed(request)
        messages.success(request, _("The new house rules are in force."))
        return redirect("charter", network.slug)
    context = {
        "form": form,
        "preview": text.html(form.cleaned_data["text"]) if looks else "",
        "newer": text.html(now.text) if form.is_bound and form.non_field_errors() else "",
    }
    return render(
        request, "networks/network/charter_edit.html", context, status=pages.status_of(form)
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


def _published(form, network, *, by):
    try:
        publish_charter(network, **form.cleaned_data, by=by)
    except Refused as no:
        add_refusal(form, no)
        form.data["after"] = charter_in_force(network).version
        return False
    return True


def _accept(request, rules):
    """Only the version they read; a newer one may have come in force while they did."""
    if request.POST.get("version") != str(rules.version):
        messages.warning(request, _("The house rules have just changed. Read them once more."))
        return
    accept_charter(rules, by=request.user)
    messages.success(request, _("Thank you. You accepted the house rules."))
