from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from networks.membership.door import network_page
from networks.membership.queries import members, readable_by
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import actions, queries, rules
from .forms import TextForm
from .models import Door


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def consents(request):
    """All that one agreed to, in every network; each taken back with one press."""
    if request.method == "POST":
        asked = request.POST.get("network")
        network = next((one for one in readable_by(request.user) if one.slug == asked), None)
        if network is None or request.POST.get("purpose") not in rules.BY_CODE:
            raise Http404
        _answered(request, network, request.POST["purpose"])
        return redirect(_onward(request) or f"{reverse('consents')}#{network.slug}")
    context = {"places": queries.asked_of(request.user)}
    return render(request, "networks/consents/yours.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate", writes=True)
def network_consents(request, network):
    """What people are asked here, and how many agree; and the form for one of the texts."""
    purpose = rules.BY_CODE.get(request.GET.get("purpose", ""))
    form = None
    if purpose:
        version, words = queries.in_force(network, purpose.code)
        start = {"text": words, "after": version} | pages.typed(request)
        form = TextForm(request.POST or None, initial=start)
        if form.is_valid() and _published(request, form, network, purpose):
            return redirect("network_consents", network.slug)
    context = {
        "network": network, "purpose": purpose, "form": form,
        "asked": [(one, queries.in_force(network, one.code)) for one in rules.PURPOSES],
        "counts": queries.counts(network), "people": members(network).count(),
        "versions": queries.history(network, purpose.code)[:20] if purpose else [],
    }  # fmt: skip
    status = pages.status_of(form) if form else 200
    return render(request, "networks/consents/network.html", context, status=status)


def _answered(request, network, purpose):
    """What the press changed, in words."""
    yes = request.POST.get("answer") == rules.YES
    door = Door.SESSION if request.POST.get("door") == Door.SESSION else Door.PAGE
    version = pages.whole_number(request.POST.get("version"))
    try:
        actions.answer(network, purpose, yes=yes, version=version, door=door, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        said = rules.BY_CODE[purpose]
        messages.success(request, str(said.given if yes else said.taken))


def _published(request, form, network, purpose):
    said = form.cleaned_data
    try:
        n = actions.publish(
            network, purpose.code, said["text"], after=said["after"], by=request.user
        )
    except Refused as no:
        add_refusal(form, no)
        form.data["after"] = queries.in_force(network, purpose.code)[0]
        return False
    pages.forget_typed(request)
    asked = ngettext("%(n)s person who had agreed is asked again.",
                     "%(n)s people who had agreed are asked again.", n) % {"n": n}  # fmt: skip
    messages.success(request, _("The new text is in force.") + (f" {asked}" if n else ""))
    return True


def _onward(request):
    """Back to the page that asked; never to another site."""
    onward = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure())
    return onward if safe else ""
