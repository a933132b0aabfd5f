from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from networks.membership.actions import take_out_of_cohort
from networks.membership.door import network_page
from networks.membership.queries import members
from peernet.lib import clock, pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import actions, queries
from .forms import ChangeForm, CohortForm, PeopleForm

DEEDS = {"close": actions.close_cohort, "reopen": actions.reopen_cohort}


@require_safe
@network_page("coordinate")
def cohorts(request, network):
    context = {
        "network": network,
        "rows": queries.cohorts(network),
        "today": clock.today(network.zone),
    }
    return render(request, "networks/cohorts/cohorts.html", context)


@network_page("coordinate")
def cohort_new(request, network):
    form = CohortForm(*_sent(request), initial=pages.typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_cohort(network, by=request.user, **form.cleaned_data)
        except Refused as no:
            add_refusal(form, no, "name")
        else:
            pages.forget_typed(request)
            return redirect("cohort", network.slug, made.pk)
    context, status = {"network": network, "form": form}, pages.status_of(form)
    return render(request, "networks/cohorts/cohort_new.html", context, status=status)


@network_page("coordinate")
def cohort(request, network, pk):
    found = _found(network, pk)
    form = PeopleForm(*_sent(request), initial=pages.typed(request))
    if request.method == "POST" and form.is_valid() and _put_in(form, found, by=request.user):
        pages.forget_typed(request)
        messages.success(request, _("They are in the cohort now."))
        return redirect("cohort", network.slug, pk)
    context = {"network": network, "cohort": found, "form": form, "people": queries.people(found)}
    context["more"] = found.people - len(context["people"])
    status = pages.status_of(form)
    return render(request, "networks/cohorts/cohort.html", context, status=status)


@network_page("coordinate")
@require_POST
def cohort_out(request, network, pk):
    found = _found(network, pk)
    who = pages.whole_number(request.POST.get("person"))
    person = get_object_or_404(members(network, cohort=found), pk=who)
    take_out_of_cohort(found, person, by=request.user)
    said = _("%(name)s is no longer in the cohort.") % {"name": person.shown_name}
    messages.success(request, said)
    return redirect("cohort", network.slug, pk)


@network_page("coordinate")
def cohort_edit(request, network, pk):
    found = _found(network, pk)
    if request.method == "POST" and request.POST.get("deed") in DEEDS:
        DEEDS[request.POST["deed"]](found, by=request.user)
        return redirect("cohort", network.slug, pk)
    form = ChangeForm(*_sent(request), initial=_as_is(found) | pages.typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_cohort(found, by=request.user, **form.cleaned_data)
        except Refused as no:
            add_refusal(form, no, "name")
        else:
            pages.forget_typed(request)
            return redirect("cohort", network.slug, pk)
    context, status = {"network": network, "cohort": found, "form": form}, pages.status_of(form)
    return render(request, "networks/cohorts/cohort_edit.html", context, status=status)


def _as_is(cohort):
    return {name: getattr(cohort, name) for name in ChangeForm.base_fields}


def _put_in(form, cohort, *, by):
    """Whether all of them are members and are in it now; else nobody is, and the form says who."""
    found = queries.members_called(cohort.network, form.cleaned_data["addresses"])
    if found.missing:
        said = _("No member is called so or reads mail there: %(them)s. Invite them first.")
        form.add_error("addresses", said % {"them": ", ".join(found.missing)})
    if found.several:
        said = _("Several members have this name: %(them)s. Type the address instead.")
        form.add_error("addresses", said % {"them": ", ".join(found.several)})
    if form.errors:
        return False
    try:
        actions.put_in(cohort, found.people, by=by)
    except Refused as no:
        add_refusal(form, no, "addresses")
        return False
    return True


def _found(network, pk):
    found = queries.cohorts(network).filter(pk=pk).first()
    if found is None:
        raise Http404
    found.network = network
    return found


def _sent(request):
    return [request.POST] if request.method == "POST" else []
