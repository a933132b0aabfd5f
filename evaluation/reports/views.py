from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from evaluation.surveys.queries import for_funder
from networks.funding.queries import waiting_for_funder
from networks.membership.door import programme_page
from peernet.lib import charts, words

from . import queries


@require_safe
@programme_page("see_figures")
def programme(request, programme):
    """One page for the funder: what the support was worth, and nobody singled out."""
    summary = queries.summary(programme, timezone.get_current_timezone_name())
    context = {
        "programme": programme,
        "summary": summary,
        "waiting": waiting_for_funder(programme),
        "surveys": for_funder(line.of for line in summary.networks) if summary else [],
        "chart": _chart(summary.months) if summary and _drawable(summary.months) else "",
    }
    return render(request, "evaluation/reports/programme.html", context)


def _drawable(months):
    """Whether a chart says more than the table: two months with a number at least."""
    return sum(1 for line in months if line.people is not None) > 1


def _chart(months):
    names = [formats.date_format(line.of, "M y", use_l10n=False) for line in months]
    people = charts.Series(_("People"), [line.people for line in months])
    bodies = charts.Series(_("Organisations"), [line.organisations for line in months])
    # A month without a session is no month in which nobody came.
    idle = [name for name, line in zip(names, months, strict=True) if not line.met]
    return charts.lines(_said(months), names, [people, bodies], idle)


def _said(months):
    """The chart in words, for those who do not see it; its table stands beside it."""
    shown = [line for line in months if line.people is not None]
    most = max(shown, key=lambda line: line.people)
    return _(
        "A line chart of people and organisations taking part each month. The most people, about "
        "%(most)s, took part in %(peak)s. In %(month)s there were about %(people)s."
    ) % {
        "most": most.people,
        "peak": words.month(most.of),
        "month": words.month(shown[-1].of),
        "people": shown[-1].people,
    }
