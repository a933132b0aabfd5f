from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.people.adapter import not_too_often
from networks.charter.queries import owed
from networks.discussions.actions import mark_read
from networks.handover.models import Kind as Handed
from networks.handover.queries import giver
from networks.membership.door import network_page
from peernet.lib import clock, exports, pages, text
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal, tidy

from . import actions, queries
from .forms import DetailsForm, EndForm, EntryForm, FilterForm, TopicsForm
from .helping import Need
from .models import Kind
from .rules import MOST_TAGS, tags_of


@require_safe
@network_page("take_part")
def exchange(request, network):
    asked = _asked(request.GET)
    rows = queries.picked(queries.visible_to(request.user, network), request.user, **asked)
    before = pages.whole_number(request.GET.get("before"))
    found, onward = queries.page(rows, before)
    context = {
        "network": network, "rows": found, "asked": asked, "filters": _filters(asked),
        "tabs": _tabs(network, asked),
        "plain": not any(value for name, value in asked.items() if name != "kind"),
        "newer": _address(network, asked) if before else "",
        "older": _address(network, asked, onward) if onward else "",
        "untagged": _address(network, asked | {"tag": ""}),
        "runs": request.user.has_perm("networks.coordinate", network),
    }  # fmt: skip
    return render(request, "networks/exchange/list.html", context)


@network_page("take_part", writes=True)
def entry_new(request, network):
    looks = request.method == "POST" and "look" in request.POST
    form = _new_form(request, network, looks)
    if form.is_valid() and (made := _put_up(request, network, form)):
        pages.forget_typed(request)
        messages.success(request, _("It is up. Everybody here can see it and answer."))
        return redirect("entry", network.slug, made.pk)
    context = {
        "network": network, "form": form, "owed": owed(network.pk, None, request.user),
        "looks": looks, "fits": _looked_up(request, network) if looks else [],
        "offers": form["kind"].value() == Kind.OFFER,
    }  # fmt: skip
    page, status = "networks/exchange/new.html", pages.status_of(form)
    return render(request, page, context, status=status)


@require_safe
@network_page("take_part")
def entry(request, network, pk):
    found = _found(request, network, pk)
    if found.first_id:
        mark_read(found.thread, request.user, found.first_id)
    own = found.by_id == request.user.pk
    context = {
        "network": network,
        "entry": found,
        "own": own,
        "fits": queries.fits(found, request.user) if own else [],
        "poster": queries.poster(found),
        "said": text.html(found.words or ""),
        "met_by": queries.met_by(found),
        "asked": found.met_by_id == request.user.pk,
        "replies": found.thread.posts_count - 1,
        "given_by": giver(Handed.ENTRY, found.pk).first(),
    }
    return render(request, "networks/exchange/entry.html", context)


@network_page("take_part", writes=True)
def entry_edit(request, network, pk):
    found = _own(request, network, pk)
    bodies = queries.organisations(network, request.user, also=found.organisation)
    first = DetailsForm.first(found) | pages.typed(request)
    used = queries.tags_used(network, request.user)
    form = DetailsForm(bodies, used, *_sent(request), initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(found, by=request.user, **form.said())
        except Refused as no:
            add_refusal(form, no)
        else:
            pages.forget_typed(request)
            return redirect("entry", network.slug, pk)
    context = {"network": network, "entry": found, "form": form}
    page, status = "networks/exchange/edit.html", pages.status_of(form)
    return render(request, page, context, status=status)


@require_POST
@network_page("take_part")
def entry_talk(request, network, pk):
    talking = request.POST.get("on") == "yes"
    said = _("It now says that you are in talk.") if talking else _("It is open to all again.")
    return _done(request, network, pk, actions.set_talk, said, talking=talking)


@require_POST
@network_page("take_part")
def entry_keep(request, network, pk):
    return _done(request, network, pk, actions.keep, _("Kept. It is on the list for longer."))


@network_page("take_part", writes=True)
def entry_end(request, network, pk):
    found = _own(request, network, pk)
    form = EndForm(found, *_sent(request), initial=pages.typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            outcome = form.cleaned_data["outcome"]
            actions.end(found, outcome, met_by=form.who(), by=request.user)
        except Refused as no:
            add_refusal(form, no)
        else:
            pages.forget_typed(request)
            back = reverse("entry_reopen", args=(network.slug, pk))
            pages.offer_undo(request, _("Thank you. It has left the list."), back)
            return redirect("entry", network.slug, pk)
    context = {"network": network, "entry": found, "form": form}
    status = pages.status_of(form)
    return render(request, "networks/exchange/end.html", context, status=status)


@require_POST
@network_page("take_part")
def entry_reopen(request, network, pk):
    return _done(request, network, pk, actions.reopen, _("It is on the list again."))


@require_POST
@network_page("take_part")
def entry_named(request, network, pk):
    found = _found(request, network, pk)
    if found.met_by_id != request.user.pk:
        raise PermissionDenied
    answer = request.POST.get("answer")
    if answer in ("yes", "no", "wrong"):
        return _tried(request, network, pk, actions.answer_named, found, _("Saved."), answer)
    return redirect("entry", network.slug, pk)


@network_page("take_part", writes=True)
def ask_me(request, network):
    known = queries.topics_of(network, request.user)
    first = {"topics": ", ".join(known)} | pages.typed(request)
    form = TopicsForm(*_sent(request), initial=first)
    if request.method == "POST" and form.is_valid():
        actions.set_topics(network, form.cleaned_data["topics"], by=request.user)
        pages.forget_typed(request)
        messages.success(request, _("Saved."))
        return redirect("person", network.slug, request.user.pk)
    context, status = {"network": network, "form": form}, pages.status_of(form)
    return render(request, "networks/exchange/ask_me.html", context, status=status)


@require_POST
@network_page("coordinate")
def exchange_export(request, network):
    heading, rows = actions.export(network, by=request.user)
    name = f"{network.slug}-asks-and-offers-{clock.today(network.zone)}"
    return exports.attachment("csv", name, heading, rows)


def _new_form(request, network, looks):
    """Whoever looks first has sent nothing yet: what they typed stands there as it was, and is not
    found fault with."""
    bodies = queries.organisations(network, request.user)
    used = queries.tags_used(network, request.user)
    kind = request.GET.get("kind")
    first = {"kind": kind if kind in Kind.values else None} | pages.typed(request)
    if looks:
        first |= {name: tidy(request.POST.get(name, "")) for name in EntryForm.base_fields}
    return EntryForm(bodies, used, *(() if looks else _sent(request)), initial=first)


def _put_up(request, network, form):
    said = form.said() | {"accepts": request.POST.get("accepts", "")}
    try:
        not_too_often(request, "entry")
        return actions.put_up(network, by=request.user, **said)
    except Refused as no:
        add_refusal(form, no)
        return None


def _looked_up(request, network):
    """What may help with what is being written, or whom it may help."""
    fields = ("title", "text", "tags", "about")
    typed = {name: tidy(request.POST.get(name, ""))[:20_000] for name in fields}
    kind = request.POST.get("kind")
    need = Need(
        network, request.user, kind if kind in Kind.values else Kind.ASK, typed["title"],
        typed["text"], typed["about"], tags_of(typed["tags"])[:MOST_TAGS],
    )  # fmt: skip
    return queries.who_could_help(need, request.user)


def _done(request, network, pk, deed, said, **how):
    return _tried(request, network, pk, deed, _own(request, network, pk), said, **how)


def _tried(request, network, pk, deed, found, said, *what, **how):
    try:
        deed(found, *what, by=request.user, **how)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return redirect("entry", network.slug, pk)


def _found(request, network, pk):
    found = queries.visible_to(request.user, network).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _own(request, network, pk):
    found = _found(request, network, pk)
    if found.by_id != request.user.pk:
        raise PermissionDenied
    return found


def _sent(request):
    return (request.POST,) if request.method == "POST" else ()


def _asked(query):
    """What the list is asked for; what makes no sense is as if it were not there."""
    form = FilterForm(query)
    form.is_valid()
    typed = form.cleaned_data
    kind = query.get("kind")
    return {
        "kind": kind if kind in Kind.values else "",
        "show": typed.get("show", ""),
        "about": typed.get("about", ""),
        "tag": " ".join(tidy(query.get("tag", "")).split())[:30].lower(),
        "words": " ".join(typed.get("q", "").split()),
    }


def _filters(asked):
    return FilterForm(initial=asked | {"q": asked["words"]})


def _tabs(network, asked):
    labels = {"": _("All"), Kind.ASK: _("Asks"), Kind.OFFER: _("Offers")}
    return [
        {
            "label": label,
            "url": _address(network, asked | {"kind": kind}),
            "current": kind == asked["kind"],
        }
        for kind, label in labels.items()
    ]


def _address(network, asked, before=None):
    said = {"q" if name == "words" else name: value for name, value in asked.items() if value}
    said |= {"before": before} if before else {}
    start = reverse("exchange", args=[network.slug])
    return f"{start}?{urlencode(said)}" if said else start
