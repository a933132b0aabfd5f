from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.people.adapter import not_too_often
from networks.membership.door import network_page
from networks.network.models import Network
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal, tidy

from . import actions, queries, rules
from .forms import EndForm, GivesForm, MadeOfForm, ProposalForm

FOUND = 20  # networks by name, at once


@require_safe
@network_page("view")
def links(request, network):
    mine = queries.visible_to(request.user, network)
    standing = queries.linked(network, mine.standing())
    groups = {where: [] for where in (rules.ABOVE, rules.BELOW, rules.BESIDE)}
    for one in standing:
        groups[one.where].append(one)
    context = {
        "network": network,
        "above": groups[rules.ABOVE],
        "below": groups[rules.BELOW],
        "beside": groups[rules.BESIDE],
        "asked": mine.waiting().filter(asker=network).order_by("pk"),
        "asking": mine.waiting().exclude(asker=network).order_by("pk"),
        "runs": request.user.has_perm("networks.coordinate", network),
    }
    return render(request, "networks/links/links.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def link_new(request, network):
    """First which network, then how it is to stand to this one."""
    typed = tidy(request.GET.get("to", ""))[:300].strip()
    slug = _slug(typed)
    if not slug:
        return _choose(request, network, typed)
    known = queries.known_to(request.user, network).filter(slug=slug).first()
    form = ProposalForm(request.POST or None, initial=pages.typed(request))
    if form.is_valid() and _proposed(request, network, known, slug, form):
        pages.forget_typed(request)
        messages.success(request, _("We have asked them. You see their answer here."))
        return redirect("links", network.slug)
    context = {"network": network, "known": known, "address": slug, "form": form}
    page = "networks/links/propose.html"
    return render(request, page, context, status=pages.status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def link_answer(request, network, pk):
    link, one = _coordinators_link(request, network, pk)
    form = GivesForm(_sent(request), initial=pages.typed(request))
    said, agrees = request.POST.get("answer"), request.POST.get("answer") == "agree"
    if said in ("agree", "declined") and form.is_valid():
        gives = form.cleaned_data["gives"] if agrees else []
        said = _("Linked.") if agrees else _("We tell them: not now.")
        _do(request, said, actions.answer, link, network, agrees=agrees, gives=gives)
        return redirect("link", network.slug, pk)
    if not link.waits or link.asker_id == network.pk:
        return redirect("link", network.slug, pk)
    context = {"network": network, "link": link, "one": one, "form": form,
               "where": link.where(network)}  # fmt: skip
    page = "networks/links/answer.html"
    return render(request, page, context, status=pages.status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def link_gives(request, network, pk):
    link, one = _coordinators_link(request, network, pk)
    now = {"gives": sorted(one.gives) if one else []}
    form = GivesForm(_sent(request), initial=now | pages.typed(request))
    if form.is_valid():
        _do(request, _("Saved."), actions.give, link, network, **form.cleaned_data)
        return redirect("link", network.slug, pk)
    if not link.stands:
        return redirect("link", network.slug, pk)
    context = {"network": network, "link": link, "one": one, "form": form}
    page = "networks/links/gives.html"
    return render(request, page, context, status=pages.status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def link_end(request, network, pk):
    link, one = _coordinators_link(request, network, pk)
    form = EndForm(_sent(request), initial=pages.typed(request))
    if form.is_valid():
        said = _("The link has ended.") if link.agreed_at else _("You have taken it back.")
        _do(request, said, actions.end, link, network, **form.cleaned_data)
        return redirect("links", network.slug)
    if not link.stands:
        return redirect("link", network.slug, pk)
    context = {"network": network, "link": link, "one": one, "form": form}
    page = "networks/links/end.html"
    return render(request, page, context, status=pages.status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def made_of(request, network):
    now = queries.made_of(network)
    shown = {"role": now.role if now else "", "adopts": True}
    form = MadeOfForm(request.POST or None, initial=shown | pages.typed(request, "adopts"))
    if form.is_valid():
        pages.forget_typed(request)
        if form.cleaned_data["role"]:
            actions.make_of(network, **form.cleaned_data, by=request.user)
        else:
            actions.stop_making_of(network, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("made_of", network.slug)
    context = {"network": network, "form": form, "now": now,
               "parts": queries.children(network).filter(closed_at=None).count()}  # fmt: skip
    page = "networks/links/made_of.html"
    return render(request, page, context, status=pages.status_of(form))


def _sent(request):
    """What the form sent: nothing ticked and nothing written is an answer, too."""
    return request.POST if request.method == "POST" else None


def _coordinators_link(request, network, pk):
    """The link, and how it stands with its flows; without the latter where nobody is asked."""
    link = get_object_or_404(queries.visible_to(request.user, network), pk=pk)
    return link, next(iter(queries.linked(network, [link])), None)


def _do(request, said, deed, link, network, **more):
    try:
        deed(link, network, **more, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, said)


def _slug(typed):
    """The network that an address names, whole or not: "libraries", "/n/libraries/", "https://…"."""
    path = urlsplit(typed).path if "/" in typed else f"/n/{typed}/"
    try:
        found = resolve(f"/{path.strip('/')}/")
    except Resolver404:
        return ""
    return found.kwargs.get("slug", "") if found.route.startswith("n/<slug") else ""


def _choose(request, network, typed):
    looked_for = tidy(request.GET.get("q", ""))[:100].strip()
    known = queries.known_to(request.user, network).filter(name__icontains=looked_for)
    here = reverse("link_new", args=[network.slug])
    rows = [(one.name, f"{here}?{urlencode({'to': one.slug})}") for one in known[: FOUND + 1]]
    context = {"network": network, "rows": rows[:FOUND], "more": len(rows) > FOUND,
               "q": looked_for, "typed": typed}  # fmt: skip
    status = 422 if typed else 200
    return render(request, "networks/links/choose.html", context, status=status)


def _proposed(request, network, known, slug, form):
    other = known or Network.objects.filter(slug=slug).first()
    address = "" if known else slug
    try:
        not_too_often(request, "link")
        actions.propose(network, other, address=address, **form.cleaned_data, by=request.user)
    except Refused as no:
        add_refusal(form, no)
        return False
    return True
