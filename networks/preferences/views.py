from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from members.notices.notices import settings_link
from members.notices.rules import Scope
from members.people.actions import choose_times
from networks.discussions.actions import follow
from networks.discussions.models import Thread
from networks.discussions.queries import subject_for
from networks.membership.door import network_page
from networks.network.models import Network
from peernet.lib import pages

from . import actions, queries, rules
from .forms import NetworkForm, TimesForm
from .models import Talk

BOXES = ("weekly", "quiet_hours")
TIMES = ("weekly", "weekly_day", "weekly_hour", "quiet_hours")
NETWORK_BOXES = (*rules.REMINDERS, "ask_second", "suggest")
CHOICES = ("talk", *NETWORK_BOXES)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def notifications(request):
    places = queries.of_networks(request.user)
    return _times(request, request.user, {"places": places})


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("view")
def network_notifications(request, network):
    return _network(request, request.user, network, {})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings_by_mail(request, token):
    """One deed: to see and change one's own choices for one network, or for the weekly mail."""
    person, network = queries.named_by_settings(token) or (None, None)
    if person is None:
        return _closed(request)
    if network is None:
        return _times(request, person, {"reader": person, "places": []})
    more = {"reader": person, "times": settings_link(person)}
    return _network(request, person, network, more)


@csrf_exempt  # RFC 8058: the mail program itself posts here; it has no cookie and no page of ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_by_mail(request, token):
    found = queries.named_by_stop(token)
    if found is None:
        return _closed(request)
    state, before = "asked", ""
    if request.method == "POST" and "again" in request.POST:
        _start_again(found, request.POST["again"])
        state = "again"
    elif request.method == "POST":
        state, before = "stopped", _stop(found)
    # No redirect: RFC 8058 forbids it, and the undo needs what was there before.
    context = {"state": state, "before": before, "what": _what(found), "reader": found.person}
    return render(request, "networks/preferences/stop.html", context)


# --- Parts ---------------------------------------------------------------------------------------


def _times(request, person, context):
    """When the weekly mail comes; for a signed-in reader with their networks below."""
    start = {name: getattr(person, name) for name in TIMES} | pages.typed(request, *BOXES)
    form = TimesForm(request.POST or None, initial=start)
    if form.is_valid():
        choose_times(person, **form.cleaned_data, by=person)
        return _saved(request)
    context |= {"form": form}
    status = pages.status_of(form)
    return render(request, "networks/preferences/times.html", context, status=status)


def _network(request, person, network, context):
    row = queries.chosen(person, network.pk)
    start = {name: getattr(row, name) for name in CHOICES}
    start |= pages.typed(request, *NETWORK_BOXES)
    form = NetworkForm(request.POST or None, initial=start)
    if form.is_valid():
        actions.choose(person, network, **form.cleaned_data, by=person)
        return _saved(request)
    context |= {"form": form, "network": network}
    status = pages.status_of(form)
    return render(request, "networks/preferences/network.html", context, status=status)


def _saved(request):
    pages.forget_typed(request)
    messages.success(request, _("Saved. It holds for every mail from now on."))
    return redirect(request.path)


def _closed(request):
    return render(request, "networks/preferences/closed.html", status=404)


def _stop(found):
    """Do it; returns what there was before, for the undo. Also when there is nothing left to stop:
    whoever presses it must never be told no."""
    scope, _about, person = found
    network, thread = _network_of(found), _thread_of(found)
    if not person.is_active:
        return ""
    if scope == Scope.WEEKLY:
        choose_times(person, weekly=False, by=person)
    elif scope == Scope.TALK and network:
        return actions.stop_talk(person, network, by=person)
    elif scope == Scope.REMINDERS and network:
        return actions.stop_reminders(person, network, by=person)
    elif thread:
        follow(thread, person, on=False, by=person)
    return ""


def _start_again(found, before):
    scope, _about, person = found
    network, thread = _network_of(found), _thread_of(found)
    if not person.is_active:
        return
    if scope == Scope.WEEKLY:
        choose_times(person, weekly=True, by=person)
    elif scope == Scope.TALK and network:
        had = before in Talk.values and before != Talk.NOTHING
        actions.choose(person, network, talk=before if had else Talk.FOLLOWED, by=person)
    elif scope == Scope.REMINDERS and network:
        actions.choose(person, network, **rules.read(before), by=person)
    elif thread:
        follow(thread, person, on=True, by=person)


def _network_of(found):
    if found.scope not in (Scope.TALK, Scope.REMINDERS):
        return None
    return Network.objects.filter(pk=found.about).first()


def _thread_of(found):
    """Only one that its reader may still read: a mail that was passed on must not tell more."""
    if found.scope != Scope.THREAD:
        return None
    threads = Thread.objects.visible_to(found.person).select_related("room")
    return threads.filter(pk=found.about).first()


def _what(found):
    """What the press stops, in words."""
    network, thread = _network_of(found), _thread_of(found)
    if found.scope == Scope.WEEKLY:
        return _("the weekly mail")
    if found.scope == Scope.TALK and network:
        return _("mail about talk in %(network)s") % {"network": network.name}
    if found.scope == Scope.REMINDERS and network:
        return _("reminders of sessions of %(network)s") % {"network": network.name}
    if thread and not thread.room.trusted:
        return _("mail about “%(title)s”") % {"title": subject_for(thread, found.person)}
    return _("these mails")
