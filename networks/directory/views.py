from datetime import datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.organisations.actions import DESCRIBED, describe
from networks.exchange.queries import topics, topics_of
from networks.membership.actions import change_role, remove_member, restore_member
from networks.membership.door import network_page
from networks.membership.queries import break_of, on_break
from networks.profiles.queries import details, in_order
from networks.seats.queries import holdings_of, organisations
from peernet.lib import clock, exports, pages, seen
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal, tidy

from . import actions, queries
from .forms import DayForm, NarrowForm, OrganisationForm, RoleForm


@require_safe
@network_page("view")
def people(request, network):
    looked_for, order = _asked(request.GET)
    narrow = _narrow(request.GET, request.user, network)
    everybody = queries.visible_to(request.user, network)
    after = pages.whole_number(request.GET.get("after"))
    here = queries.search(everybody.current(), looked_for, request.user)
    here = queries.narrowed(here, request.user, **narrow.asked())
    found, onward = queries.page(here, network, after, order)
    gone = pages.whole_number(request.GET.get("removed"))
    runs = request.user.has_perm("networks.coordinate", network)
    context = _said(request.user, network, found) | {
        "network": network, "rows": found,
        "narrow": narrow, "narrowed": narrow.words(), "q": looked_for, "sort": order,
        "orders": _orders(network, looked_for, order, narrow),
        "onward": _address(network, looked_for, order, narrow, onward) if onward else "",
        "start": _address(network, looked_for, order, narrow) if after else "",
        "runs": runs, "breaks": on_break(network) if runs else {},
        "undo": gone and everybody.filter(person=gone, reason="removed").first(),
    }  # fmt: skip
    return render(request, "networks/directory/people.html", context)


@require_POST
@network_page("coordinate")
def people_export(request, network):
    looked_for, order = _asked(request.POST)
    kind = "csv" if request.POST.get("kind") == "csv" else "xlsx"
    narrow = _narrow(request.POST, request.user, network).asked()
    heading, rows = actions.export_people(
        network, text=looked_for, narrow=narrow, order=order, kind=kind, by=request.user
    )
    name = f"{network.slug}-{clock.today(network.zone)}"
    return exports.attachment(kind, name, heading, rows)


@require_safe
@network_page("coordinate")
def people_on(request, network):
    """Who was in the network on a day: as it stood at its end, or now for today."""
    today = clock.today(network.zone)
    form = DayForm(request.GET if "day" in request.GET else None, today=today, auto_id="id_%s")
    day = form.cleaned_data["day"] if form.is_bound and form.is_valid() else None
    rows, onward, count = [], None, None
    if day:
        there = queries.here_on(network, _end_of(day, network))
        after = pages.whole_number(request.GET.get("after"))
        rows, onward = queries.page(there if after else queries.counted(there), network, after)
        count = None if after else rows[0].of_all if rows else 0
    context = {"network": network, "form": form, "day": day, "rows": rows, "count": count,
               "onward": onward, "today": today}  # fmt: skip
    return render(request, "networks/directory/people_on.html", context)


@require_POST
@network_page("coordinate")
def people_on_export(request, network):
    form = DayForm(request.POST, today=clock.today(network.zone))
    if not form.is_valid():
        return redirect("people_on", network.slug)
    day = form.cleaned_data["day"]
    heading, rows = actions.export_people_on(network, day, _end_of(day, network), by=request.user)
    return exports.attachment("csv", f"{network.slug}-{day}", heading, rows)


def _end_of(day, network):
    """The moment that stands for the day: its last, or now while it lasts."""
    beyond = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(network.zone))
    return min(beyond - timedelta(microseconds=1), clock.now())


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
            change_role(seen.first() or spell, form.cleaned_data["role"], by=request.user)
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
        remove_member(spell, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("person", network.slug, pk)
    return redirect(f"{reverse('people', args=[network.slug])}?removed={pk}")


@require_POST
@network_page("coordinate")
def person_restore(request, network, pk):
    spell = get_object_or_404(queries.visible_to(request.user, network), person=pk)
    try:
        restore_member(spell, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("%(name)s is back.") % {"name": spell.person.shown_name})
    return redirect("person", network.slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def organisation(request, network, pk):
    bodies = organisations(network)
    body = get_object_or_404(bodies, pk=pk)
    said = {name: getattr(body, name) for name in DESCRIBED}
    said["mark"] = seen.mark(body, DESCRIBED)
    form = OrganisationForm(request.POST or None, initial=said | pages.typed(request))
    if form.is_valid() and _placed(form, body, network, by=request.user):
        pages.forget_typed(request)
        messages.success(request, _("Saved."))
        return redirect("network_figures", network.slug)
    regions = sorted({one.region for one in bodies if one.region})
    context = {"body": body, "form": form, "regions": regions}
    page = "networks/directory/organisation.html"
    return render(request, page, context, status=pages.status_of(form))


def _placed(form, body, network, *, by):
    try:
        describe(body, **form.cleaned_data, network_id=network.pk, by=by)
    except Refused as no:
        add_refusal(form, no)
        body.refresh_from_db()
        form.data["mark"] = seen.mark(body, DESCRIBED)
        return False
    return True


def _page_of(request, network, spell, form):
    runs = request.user.has_perm("networks.coordinate", network)
    shown = runs or spell.person_id == request.user.pk
    told = details(request.user, [spell.person])[spell.person_id]
    context = {
        "network": network,
        "spell": spell,
        "person": spell.person,
        "topics": [] if spell.until else topics_of(network, spell.person),
        "told": [one for one in in_order(told) if one[0].code != "email"],
        # Whoever looks after the network keeps the address of those who left it: decision 29.
        "email": told.get("email", "") or (spell.person.email if runs else ""),
        "form": form,
        "runs": runs,
        "held": holdings_of(network, spell.person),
        "pause": break_of(network, spell.person) if shown else None,
    }
    page = "networks/directory/person.html"
    return render(request, page, context, status=pages.status_of(form))


def _asked(query):
    """What the list is searched for, and the order it stands in."""
    order = query.get("sort")
    text = " ".join(tidy(query.get("q", ""))[:100].split())
    return text, order if order in queries.ORDERS else "name"


def _said(reader, network, rows):
    """What the people of the rows tell the reader, and what they can be asked about."""
    people = [row.person for row in rows]
    topics_of_each = topics(network, [one.pk for one in people])
    return {"topics": topics_of_each, "told": details(reader, people)}


def _narrow(query, reader, network):
    return NarrowForm(query, cohorts=queries.cohorts(network, reader), auto_id="id_%s")


def _orders(network, looked_for, order, narrow):
    """The ways to sort, as tabs."""
    labels = {
        "name": _("By name"),
        "organisation": _("By organisation"),
        "since": _("Newest first"),
    }
    return [
        {"label": label, "url": _address(network, looked_for, key, narrow), "current": key == order}
        for key, label in labels.items()
    ]


def _address(network, looked_for, order, narrow, after=None):
    """The list from beyond a person on, with what was looked for."""
    query = ({"q": looked_for} if looked_for else {}) | narrow.words()
    query |= {"sort": order} if order != "name" else {}
    query |= {"after": after} if after else {}
    start = reverse("people", args=[network.slug])
    return f"{start}?{urlencode(query)}" if query else start
