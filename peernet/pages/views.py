from functools import wraps

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from members.merging.queries import offered
from members.notices.models import NoticeState
from networks.articles.queries import listed
from networks.discussions.queries import latest
from networks.exchange.queries import newest
from networks.joining.queries import takes_people_in
from networks.membership.door import network_page, rights
from networks.membership.queries import break_of, last_spell
from networks.seats.queries import standing
from networks.succession.queries import going_on
from peernet.lib import pages, text, words
from sessions.pages.queries import next_here
from sessions.together.queries import lines

from . import health, queries, sent, to_run
from .linked import neighbours

SHOWN = 5  # threads on a network's front page


@require_safe
def home(request):
    if not request.user.is_authenticated:
        context = {"demo": settings.DEMO, "may_sign_up": settings.OPEN_NETWORKS}
        return render(request, "pages/welcome.html", context)
    found = queries.home(request.user)
    context = {"home": found, "may_open": request.user.has_perm("networks.open_network")}
    context["double"] = offered(request.user)
    context |= _next(found.row)
    return render(request, "pages/home.html", context | {"lead": _lead(found)})


def _lead(found):
    """What is new, in one sentence."""
    new = len(found.news.threads) if found.news else 0
    if new:
        return ngettext(
            "%(n)s thread has something new.", "%(n)s threads have something new.", new
        ) % {"n": new}
    return _("Nothing new since you were here.") if found.networks else ""


def _next(row):
    """The next session for templates/pages/_next.html."""
    if row is None:
        return {"row": None}
    said = [words.length(row.session.minutes)]
    if row.session.facilitator:
        said.append(_("with %(name)s") % {"name": row.session.facilitator.shown_name})
    coming = ngettext("%(n)s person is coming", "%(n)s people are coming", row.coming)
    return {"row": row, "next_meta": " · ".join([*said, coming % {"n": row.coming}])}


def _or_the_front_door(view):
    """Whoever is not in a network that takes people in is led to where they can join it."""

    @wraps(view)
    def enter(request, slug):
        inside = request.user.is_authenticated and any(
            one.slug == slug for one in rights(request.user).networks
        )
        if not inside and takes_people_in(slug):
            return redirect("ask", slug)
        return view(request, slug)

    return enter


@require_safe
@_or_the_front_door
@network_page("view")
def network(request, network):
    around = listed(network, request.user, news=False)
    context = {
        "network": network,
        "purpose": text.html(network.purpose),
        "funding": queries.funding_line(network),
        "count": around.audience,
        "threads": latest(around.rooms, request.user, limit=SHOWN),
        "board": newest(network, request.user),
        "runs": request.user.has_perm("networks.coordinate", network),
        "reopens": request.user.has_perm("networks.reopen", network),
        "closing": network.closed_at and network.closings.select_related("by").last(),
        "pause": break_of(network, request.user),
        "asked": going_on(network),
        "linked": neighbours(network),
        "together": lines(network, request.user),
    }
    context |= _next(next_here(network, request.user))
    return render(request, "pages/network.html", context)


@require_safe
@network_page("coordinate")
def run(request, network):
    steps = to_run.first_steps(network)
    done = sum(ready for _task, ready in steps)
    context = {
        "network": network,
        "steps": steps,
        "done": done,
        "of": len(steps),
        "left": len(steps) - done and not to_run.put_away(network, request.user),
        "tasks": to_run.this_week(network),
        "funding": queries.funding_line(network),
        "places": standing(network),
    }
    return render(request, "pages/run.html", context)


@require_safe
@network_page("coordinate")
def what_we_sent(request, network):
    state = request.GET.get("state", "")
    before = pages.whole_number(request.GET.get("before"))
    lines, older = sent.lines(network, state, before)
    choices = [("", _("All")), *NoticeState.choices]
    context = {
        "network": network,
        "lines": lines,
        "counted": sent.counted(network),
        "tabs": [
            {"label": label, "url": f"?state={value}", "current": value == state}
            for value, label in choices
        ],
        "newer": f"?state={state}" if before else "",
        "older": f"?state={state}&before={older}" if older else "",
    }
    return render(request, "pages/sent.html", context)


@require_safe
def healthz(request):
    well, seen = health.report()
    response = JsonResponse({"ok": well, **seen}, status=200 if well else 503)
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def forbidden(request, exception):
    place = getattr(request, "network", None)
    page = "pages/closed.html" if place and place.closed_at else "403.html"
    return render(request, page, {"network": place}, status=403)


def not_found(request, exception):
    """To whoever was in the network that the address names: that they are not any more. What else
    there is or was, it says to nobody."""
    found = request.resolver_match
    slug = found.kwargs.get("slug") if found and found.route.startswith("n/<slug") else None
    spell = last_spell(request.user, slug) if slug and request.user.is_authenticated else None
    if spell and spell.until:
        return render(request, "pages/ended.html", {"spell": spell}, status=404)
    return render(request, "404.html", status=404)


def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)
