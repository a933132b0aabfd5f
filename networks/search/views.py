from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from networks.membership.queries import readable_by
from peernet.lib import pages

from . import queries
from .rules import LONGEST, MOST, NEWEST, PAGE


@require_safe
@pages.signed_in
def search(request):
    places = list(readable_by(request.user))
    here = next((place for place in places if place.slug == request.GET.get("in")), None)
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]
    page = min(pages.whole_number(request.GET.get("page")) or 0, MOST // PAGE)
    found = queries.search(request.user, text, network=here, page=page) if text else None
    context = {
        "q": text, "network": here, "places": places, "found": found, "newest": NEWEST,
        "back": _address(text, here, page - 1) if page else "",
        "onward": _address(text, here, page + 1) if found and found.more else "",
        "everywhere": _address(text, None, 0) if here and len(places) > 1 else "",
    }  # fmt: skip
    return render(request, "networks/search/search.html", context)


def _address(text, network, page):
    asked = {"q": text, "in": network and network.slug, "page": page}
    return f"{reverse('search')}?{urlencode({key: value for key, value in asked.items() if value})}"
