"""The pages of linked networks that read several wings: one link, and all networks of a parent."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from networks.links import queries
from networks.links.rules import BELOW
from networks.membership.door import network_page
from networks.network.models import Network
from peernet.lib import clock, exports, pages, text
from peernet.lib.forms import tidy

from . import ours


@require_safe
@network_page("view")
def link(request: HttpRequest, network: Network, pk: int) -> HttpResponse:
    row = queries.visible_to(request.user, network).filter(pk=pk).first()
    if row is None:
        raise Http404
    found = queries.linked(network, [row])
    runs = request.user.has_perm("networks.coordinate", network)
    one = found[0] if found else None
    card = ours.cards(found)[0] if one and row.stands else None
    context = {
        "network": network, "link": row, "one": one, "card": card, "runs": runs,
        "where": row.where(network), "mine": row.asker_id == network.pk,
        "cells": _facts(card) if card else [],
        "purpose": text.html(one.other.purpose) if card and card.gets(ours.FACTS) else "",
    }  # fmt: skip
    return render(request, "pages/link.html", context)


def _facts(card: ours.Card) -> list[tuple[Any, str]]:
    return list(zip(ours.HEADS[1:], ours.cells(card), strict=True))


@require_safe
@network_page("view")
def our_networks(request: HttpRequest, network: Network) -> HttpResponse:
    """Every network that is part of this one, as far as each lets itself be seen."""
    looked_for, order = _asked(request)
    every = _cards(network)
    found = ours.ordered(_search(every, looked_for), order)
    after = pages.whole_number(request.GET.get("after"))
    shown, onward = ours.page(found, after)
    context = {
        "network": network, "rows": [(card, ours.cells(card)) for card in shown],
        "heads": ours.HEADS, "q": looked_for, "sort": order, "of": len(every),
        "sums": ours.sums(every), "orders": _orders(network, looked_for, order),
        "onward": _address(network, looked_for, order, onward) if onward else "",
        "start": _address(network, looked_for, order) if after else "",
        "runs": request.user.has_perm("networks.coordinate", network),
    }  # fmt: skip
    return render(request, "pages/our_networks.html", context)


@require_safe
@network_page("view")
def our_networks_csv(request: HttpRequest, network: Network) -> HttpResponse:
    """The same lines as a file; nothing in it that the page does not say."""
    looked_for, order = _asked(request)
    found = ours.ordered(_search(_cards(network), looked_for), order)
    rows = ([card.network.name, *ours.cells(card)] for card in found)
    name = f"{network.slug}-networks-{clock.today(network.zone)}"
    return exports.attachment("csv", name, [str(head) for head in ours.HEADS], rows)


def _cards(network: Network) -> list[ours.Card]:
    return ours.cards([one for one in queries.linked(network) if one.where == BELOW])


def _search(found: list[ours.Card], looked_for: str) -> list[ours.Card]:
    return [card for card in found if looked_for.casefold() in card.network.name.casefold()]


def _asked(request: HttpRequest) -> tuple[str, str]:
    """What is searched for, and the order it stands in."""
    order = request.GET.get("sort", "")
    looked_for = " ".join(tidy(request.GET.get("q", ""))[:100].split())
    return looked_for, order if order in ours.ORDERS else "name"


def _orders(network: Network, looked_for: str, order: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": _address(network, looked_for, key), "current": key == order}
        for key, (label, _key) in ours.ORDERS.items()
    ]


def _address(network: Network, looked_for: str, order: str, after: int | None = None) -> str:
    query: dict[str, Any] = {"q": looked_for} if looked_for else {}
    query |= {"sort": order} if order != "name" else {}
    query |= {"after": after} if after else {}
    start = reverse("our_networks", args=[network.slug])
    return f"{start}?{urlencode(query)}" if query else start


def neighbours(network: Network) -> list[tuple[queries.Linked, str]]:
    """The networks above and beside this one, for its front page: each with how it stands."""
    said = {"above": _("This network is part of it"), "beside": _("Stands beside this network")}
    found = queries.linked(network)
    return [(one, said[one.where]) for one in found if one.where in said]
