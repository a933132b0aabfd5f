from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from networks.discussions.queries import rooms
from networks.membership.actions import accept_charter
from networks.membership.door import network_page
from networks.network.queries import charter_in_force
from peernet.lib import pages, text
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import actions, queries, rules
from .forms import CharterForm


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("take_part")
def charter(request, network):
    room = _room(request, network)
    versions = queries.history(network, room and room.pk)
    now = versions[0] if versions and versions[0].text else None
    if request.method == "POST" and now:
        _accept(request, now)
        return redirect(_page("charter", network, room))
    said = queries.accepted_by(network.pk, room and room.pk, request.user)
    owed = next((one for one in _owed(network, room, request.user) if one.charter == now), None)
    context = _around(request, network, room) | {
        "charter": now, "text": now and text.html(now.text), "versions": versions,
        "standing": now and queries.standing(now), "mine": said, "owed": owed,
        "edits": request.user.has_perm("networks.coordinate", network),
        "older": _older(request, versions),
    }  # fmt: skip
    return render(request, "networks/charter/charter.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def charter_edit(request, network):
    room = _room(request, network)
    now = charter_in_force(network, room and room.pk)
    form = CharterForm(now, room, request.POST or None, initial=_start(now) | pages.typed(request))
    looks = "look" in request.POST and form.is_valid()
    if form.is_valid() and not looks and _published(form, network, room, by=request.user):
        pages.forget_typed(request)
        messages.success(request, _("The new house rules are in force."))
        return redirect(_page("charter", network, room))
    context = _around(request, network, room) | {
        "form": form, "now": now,
        "preview": text.html(form.cleaned_data["text"]) if looks else "",
        "lines": rules.changes(now.text, form.cleaned_data["text"]) if looks and now else [],
        "newer": text.html(now.text) if now and form.is_bound and form.non_field_errors() else "",
    }  # fmt: skip
    status = pages.status_of(form)
    return render(request, "networks/charter/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def charter_people(request, network):
    room = _room(request, network)
    now = charter_in_force(network, room and room.pk)
    if now is None or not now.text:
        return redirect(_page("charter", network, room))
    if request.method == "POST":
        _remind(request, now)
        return redirect(_page("charter_people", network, room))
    waiting, after = "waiting" in request.GET, pages.whole_number(request.GET.get("after"))
    found, onward = queries.page_of_people(now, after, waiting=waiting)
    context = _around(request, network, room) | {
        "charter": now, "people": found, "onward": onward, "waiting": waiting, "after": after,
        "counts": queries.counts(now), "standing": queries.standing(now),
    }  # fmt: skip
    return render(request, "networks/charter/people.html", context)


def _room(request, network):
    """The room that the address names; None for the network's own rules. A room that the reader
    does not enter is not there."""
    asked = request.GET.get("room")
    if asked is None:
        return None
    pk = pages.whole_number(asked)
    if found := next((one for one in rooms(network, request.user) if one.pk == pk), None):
        return found
    raise Http404


def _page(name, network, room):
    return reverse(name, args=(network.slug,)) + (f"?room={room.pk}" if room else "")


def _around(request, network, room):
    names = ("charter", "charter_edit", "charter_people")
    return {"network": network, "room": room, "pages": {n: _page(n, network, room) for n in names}}


def _owed(network, room, person):
    return queries.owed(network.pk, room and room.pk, person)


def _older(request, versions):
    """The version that the address names, what it said, and what changed with it."""
    number = pages.whole_number(request.GET.get("version"))
    at = next((i for i, one in enumerate(versions) if one.version == number), None)
    if at is None:
        return None
    before = versions[at + 1].text if at + 1 < len(versions) else ""
    one = versions[at]
    return {"charter": one, "text": text.html(one.text), "before": before,
            "lines": rules.changes(before, one.text) if before else []}  # fmt: skip


def _start(now):
    if now is None:
        return {"after": 0}
    return {"text": now.text, "after": now.version, "review_on": now.review_on}


def _published(form, network, room, *, by):
    try:
        actions.publish(network, **form.said(), room=room and room.pk, by=by)
    except Refused as no:
        add_refusal(form, no)
        form.data["after"] = charter_in_force(network, room and room.pk).version
        return False
    return True


def _accept(request, now):
    """Only the version they read; a newer one may have come in force while they did."""
    if request.POST.get("version") != str(now.version):
        messages.warning(request, _("The house rules have just changed. Read them once more."))
        return
    accept_charter(now, by=request.user)
    messages.success(request, _("Thank you. You accepted the house rules."))


def _remind(request, now):
    try:
        n = actions.remind(now, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        said = ngettext("%(n)s person gets a mail.", "%(n)s people get a mail.", n) % {"n": n}
        messages.success(request, said)
