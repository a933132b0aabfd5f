from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from networks.membership.door import network_page
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal
from sessions.cadence.queries import visible_to

from . import actions, queries
from .forms import AgreedForm, NotesForm
from .models import Notes

page_or_deed = require_http_methods(["GET", "HEAD", "POST"])


@page_or_deed
@network_page("take_part")
def session_notes(request, network, pk):
    session = _to_write(request, network, pk)
    notes = Notes.objects.filter(session=session).select_related("by").first()
    start = {"text": notes.text if notes else "", "was": notes.version if notes else 0}
    form = NotesForm(request.POST or None, initial=start | pages.typed(request))
    newer = None
    if form.is_valid():
        if _written(form, session, by=request.user):
            pages.forget_typed(request)
            return redirect(session)
        newer = Notes.objects.filter(session=session).select_related("by").first()
        form.compare_with(newer.version if newer else 0)
    context = {"form": form, "session": session, "network": network, "newer": newer}
    status = pages.status_of(form)
    return render(request, "sessions/follow_up/notes.html", context, status=status)


@page_or_deed
@network_page("take_part")
def agreed_new(request, network, pk):
    session = _to_write(request, network, pk)
    form = AgreedForm(
        request.POST or None, people=queries.could_do(session), initial=pages.typed(request)
    )
    if form.is_valid() and _agreed(form, session, by=request.user):
        pages.forget_typed(request)
        return redirect(session)
    return _agreed_page(request, session, form)


@page_or_deed
@network_page("take_part")
def agreed_edit(request, network, pk, agreed_pk):
    session = _to_write(request, network, pk)
    action = get_object_or_404(queries.agreed(session), pk=agreed_pk)
    start = {"what": action.what, "who": action.who_id, "due": action.due}
    start |= {"was": queries.mark(action)} | pages.typed(request)
    people = queries.could_do(session, also=action.who_id)
    form = AgreedForm(request.POST or None, people=people, initial=start)
    if form.is_valid() and _corrected(form, action, by=request.user):
        pages.forget_typed(request)
        return redirect(session)
    return _agreed_page(request, session, form, action)


@page_or_deed
@network_page("take_part")
def agreed_settle(request, network, pk, agreed_pk):
    session = _visible(request, network, pk)
    action = get_object_or_404(queries.agreed(session), pk=agreed_pk)
    if not queries.may_settle(action, request.user, runs=_runs(request, network)):
        raise PermissionDenied
    if request.method == "POST":
        try:
            actions.settle(action, request.POST.get("outcome", ""), by=request.user)
        except Refused as no:
            messages.error(request, str(no))
    return redirect(f"{session.get_absolute_url()}#agreed")


# --- Parts ---------------------------------------------------------------------------------------


def _visible(request, network, pk):
    return get_object_or_404(visible_to(request.user), network=network, pk=pk)


def _to_write(request, network, pk):
    """The session, for somebody who may write about it."""
    session = _visible(request, network, pk)
    if not queries.may_write(session, request.user, runs=_runs(request, network)):
        raise PermissionDenied
    return session


def _runs(request, network):
    return request.user.has_perm("networks.facilitate", network)


def _written(form, session, by):
    """Write it, or say in the form why not; whether it was written."""
    words, was = form.cleaned_data["text"], form.cleaned_data["was"] or 0
    try:
        actions.write(session, words=words, was=was, by=by)
    except Refused as no:
        add_refusal(form, no)
        return False
    return True


def _agreed(form, session, by):
    said = {name: form.cleaned_data[name] for name in ("what", "who", "due")}
    try:
        actions.agree(session, **said, by=by, key=pages.uuid_or_none(form.once))
    except Refused as no:
        add_refusal(form, no)
        return False
    return True


def _corrected(form, action, by):
    try:
        actions.correct(action, **form.cleaned_data, by=by)
    except Refused as no:
        add_refusal(form, no)
        action.refresh_from_db()
        form.compare_with(queries.mark(action))
        return False
    return True


def _agreed_page(request, session, form, action=None):
    context = {"form": form, "session": session, "action": action}
    status = pages.status_of(form)
    return render(request, "sessions/follow_up/agreed.html", context, status=status)
