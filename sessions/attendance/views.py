from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.membership.door import network_page
from peernet.lib import clock, pages, words
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal
from sessions.cadence.models import SessionState
from sessions.cadence.queries import visible_to

from . import actions, queries
from .forms import CheckForm, TickForm, UploadForm


@network_page("facilitate")
def attendance(request, network, pk):
    """Who was there: what is known, the ticks, and the box for Zoom's file."""
    session = _session(request, network, pk)
    if request.method != "POST":
        return _page(request, session)
    form = TickForm(request.POST, people=queries.to_tick(session))
    if form.is_valid():
        try:
            chosen, before = list(form.cleaned_data["people"]), form.cleaned_data["before"]
            actions.tick(session, chosen, before=before, by=request.user)
        except Refused as no:
            add_refusal(form, no, "people")
        else:
            pages.forget_typed(request)
            messages.success(request, _("Saved. %(people)s.") % {"people": _how_many(session)})
            return redirect("attendance", network.slug, pk)
    return _page(request, session, ticks=form)


@network_page("facilitate")
def attendance_upload(request, network, pk):
    """Takes in a participants file; the page to check it comes next."""
    session = _session(request, network, pk)
    if request.method != "POST":
        return redirect("attendance", network.slug, pk)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            file, new = actions.receive(session, sent.read(), sent.name, by=request.user)
        except Refused as no:
            add_refusal(form, no, "file")
        else:
            if not new:
                messages.info(request, _known_already(file))
            return redirect("attendance_check", network.slug, pk, file.pk)
    return _page(request, session, upload=form)


@network_page("facilitate")
def attendance_check(request, network, pk, file_pk):
    """Who is who in a file; to be agreed first, and to be corrected at any time."""
    session = _session(request, network, pk)
    file = get_object_or_404(queries.file_of(session, file_pk))
    form = _check_form(request, session, file)
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            actions.confirm(file, form.decisions, seen=seen, by=request.user)
        except Refused as no:
            form.data["seen"] = queries.mark(file.participants.all())
            add_refusal(form, no)
        else:
            pages.forget_typed(request)
            messages.success(request, _("Saved. %(people)s.") % {"people": _how_many(session)})
            return redirect("attendance", network.slug, pk)
    return _check_page(request, session, file, form)


@network_page("facilitate")
def attendance_remove(request, network, pk, file_pk):
    """Takes a file back, and what followed from it."""
    session = _session(request, network, pk)
    file = get_object_or_404(queries.file_of(session, file_pk))
    if request.method != "POST":
        return redirect("attendance_check", network.slug, pk, file_pk)
    try:
        actions.remove(file, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        text = _("“%(file)s” is removed, with everybody who was noted only from it.")
        messages.success(request, text % {"file": file.filename})
    return redirect("attendance", network.slug, pk)


@network_page("facilitate")
def attendance_missed(request, network, pk):
    """Says that the session did not happen."""
    session = _session(request, network, pk)
    if request.method == "POST":
        try:
            actions.mark_missed(session, by=request.user)
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, _("Noted: the session did not happen."))
    return redirect("attendance", network.slug, pk)


def _session(request, network, pk):
    return get_object_or_404(visible_to(request.user), network=network, pk=pk)


def _check_form(request, session, file):
    participants = list(file.participants.all())
    return CheckForm(
        request.POST if request.method == "POST" else None,
        initial={"seen": queries.mark(participants)} | pages.typed(request),
        participants=participants,
        roll=queries.roll(session),
        said_yes=queries.said_yes(session),
    )


def _page(request, session, *, ticks=None, upload=None):
    there = queries.there(session)
    if ticks is None:
        ticked = queries.ticked(session)
        start = {"people": ticked, "before": " ".join(map(str, ticked))} | pages.typed(request)
        ticks = TickForm(initial=start, people=queries.to_tick(session))
    form = next((f for f in (ticks, upload) if f is not None and f.errors), None)
    context = {
        "session": session,
        "open": session.state != SessionState.CANCELLED and session.starts_at <= clock.now(),
        "members": [row for row in there if row.person],
        "guests": [row for row in there if not row.person],
        "files": queries.files(session),
        "ticks": ticks,
        "upload": upload or UploadForm(),
        "form": form,
    }
    status = pages.status_of(form) if form else 200
    return render(request, "sessions/attendance/attendance.html", context, status=status)


def _check_page(request, session, file, form):
    far = file.day is not None and abs((file.day - session.date).days) > 1
    context = {"session": session, "file": file, "form": form, "far": far}
    status = pages.status_of(form)
    return render(request, "sessions/attendance/check.html", context, status=status)


def _how_many(session):
    rows = queries.there(session)
    members = sum(1 for row in rows if row.person)
    guests = len(rows) - members
    text = ngettext("%(n)s member was there", "%(n)s members were there", members)
    if not guests:
        return text % {"n": members}
    more = ngettext("and %(n)s guest", "and %(n)s guests", guests) % {"n": guests}
    return f"{text % {'n': members}} {more}"


def _known_already(file):
    if file.confirmed_at:
        text = _("This file was uploaded and checked before, on %(day)s. Nothing has changed.")
    else:
        text = _("This file was uploaded before, on %(day)s. It only waits for you to check it.")
    return text % {"day": words.when(file.uploaded_at)}
