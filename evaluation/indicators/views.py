from django.http import Http404
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe

from evaluation.lasting import queries as lasting
from networks.membership.door import signed_in

from . import queries
from .rules import INDICATORS

SQL = queries.SQL | lasting.SQL
# Whose figures have definitions: nowhere else does a link of this page lead back to.
PAGES_WITH_FIGURES = {"programme", "shared_figures", "network_figures"}


@require_safe
@signed_in
def figure(request, pk):
    """What a figure counts; for anybody signed in, so that whoever reads it can look it up."""
    indicator = INDICATORS.get(pk)
    if indicator is None:
        raise Http404
    context = {
        "indicator": indicator,
        "sql": SQL.get(pk, "").strip(),
        "back": _back(request.GET.get("back", "")),
        "others": [row for row in INDICATORS.values() if row.id != pk],
    }
    return render(request, "evaluation/indicators/figure.html", context)


def _back(path):
    """The page with figures that the reader came from, or "": never an address elsewhere."""
    try:
        return path if resolve(path.partition("?")[0]).url_name in PAGES_WITH_FIGURES else ""
    except Resolver404:
        return ""
