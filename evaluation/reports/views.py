from django.http import Http404
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markupsafe import Markup

from evaluation.indicators.rules import INDICATORS
from evaluation.rollups.queries import of_network
from networks.consents.queries import named_to_funders
from networks.exchange.queries import by_month, standing
from networks.funding.queries import offered_split, people_of
from networks.membership.door import network_page, programme_page
from peernet.lib import charts, clock, exports, pages, words
from peernet.lib.kept import Kept

from . import queries, rules

MANY = 64  # pages of figures that a process keeps rendered
KEPT = Kept(MANY)


@require_safe
@programme_page("see_figures")
def programme(request, programme):
    """One page for the funder: what the support was worth, and nobody singled out."""
    shared, waiting = offered_split(programme)
    made_of = queries.page(programme, shared)
    context = {
        "programme": programme,
        "waiting": waiting,
        "made_of": made_of,
        "counted": made_of.counted if made_of else None,
        "figures": _rendered(request, programme, made_of),
        "named": _named(made_of),
    }
    return render(request, "evaluation/reports/programme.html", context)


@require_safe
@programme_page("see_figures")
def programme_table(request, programme, table):
    """One of the page's tables as a file: the same numbers, and the same that are not shown."""
    summary = queries.summary(queries.page(programme))
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
    made_of = queries.page(chosen) if chosen else None
    summary = queries.summary(made_of)
    context = {
        "network": network,
        "programmes": programmes,
        "programme": chosen,
        "counted": made_of.counted if made_of else None,
        "others": len(made_of.grants) - 1 if made_of else 0,
        "seats": people_of(chosen.funder).count() if chosen else 0,
        **_own_part(made_of, summary, network),
        **_figures(summary, f"{request.path}?of={chosen.slug}" if chosen else request.path),
    }
    return render(request, "evaluation/reports/shared.html", context)


@require_safe
@network_page("see_figures")
def network_figures(request, network):
    """A network's own figures, for its coordinators: every number, and the rows behind it."""
    counted = of_network(network)
    context = {
        "network": network,
        "counted": counted,
        "organisations": queries.organisations_of(network),
        "single": queries.single(network),
        "quiet": queries.quiet(network),
        "cohorts": queries.cohorts_of(network, counted),
        "recent": queries.recent(network),
        "exchange": by_month(network),
        "standing": standing(network),
        **_figures(queries.own(network, counted), request.path),
    }
    return render(request, "evaluation/reports/own.html", context)


def _named(made_of, only=None):
    """The networks of the page with their coordinators who agreed to be named; asked at each look,
    so that what somebody took back is gone at once."""
    places = [one for one in made_of.grants if only in (None, one)] if made_of else []
    names = named_to_funders(places)
    return [(one, names[one.pk]) for one in places if one.pk in names]


def _own_part(made_of, summary, network):
    """Of a page that other networks may be on too, what is this one's."""
    lines = summary.networks if summary else []
    surveys = summary.surveys if summary else []
    return {
        "named": _named(made_of, network),
        "mine": [line for line in lines if line.of == network],
        "surveys": [one for one in surveys if one.network == network],
    }


def _rendered(request, programme, made_of):
    """The figures of a programme's page. Those of a roll-up are kept once they are rendered, for
    readers of one language, time zone and day; nothing else of a reader is in them."""

    def make():
        summary = queries.summary(made_of)
        parts = {"programme": programme, **_figures(summary, request.path)}
        parts["surveys"] = summary.surveys
        html = render_to_string("evaluation/reports/_figures.html", parts, request)
        return Markup(html)  # noqa: S704 -- a template of ours, which escapes

    if made_of is None or made_of.counted is None:
        return ""
    mark = made_of.mark
    if mark is None:
        return make()
    zone = timezone.get_current_timezone_name()
    seen = (programme.slug, get_language(), zone, clock.today(zone))
    return KEPT.get((mark, *seen), make)


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
