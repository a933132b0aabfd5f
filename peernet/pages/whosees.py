from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from networks.membership.door import network_page
from networks.network.models import Network
from peernet.lib import pages

from . import duties, sight, things


@require_safe
@network_page("view")
def who_sees(request: HttpRequest, network: Network, kind: str, pk: int) -> HttpResponse:
    """Who can see a thing, and why: the asker, and whoever of those they know they look up."""
    thing = things.find(kind, network, pk, request.user)
    if thing is None:
        raise Http404
    asked = request.GET.get("q", "")[:100].replace("\0", "")
    picked = pages.whole_number(request.GET.get("person"))
    one = sight.one_of_them(request.user, network, picked)
    found = [one] if one else sight.look_up(request.user, network, asked)
    context = {
        "network": network,
        "thing": thing,
        "mine": sight.answer(thing, request.user, request.user),
        "q": asked,
        "looked": bool(asked.strip() or picked),
        "answers": [sight.answer(thing, person, request.user) for person in found],
    }
    return render(request, "pages/who_sees.html", context)


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do: the door's own table."""
    return render(request, "pages/about/roles.html", {"table": duties.table()})
