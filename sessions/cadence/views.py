from itertools import islice

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.template.backends.utils import csrf_input
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from networks.funding.queries import funded_until
from networks.invitations.queries import still_to_join
from networks.membership.door import network_page
from networks.membership.queries import members
from peernet.lib import clock, pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal
from sessions.meetings.queries import answers, rows
from sessions.pages.queries import Edge, lines_ahead, lines_past, listed

from . import actions, queries, rules
from .forms import CancelForm, EndForm, MoveForm, PlanForm
from .models import SessionState, SessionType

AHEAD_SHOWN, PAST_SHOWN, PREVIEWED = 30, 20, 6


@require_safe
@network_page("view")
def sessions(request, network):
    after, before = (_edge(request, network, key) for key in ("after", "before"))
    most = {"ahead": AHEAD_SHOWN + 1, "past": PAST_SHOWN + 1}
    found = listed(network, request.user, after=after, before=before, **most)
    ahead, past = found.ahead[:AHEAD_SHOWN], found.past[:PAST_SHOWN]
    context = _lines(request, ahead) | {
        "past": lines_past(past),
        "there": any(row.there for row in past),
        "later": ahead[-1].session.pk if len(found.ahead) > AHEAD_SHOWN else "",
        "older": past[-1].session.pk if len(found.past) > PAST_SHOWN else "",
        "rhythms": [] if request.GET else queries.rhythms_of(network, request.user),
        "may_plan": request.user.has_perm("networks.facilitate", network),
        "turned": bool(request.GET),
    }
    return render(request, "sessions/cadence/sessions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("facilitate")
def session_plan(request, network):
    form = PlanForm(
        request.POST or None,
        network=network,
        initial={"facilitator": request.user.pk, "cohort": _cohort(request)} | pages.typed(request),
    )
    step = request.POST.get("step", "check")
    if step == "change" or not form.is_valid():
        context = {"form": form, "zone": rules.zone_words(network.zone)}
        return render(request, "sessions/cadence/plan.html", context, status=pages.status_of(form))
    if step == "plan" and (session := _planned(form, network, by=request.user)):
        pages.forget_typed(request)
        messages.success(request, _planned_words(session))
        return redirect("sessions", network.slug)
    typed = [(field.html_name, form.data.get(field.html_name, "")) for field in form]
    context = {"form": form, "typed": typed, **_preview(form.plan, network)}
    status = pages.status_of(form)
    return render(request, "sessions/cadence/plan_check.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("facilitate")
def session_move(request, network, pk):
    session = _visible(request, network, pk)
    form = MoveForm(
        request.POST or None, zone=session.zone, initial=_as_is(session) | pages.typed(request)
    )
    if form.is_valid() and _moved(form, session, by=request.user):
        pages.forget_typed(request)
        messages.success(request, _("Changed. Everybody invited gets a message about it."))
        return redirect(session)
    return _change_page(request, "sessions/cadence/move.html", session, form)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("facilitate")
def session_cancel(request, network, pk):
    session = _visible(request, network, pk)
    form = CancelForm(
        request.POST or None, initial={"seen": session.sequence} | pages.typed(request)
    )
    if form.is_valid() and _deed(form, actions.cancel, session, by=request.user):
        pages.forget_typed(request)
        messages.success(request, _("Cancelled. Everybody invited gets a message about it."))
        return redirect(session)
    return _change_page(request, "sessions/cadence/cancel.html", session, form)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("take_part", writes=True)
def session_take_on(request, network, pk):
    session = _visible(request, network, pk)
    if request.method == "POST":
        try:
            actions.take_on(session, by=request.user)
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, _("Thank you. It takes place, and everybody is invited."))
        return redirect(session)
    context = {"session": session, "count": queries.audience(session).count()}
    return render(request, "sessions/cadence/take_on.html", context)


@require_safe
@network_page("view")
def rhythm(request, network, pk):
    cadence = _rhythm(request, network, pk)
    ahead = queries.visible_to(request.user).filter(cadence=cadence).ahead(clock.now())
    context = _lines(request, rows(ahead[:AHEAD_SHOWN], request.user)) | {
        "cadence": cadence,
        "may_plan": request.user.has_perm("networks.facilitate", network),
    }
    return render(request, "sessions/cadence/rhythm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("facilitate")
def rhythm_end(request, network, pk):
    cadence = _rhythm(request, network, pk)
    form = EndForm(request.POST or None, initial=pages.typed(request))
    if form.is_valid() and _deed(form, actions.end, cadence, by=request.user):
        pages.forget_typed(request)
        messages.success(request, _("The rhythm has ended. Everybody gets one message about it."))
        return redirect(cadence)
    going = list(queries.ending_with(cadence))
    people = queries.audience(cadence).count()
    context = {"form": form, "cadence": cadence, "going": going, "people": people}
    return render(request, "sessions/cadence/end.html", context, status=pages.status_of(form))


# --- Parts ---------------------------------------------------------------------------------------


def _cohort(request):
    """For whom it is to be, where a cohort's own page leads here."""
    return pages.whole_number(request.GET.get("cohort"))


def _visible(request, network, pk):
    return get_object_or_404(queries.visible_to(request.user), network=network, pk=pk)


def _rhythm(request, network, pk):
    return get_object_or_404(queries.rhythms_visible_to(request.user), network=network, pk=pk)


def _edge(request, network, key):
    """Where the list goes on: at the session that the address names; None at its beginning."""
    pk = pages.whole_number(request.GET.get(key))
    found = queries.visible_to(request.user).filter(network=network, pk=pk) if pk else None
    row = found.values_list("starts_at", "pk").first() if found else None
    return Edge(*row) if row else None


def _lines(request, ahead):
    """Sessions to come: those that are sure, and those that wait for somebody."""
    sure = lines_ahead((row for row in ahead if not row.waits), csrf_input(request))
    return {"ahead": sure, "waiting": [row for row in ahead if row.waits]}


def _planned(form, network, by):
    """The first session planned; None when it was refused, and the form says why."""
    key = pages.uuid_or_none(form.once)
    try:
        return actions.plan(network, form.plan, by=by, key=key)
    except Refused as no:
        add_refusal(form, no)
        return None


def _planned_words(session):
    if session.state == SessionState.TENTATIVE:
        return _("Planned. Nobody is invited yet: these dates wait for somebody to take them on.")
    count = queries.audience(session).count()
    return ngettext(
        "Planned. %(n)s person is being invited.", "Planned. %(n)s people are being invited.", count
    ) % {"n": count}


def _preview(wanted, network):
    """What the plan would make, for the page that asks before it is saved."""
    rule = rules.chosen(wanted.rhythm, wanted.first.date())
    cover = funded_until(network)
    dates = list(islice(rules.ahead(rule, wanted.first, network.zone, cover), PREVIEWED))
    people = members(network, cohort=wanted.cohort).count()
    return {
        "plan": wanted,
        "rule": rules.sentence(rule, wanted.first, network.zone) if rule else "",
        "type": SessionType(wanted.type).label,
        "zone": rules.zone_words(network.zone),
        "dates": [(date, rules.clock_words(date.local.time())) for date in dates],
        "funded_until": cover,
        "label": _plan_label(bool(rule), 0 if dates[0].unsure else people),
        "to_join": 0 if dates[0].unsure else still_to_join(network, wanted.cohort),
    }


def _plan_label(series, people):
    """What the button does, and to how many people; nobody is invited to what is unsure."""
    if not people:
        return _("Plan these sessions") if series else _("Plan this session")
    if series:
        label = ngettext(
            "Plan these sessions and invite %(n)s person",
            "Plan these sessions and invite %(n)s people",
            people,
        )
    else:
        label = ngettext(
            "Plan this session and invite %(n)s person",
            "Plan this session and invite %(n)s people",
            people,
        )
    return label % {"n": people}


def _as_is(session):
    names = ("date", "time", "minutes", "link", "place")
    return {name: getattr(session, name) for name in names} | {"seen": session.sequence}


def _moved(form, session, by):
    """Move it, or say in the form why not; whether it was moved."""
    names = ("minutes", "link", "place", "reason", "seen")
    wanted = {name: form.cleaned_data[name] for name in names}
    try:
        actions.move(session, to=form.start, by=by, **wanted)
    except Refused as no:
        add_refusal(form, no)
        return False
    return True


def _deed(form, deed, thing, by):
    """Do it, or say in the form why not; whether it was done."""
    try:
        deed(thing, by=by, **form.cleaned_data)
    except Refused as no:
        add_refusal(form, no)
        return False
    return True


def _change_page(request, template, session, form):
    counts = answers([session]).get(session.pk, {})
    context = {
        "form": form,
        "session": session,
        "zone": rules.zone_words(session.zone),
        "yes": counts.get("yes", 0),
        "maybe": counts.get("maybe", 0),
        "people": queries.audience(session).count(),
    }
    return render(request, template, context, status=pages.status_of(form))
