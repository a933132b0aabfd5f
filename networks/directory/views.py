from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from networks.membership import actions
from networks.membership.door import network_page
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal, tidy

from . import queries
from .forms import RoleForm


@require_safe
@network_page("view")
def people(request, network):
    looked_for = " ".join(tidy(request.GET.get("q", ""))[:100].split())
    everybody = queries.visible_to(request.user, network)
    here = everybody.current()
    after = pages.whole_number(request.GET.get("after"))
    found, onward = queries.page(queries.search(here, looked_for), network, after)
    removed = pages.whole_number(request.GET.get("removed"))
    context = {
        "network": network,
        "rows": found,
        "q": looked_for,
        "onward": _address(network, looked_for, onward) if onward else "",
        "start": _address(network, looked_for) if after else "",
        "runs": request.user.has_perm("networks.coordinate", network),
        "undo": removed and everybody.filter(person=removed, reason="removed").first(),
    }
    return render(request, "networks/directory/people.html", context)


@require_safe
@network_page("view")
def person(request, network, pk):
    spell = get_object_or_404(queries.visible_to(request.user, network), person=pk)
    form = RoleForm(initial={"role": spell.role, "spell": spell.pk})
    return _page_of(request, network, spell, form)


@require_POST
@network_page("coordinate")
def role(request, network, pk):
    spell = get_object_or_404(queries.visible_to(request.user, network), person=pk)
    form = RoleForm(request.POST)
    if form.is_valid():
        seen = spell.person.memberships.filter(network=network, pk=form.cleaned_data["spell"])
        try:
            actions.change_role(seen.first() or spell, form.cleaned_data["role"], by=request.user)
        except Refused as no:
            add_refusal(form, no)
            spell = get_object_or_404(queries.visible_to(request.user, network), person=pk)
            form.data["spell"] = spell.pk
        else:
            messages.success(request, _("Saved."))
            return redirect("person", network.slug, pk)
    return _page_of(request, network, spell, form)


@require_POST
@network_page("coordinate")
def person_remove(request, network, pk):
    spell = get_object_or_404(queries.visible_to(request.user, network), person=pk)
    try:
        actions.remove_member(spell, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("person", network.slug, pk)
    return redirect(f"{reverse('people', args=[network.slug])}?removed={pk}")


@require_POST
@network_page("coordinate")
def person_restore(request, network, pk):
    spell = get_object_or_404(queries.visible_to(request.user, network), person=pk)
    try:
        actions.restore_member(spell, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("%(name)s is back.") % {"name": spell.person.shown_name})
    return redirect("person", network.slug, pk)


def _page_of(request, network, spell, form):
    context = {
        "network": network,
        "spell": spell,
        "person": spell.person,
        "form": form,
        "runs": request.user.has_perm("networks.coordinate", network),
    }
    page = "networks/directory/person.html"
    return render(request, page, context, status=pages.status_of(form))


def _address(network, looked_for, after=None):
    """The list from beyond a person on, with what was looked for."""
    query = {"q": looked_for} if looked_for else {}
    query |= {"after": after} if after else {}
    start = reverse("people", args=[network.slug])
    return f"{start}?{urlencode(query)}" if query else start
