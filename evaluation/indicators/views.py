from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from networks.membership.door import signed_in

from . import queries
from .rules import INDICATORS


@require_safe
@signed_in
def figure(request, pk):
    """What a figure counts; for anybody signed in, so that whoever reads it can look it up."""
    indicator = INDICATORS.get(pk)
    if indicator is None:
        raise Http404
    context = {
        "indicator": indicator,
        "sql": queries.SQL.get(pk, "").strip(),
        "others": [row for row in INDICATORS.values() if row.id != pk],
    }
    return render(request, "evaluation/indicators/figure.html", context)
