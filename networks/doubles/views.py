"""Organisations that were entered twice: likely pairs, what merging would do, and the deed."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.organisations.models import Organisation
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal, tidy

from . import actions, queries
from .forms import MergeForm


@require_safe
@pages.signed_in
def doubles(request: HttpRequest) -> HttpResponse:
    if not queries.looks_after_any(request.user):
        raise Http404
    looked_for = " ".join(tidy(request.GET.get("q", ""))[:100].split())
    context = {"pairs": queries.pairs(request.user, looked_for), "q": looked_for}
    return render(request, "networks/doubles/doubles.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def double(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    one, other = (get_object_or_404(Organisation, pk=one) for one in (pk, other_pk))
    if one == other or not queries.may_merge(request.user, one, other):
        raise Http404
    if request.POST.get("do") == "apart":
        actions.keep_apart(one, other, by=request.user)
        messages.success(request, _("Kept as two. We will not ask again."))
        return redirect("doubles")
    form = MergeForm(request.POST or None, one=one, other=other)
    if form.is_valid() and _merged(request, form, one, other):
        return redirect("doubles")
    context = {"one": one, "other": other, "form": form, "look": queries.preview(one, other)}
    status = pages.status_of(form)
    return render(request, "networks/doubles/double.html", context, status=status)


def _merged(request: HttpRequest, form: MergeForm, one: Organisation, other: Organisation) -> bool:
    try:
        kept = actions.merge(one, other, name=form.cleaned_data["name"], by=request.user)
    except Refused as no:
        add_refusal(form, no)
        return False
    messages.success(request, _("They are one now: %(name)s.") % {"name": kept.name})
    return True
