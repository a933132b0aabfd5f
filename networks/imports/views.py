from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from networks.membership.door import network_page
from peernet.lib import clock, pages, seen
from peernet.lib.errors import Refused
from peernet.lib.exports import attachment
from peernet.lib.forms import add_refusal

from . import actions, queries
from .forms import ListForm, MatchForm, SheetForm
from .models import ImportState
from .rules import HERE, PROBLEMS, State

FRESH = timedelta(hours=1)  # its letters may still be on their way
# The deeds answer GET too, with the page they belong to: a sign-in that expired comes back so.
page_or_deed = require_http_methods(["GET", "HEAD", "POST"])


@page_or_deed
@network_page("coordinate")
def import_new(request, network):
    form = ListForm(request.POST or None, request.FILES or None, initial=pages.typed(request))
    if form.is_valid():
        try:
            once = pages.uuid_or_none(form.once)
            batch = actions.start_import(network, **form.sheet(), by=request.user, once=once)
        except Refused as no:
            add_refusal(form, no, form.used)
        else:
            pages.forget_typed(request)
            return redirect("import_check", network.slug, batch.pk)
    context = {"form": form, "network": network, "earlier": queries.lists(network)[:20]}
    return render(request, "networks/imports/new.html", context, status=pages.status_of(form))


@page_or_deed
@network_page("coordinate")
def import_check(request, network, pk):
    batch = get_object_or_404(network.imports, pk=pk)
    if batch.state != ImportState.DRAFT:
        return _agreed_to(request, network, batch)
    look = queries.preview(batch)
    meant = queries.meant(look, request.user)
    form = MatchForm(request.POST or None, batch=batch, alike=look.alike, meant=meant)
    if form.is_valid() and _matched(request, form, batch):
        return redirect("import_check", network.slug, pk)
    context = {
        "network": network, "batch": batch, "look": look, "form": form, "meant": meant,
        "sheets": SheetForm(batch=batch) if len(batch.sheets) > 1 else None,
        "mark": seen.mark(batch, actions.MATCHING),
        **_rows(request, look),
    }  # fmt: skip
    return render(request, "networks/imports/check.html", context, status=pages.status_of(form))


@page_or_deed
@network_page("coordinate")
def import_sheet(request, network, pk):
    batch = get_object_or_404(network.imports, pk=pk)
    form = SheetForm(request.POST or None, batch=batch)
    if form.is_valid():
        _done(request, actions.choose_sheet, batch, at=form.cleaned_data["sheet"])
    return redirect("import_check", network.slug, pk)


@page_or_deed
@network_page("coordinate")
def import_apply(request, network, pk):
    batch = get_object_or_404(network.imports, pk=pk)
    if request.method == "POST" and batch.state == ImportState.STOPPED:
        _done(request, actions.start_again, batch)
    elif request.method == "POST":
        _done(request, actions.apply_import, batch, mark=request.POST.get("mark", ""))
    return redirect("import_check", network.slug, pk)


@page_or_deed
@network_page("coordinate")
def import_undo(request, network, pk):
    batch = get_object_or_404(network.imports, pk=pk)
    if request.method == "POST":
        _done(request, actions.undo_import, batch)
    return redirect("import_check", network.slug, pk)


@page_or_deed
@network_page("coordinate")
def import_discard(request, network, pk):
    batch = get_object_or_404(network.imports, pk=pk)
    if request.method == "POST":
        _done(request, actions.discard_import, batch)
    return redirect("import_check", network.slug, pk)


def _agreed_to(request, network, batch):
    """How far a list has come; or what came of it, once it is done, undone or thrown away."""
    if batch.under_way:
        return _under_way(request, network, batch)
    if request.htmx:  # the page that waited for it makes room for another
        return HttpResponseClientRedirect(request.path)
    if request.GET.get("show") == "csv" and batch.result:
        return _row_by_row(network, batch)
    context = {
        "network": network,
        "batch": batch,
        "waiting": queries.waiting(batch).count(),
        "joined": [one.name for one in queries.joined(batch)],
        "fresh": batch.settled_at and clock.now() - batch.settled_at < FRESH,
        "until": batch.settled_at and batch.settled_at + actions.RESULT_LIVES,
    }
    return render(request, "networks/imports/result.html", context)


def _under_way(request, network, batch):
    batch.done = queries.progress(batch)
    context = {"network": network, "batch": batch, "quarter": batch.quarters_done}
    pages_ = ("networks/imports/under_way.html", "networks/imports/_progress.html")
    response = pages.page_or_fragment(request, *pages_, context)
    return _said_aloud(request, response, batch)


def _row_by_row(network, batch):
    """What became of each row, as a file."""
    heading = (_("Row"), _("Email address"), _("What became of it"), _("Why"))
    name = f"{network.slug}-list-{batch.pk}"
    return attachment("csv", name, heading, queries.result(batch))


def _said_aloud(request, response, batch):
    """A screen reader hears of each quarter, not of every two seconds."""
    if request.htmx and request.GET.get("said") != str(batch.quarters_done):
        trigger_client_event(response, "say", {"value": batch.progress_in_words})
    return response


def _rows(request, look):
    """Problems and the first good rows; or all of them, a page at a time."""
    after = pages.whole_number(request.GET.get("after") or "")
    if after is not None:
        return {"page": look.page(after), "after": after}
    return {
        "page": None,
        "problems": look.first(*PROBLEMS, most=queries.FIRST_PROBLEMS),
        "good": look.first(State.INVITE, most=queries.FIRST_GOOD),
        "known": look.first(*HERE, most=queries.FIRST_GOOD),
    }


def _matched(request, form, batch):
    try:
        actions.match_columns(batch, **form.matching(), by=request.user)
    except Refused as no:
        messages.warning(request, str(no))
    return True


def _done(request, deed, batch, **details):
    """Do it, or say why not."""
    try:
        deed(batch, **details, by=request.user)
    except Refused as no:
        messages.warning(request, str(no))
