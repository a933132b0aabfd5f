from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from networks.membership.door import network_page
from peernet.lib import pages
from sessions.cadence.models import SessionState
from sessions.cadence.queries import visible_to
from sessions.meetings.queries import named_by, why_closed

from . import actions, queries, rules

TYPE = "text/calendar; charset=utf-8"


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def calendar_feeds(request):
    fresh = chosen = None
    if request.method == "POST":
        chosen = _chosen(request)
        if request.POST.get("deed") != "make":
            return _switched_off(request, chosen)
        # Shown once, here and now: what is stored cannot be read back.
        token = actions.make_address(request.user, chosen, by=request.user)
        fresh = pages.address("calendar_feed", token)
    context = {
        "choices": queries.choices(request.user),
        "fresh": fresh,
        "webcal": "webcal://" + fresh.split("://")[1] if fresh else "",
        "made_for": chosen,
    }
    return render(request, "sessions/calendar/feeds.html", context)


@require_safe
def calendar_feed(request, token):
    """No session, no cookie, nobody asked to sign in: the token is all there is."""
    asked = queries.feed_of(token)
    if asked is None:
        return _not_shared(HttpResponse(status=404))
    if request.method == "GET":
        actions.note_fetched(asked)
    text = queries.feed(asked)
    mark = rules.etag(text)
    answer = get_conditional_response(request, etag=mark)
    if answer is None:
        answer = _calendar(text, "peernet")
        answer.headers["ETag"] = mark
    return _not_shared(answer)


@require_safe
@network_page("view")
def session_calendar(request, network, pk):
    sure = visible_to(request.user).filter(network=network).exclude(state=SessionState.TENTATIVE)
    return _calendar(queries.file(get_object_or_404(sure, pk=pk)), "session")


@require_safe
def session_calendar_by_mail(request, token):
    one, person = named_by("answer", token)
    if why_closed(one, person):
        return redirect("answer_by_mail", token)  # where it is explained
    return _not_shared(_calendar(queries.file(one), "session"))


# --- Parts ---------------------------------------------------------------------------------------


def _chosen(request):
    """The network whose feed it is about; None for the feed of all."""
    slug = request.POST.get("network", "")
    networks = [choice.network for choice in queries.choices(request.user) if choice.network]
    found = next((one for one in networks if one.slug == slug), None)
    if slug and not found:
        raise Http404
    return found


def _switched_off(request, network):
    if request.POST.get("deed") == "off":
        actions.switch_off(request.user, network, by=request.user)
        messages.success(request, _("Switched off. That address works no more."))
    return redirect("calendar_feeds")


def _calendar(text, name):
    answer = HttpResponse(text, content_type=TYPE)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return answer


def _not_shared(answer):
    """A browser or a calendar program may keep it and ask whether it changed; nobody between."""
    patch_cache_control(answer, private=True, no_cache=True)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
