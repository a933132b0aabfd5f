from django.http import Http404
from django.shortcuts import render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from evaluation.indicators.rules import INDICATORS
from networks.funding.queries import people_of, waiting_for_funder
from networks.membership.door import network_page, programme_page
from peernet.lib import charts, exports, pages, words

from . import queries, rules


@require_safe
@programme_page("see_figures")
def programme(request, programme):
    """One page for the funder: what the support was worth, and nobody singled out."""
    summary = queries.summary(programme)
    context = {
        "programme": programme,
        "waiting": waiting_for_funder(programme),
        "surveys": summary.surveys if summary else [],
        **_figures(summary, request.path),
    }
    return render(request, "evaluation/reports/programme.html", context)


@require_safe
@programme_page("see_figures")
def programme_table(request, programme, table):
    """One of the page's tables as a file: the same numbers, and the same that are not shown."""
    summary = queries.summary(programme)
    if summary is None or table not in rules.TABLES:
        raise Http404
    found = rules.table(summary, table)
    defined = [
        [INDICATORS[pk].name, INDICATORS[pk].numerator, pages.address("figure", pk)]
        for pk in found.figures
    ]
    notes = [[], *rules.notes(summary), [], [_("What these count")], *defined]
    name = f"{programme.slug}-{table}-{summary.at:%Y-%m-%d}"
    rows = [[str(c) if not isinstance(c, int) else c for c in row] for row in found.rows + notes]
    return exports.attachment("csv", name, found.heads, rows)


@require_safe
@network_page("view")
def shared_figures(request, network):
    """What funders see of a network, for each of its members: the same query, the same parts of
    the page. Of a programme with other networks, only their own network's part."""
    programmes = list(queries.programmes_of(network))
    wanted = request.GET.get("of")
    chosen = next((one for one in programmes if one.slug == wanted), None)
    chosen = chosen or (programmes[0] if programmes else None)
    summary = queries.summary(chosen) if chosen else None
    context = {
        "network": network,
        "programmes": programmes,
        "programme": chosen,
        "mine": [line for line in summary.networks if line.of == network] if summary else [],
        "others": len(summary.networks) - 1 if summary else 0,
        "surveys": [one for one in summary.surveys if one.network == network] if summary else [],
        "seats": people_of(chosen.funder).count() if chosen else 0,
        **_figures(summary, f"{request.path}?of={chosen.slug}" if chosen else request.path),
    }
    return render(request, "evaluation/reports/shared.html", context)


@require_safe
@network_page("see_figures")
def network_figures(request, network):
    """A network's own figures, for its coordinators: every number, and the rows behind it."""
    own = queries.own(network)
    context = {
        "network": network,
        "organisations": queries.organisations_of(network),
        "quiet": queries.quiet(network),
        "recent": queries.recent(network),
        **_figures(own, request.path),
    }
    return render(request, "evaluation/reports/own.html", context)


def _figures(summary, path):
    """What the parts of the page need; `path` is where a definition leads back to."""
    drawable = summary and sum(1 for line in summary.months if line.people is not None) > 1
    return {
        "summary": summary,
        "chart": _chart([line for line in summary.months if line.counted]) if drawable else "",
        "steps": rules.step_name,
        "afters": rules.after_name,
        "path": path,
    }


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
