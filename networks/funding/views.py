from contextlib import contextmanager

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from networks.membership.door import forget_rights, network_page, programme_page
from peernet.lib import clock, pages, seen, words
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import actions, queries
from .forms import ColleagueForm, CorrectGrantForm, NewGrantForm
from .rules import stage

SEATS = 100  # of a funder, shown


@require_safe
@network_page("coordinate")
def grants(request, network):
    today = clock.today(network.zone)
    found = list(queries.grants_of(network))
    seats = queries.seats_by_funder({grant.programme.funder_id for grant in found})
    rows = [
        (grant, stage(grant.starts_on, grant.ends_on, today), seats[grant.programme.funder_id])
        for grant in found
    ]
    context = {"rows": rows, "until": queries.funded_until(network), "today": today}
    return render(request, "networks/funding/grants.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def grant_new(request, network):
    form = NewGrantForm(request.POST or None, initial=pages.typed(request, "shares"))
    if form.is_valid() and (grant := _recorded(form, network, by=request.user)):
        pages.forget_typed(request)
        messages.success(request, _told(grant, wanted=form.cleaned_data["shares"]))
        if contact := form.cleaned_data["contact"]:
            messages.success(request, _("We are writing to %(email)s.") % {"email": contact})
        return redirect("grants", network.slug)
    return _page(request, "networks/funding/grant_new.html", network, form)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def grant_edit(request, network, pk):
    grant = get_object_or_404(queries.grants_of(network), pk=pk)
    if "remove" in request.POST:
        return _remove(request, network, grant)
    form = CorrectGrantForm(request.POST or None, initial=_said(grant) | pages.typed(request))
    if form.is_valid() and _corrected(form, grant, by=request.user):
        pages.forget_typed(request)
        messages.success(request, _("Saved."))
        return redirect("grants", network.slug)
    return _page(request, "networks/funding/grant_edit.html", network, form, grant=grant)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def grant_sharing(request, network, pk):
    grant = get_object_or_404(queries.grants_of(network), pk=pk)
    if request.method == "POST":
        shares = request.POST.get("shares") == "1"
        with told_why_not(request):
            messages.success(request, _told(actions.share(grant, shares=shares, by=request.user)))
    return redirect("grants", network.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_page("fund")
def grant_agree(request, programme, pk):
    grant = get_object_or_404(queries.offered_to(programme), pk=pk)
    if request.method == "POST":
        names = {"network": grant.network.name}
        with told_why_not(request):
            if request.POST.get("agrees") == "0":
                actions.disagree(grant, by=request.user)
                messages.success(request, _("%(network)s has left your page.") % names)
            else:
                actions.agree(grant, by=request.user)
                messages.success(request, _("Thank you. %(network)s is on your page now.") % names)
    return redirect("programme", programme.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_page("fund")
def funder_people(request, programme):
    form = ColleagueForm(request.POST or None, initial=pages.typed(request))
    if form.is_valid() and (seat := _invited(form, programme.funder, by=request.user)):
        pages.forget_typed(request)
        messages.success(request, _("We are writing to %(email)s.") % {"email": seat.email})
        return redirect("funder_people", programme.slug)
    context = {
        "programme": programme,
        "form": form,
        "seats": queries.all_seats(programme.funder)[:SEATS],
        "grants": queries.shared_grants(programme),
    }
    page = "networks/funding/funder_people.html"
    return render(request, page, context, status=pages.status_of(form))


@require_POST
@programme_page("fund")
def funder_person_ask(request, programme, pk):
    seat = get_object_or_404(queries.all_seats(programme.funder), pk=pk)
    with told_why_not(request):
        actions.ask_again(seat, by=request.user)
        messages.success(request, _("We are writing to %(email)s.") % {"email": seat.email})
    return redirect("funder_people", programme.slug)


@require_POST
@programme_page("fund")
def funder_person_end(request, programme, pk):
    seat = get_object_or_404(queries.all_seats(programme.funder), pk=pk)
    with told_why_not(request):
        actions.end_seat(seat, by=request.user)
        messages.success(request, _("%(email)s sees this page no longer.") % {"email": seat.email})
    if seat.person_id == request.user.pk:
        forget_rights(request.user)
        return redirect("home")
    return redirect("funder_people", programme.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def funder_seat(request, pk):
    seat = queries.seat_for(request.user, pk)
    programme = seat and seat.funder.programmes.order_by("name").first()
    if programme is None:
        raise Http404
    if request.method == "POST":
        with told_why_not(request):
            actions.take_seat(seat, by=request.user)
        forget_rights(request.user)
    if request.method == "POST" or seat.person_id:
        return redirect("programme", programme.slug)
    return render(request, "networks/funding/funder_seat.html", {"seat": seat})


@contextmanager
def told_why_not(request):
    """A press that comes too late: the page that follows says why."""
    try:
        yield
    except Refused as no:
        messages.error(request, str(no))


def _page(request, template, network, form, **more):
    funders, programmes = queries.known_names(network)
    context = {"form": form, "funders": funders, "programmes": programmes, **more}
    return render(request, template, context, status=pages.status_of(form))


def _recorded(form, network, *, by):
    once = pages.uuid_or_none(form.once)
    try:
        return actions.record_grant(network, **form.cleaned_data, once=once, by=by)
    except Refused as no:
        add_refusal(form, no, "contact" if form.cleaned_data["contact"] else None)
        return None


def _invited(form, funder, *, by):
    try:
        return actions.invite_colleague(funder, form.cleaned_data["email"], by=by)
    except Refused as no:
        add_refusal(form, no, "email")
        return None


def _corrected(form, grant, *, by):
    try:
        actions.correct_grant(grant, **form.cleaned_data, by=by)
    except Refused as no:
        add_refusal(form, no)
        # Whoever read that and saves again does so knowing what the other wrote.
        if now := queries.grants_of(grant.network).filter(pk=grant.pk).first():
            form.data["mark"] = seen.mark(now, actions.TERMS)
        return False
    return True


def _remove(request, network, grant):
    try:
        actions.remove_grant(grant, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("grant_edit", network.slug, grant.pk)
    # No "Are you sure?": what it said waits in the form to be added again.
    said = {name: [value] for name, value in _said(grant).items()}
    pages.keep(request, reverse("grant_new", args=[network.slug]), said)
    messages.success(
        request,
        _("The grant was removed. By mistake? Press “Add a grant”: its words are still there."),
    )
    return redirect("grants", network.slug)


def _said(grant):
    """What the grant says, as the form shows it."""
    funder = grant.programme.funder
    return {
        "funder": funder.name,
        "programme": grant.programme.name,
        "amount": words.number(grant.amount, places=2),
        "starts_on": grant.starts_on.isoformat(),
        "ends_on": grant.ends_on.isoformat(),
        "contact": queries.contact_named_by(grant.network, funder),
        "mark": seen.mark(grant, actions.TERMS),
    }


def _told(grant, *, wanted=False):
    names = {"funder": grant.programme.funder.name}
    if grant.network_agreed_at:
        return _("Saved. %(funder)s may see your figures, once its people agree.") % names
    if wanted:
        return _("Saved. %(funder)s has people here already: look who, then press Share.") % names
    return _("Saved. %(funder)s does not see your figures.") % names
