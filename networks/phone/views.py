from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.people.adapter import not_too_often
from networks.membership.door import network_page
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import actions, queries
from .forms import CallForm, LineForm


@require_safe
@network_page("take_part")
def phone(request, network):
    before = pages.whole_number(request.GET.get("before"))
    found, onward = queries.page(queries.lines(network, request.user), before)
    calls = queries.calls(network, request.user)
    context = {
        "network": network,
        "rows": found,
        "calls": calls,
        "asked": {call.person for call in calls if call.mine},
        "mine": queries.line_of(network, request.user),
        "agreed": queries.agreed(network),
        "older": f"?before={onward}" if onward else "",
        "newer": request.path if before else "",
    }
    return render(request, "networks/phone/phone.html", context)


@network_page("take_part", writes=True)
def phone_line(request, network):
    mine = queries.line_of(network, request.user)
    said = {"number": mine.number, "times": mine.times, "topics": mine.topics} if mine else {}
    form = LineForm(*_sent(request), initial=said | pages.typed(request))
    if request.method == "POST" and form.is_valid():
        actions.open_line(network, by=request.user, **form.cleaned_data)
        pages.forget_typed(request)
        messages.success(request, _("Saved. People here can ask you for a call."))
        return redirect("phone", network.slug)
    context, status = {"network": network, "form": form}, pages.status_of(form)
    return render(request, "networks/phone/line.html", context, status=status)


@require_POST
@network_page("take_part")
def phone_off(request, network):
    actions.close_line(network, by=request.user)
    messages.success(request, _("Your number is deleted here. Nobody can ask you for a call."))
    return redirect("phone", network.slug)


@network_page("take_part", writes=True)
def call_ask(request, network, pk):
    line = get_object_or_404(queries.lines(network, request.user), person=pk)
    mine = queries.line_of(network, request.user)
    first = {"number": mine.number if mine else ""} | pages.typed(request)
    form = CallForm(*_sent(request), initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            not_too_often(request, "call")
            actions.ask(line, by=request.user, key=UUID(form.once), **form.cleaned_data)
        except Refused as no:
            add_refusal(form, no)
        else:
            pages.forget_typed(request)
            messages.success(request, _("Asked. We tell you when they say yes."))
            return redirect("phone", network.slug)
    context, status = {"network": network, "form": form, "line": line}, pages.status_of(form)
    return render(request, "networks/phone/ask.html", context, status=status)


@require_POST
@network_page("take_part")
def call_agree(request, network, pk):
    said = _("Good. You see each other’s number now.")
    return _done(request, network, pk, actions.agree, said)


@require_POST
@network_page("take_part")
def call_end(request, network, pk):
    said = _("Done. Neither of you sees the other’s number here any more.")
    return _done(request, network, pk, actions.end, said)


def _done(request, network, pk, deed, said):
    found = queries.call(network, request.user, pk)
    if found is None:
        raise Http404
    try:
        deed(found, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return redirect("phone", network.slug)


def _sent(request):
    return (request.POST,) if request.method == "POST" else ()
