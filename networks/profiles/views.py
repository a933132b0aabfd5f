from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from networks.links.queries import linked
from networks.links.queries import visible_to as links_visible_to
from networks.links.rules import PEOPLE
from networks.membership.door import network_page
from peernet.lib import pages

from . import actions, forms, queries, rules


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def own_details(request):
    """What one tells of oneself; and under it, how others see it."""
    mine = queries.own(request.user)
    first = forms.first(mine) | (pages.typed(request) if request.method != "POST" else {})
    form = forms.DetailsForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        actions.tell(request.user, form.said(), by=request.user)
        pages.forget_typed(request)
        messages.success(request, _("Saved. This is how others see you."))
        return redirect(reverse("own_details") + "?look=member#seen")
    look = request.GET.get("look", "")
    view = look if look in rules.VIEWS else "member"
    context = {
        "form": form,
        "pairs": _pairs(form),
        "views": _views(view),
        "told": queries.in_order(queries.as_seen(request.user, rules.VIEWS[view][0])),
        "named": rules.VIEWS[view][0] <= rules.NETWORK,
    }
    return render(request, "networks/profiles/own.html", context, status=pages.status_of(form))


@require_safe
def card(request, pk):
    """Somebody, as far as they want to be seen by whoever looks, signed in or not."""
    reader = request.user if request.user.is_authenticated else None
    found = queries.card(reader, pk)
    if found is None:
        return _nobody(request)
    context = {"card": found, "told": queries.in_order(found.told)}
    return render(request, "networks/profiles/card.html", context)


@pages.signed_in
def _nobody(request):
    raise Http404


@require_safe
@network_page("view")
def link_people(request, network, pk):
    """Those of a linked network who want to be seen here, where it lets us see them."""
    row = links_visible_to(request.user, network).standing().filter(pk=pk)
    one = next(iter(linked(network, row)), None)
    if one is None or PEOPLE not in one.gets:
        raise Http404
    people = queries.people_of(request.user, one.other)
    after = pages.whole_number(request.GET.get("after"))
    found, onward = queries.page(people, after)
    context = {
        "network": network, "link": one.link, "other": one.other, "people": found,
        "told": queries.details(request.user, found),
        "onward": f"?{urlencode({'after': onward})}" if onward else "",
        "start": request.path if after else "",
    }  # fmt: skip
    return render(request, "networks/profiles/link_people.html", context)


def _pairs(form):
    """Each thing's own control (none for the address) and who sees it."""
    shown = [field.code for field in rules.FIELDS]
    return [(form[code] if code in form.fields else None, form[f"{code}_level"]) for code in shown]


def _views(now):
    """As whom one can look, as tabs."""
    return [
        {"label": words, "url": f"?look={code}#seen", "current": code == now}
        for code, (_view, words) in rules.VIEWS.items()
    ]
