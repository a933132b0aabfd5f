from urllib.parse import urlencode

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.people.actions import welcome
from members.people.adapter import fails_closed, not_too_often
from networks.invitations import queries as invited
from networks.invitations.models import Invitation
from networks.membership.door import network_page
from networks.membership.models import Membership
from networks.membership.queries import spell_of
from networks.network.queries import charter_in_force
from peernet.lib import clock, pages, text
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import actions, queries, rules
from .forms import ComeInForm, WordsForm
from .notices import what_we_did

# --- For whoever would like to join -----------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@fails_closed
def ask(request, slug):
    """The front door: what the network is for, and the way in. For a network that takes people by
    invitation there is no such page but for who left it."""
    network = queries.front_door(slug, request.user)
    if network is None:
        return _no_door(request)
    standing = queries.standing(network, request.user)
    if onward := _already(request, network, standing):
        return onward
    charter = charter_in_force(network)
    form = ComeInForm(request.POST or None, network=network, charter=charter, person=request.user,
                      initial=pages.typed(request))  # fmt: skip
    if form.is_valid():
        try:
            return _come_in(request, network, form)
        except Refused as no:
            add_refusal(form, no)
    context = {"form": form, "network": network, "standing": standing}
    context |= _about(network, charter)
    return render(request, "networks/joining/ask.html", context, status=pages.status_of(form))


def _already(request, network, standing):
    """On to the network for whoever is in it, and to the request of whoever has asked."""
    if request.user.pk and spell_of(network, request.user):
        return redirect(network)
    asked = standing and standing.state == "asked"
    return redirect("request", network.slug, standing.pk) if asked else None


def _about(network, charter):
    return {"purpose": text.html(network.purpose), "charter": charter and text.html(charter.text)}


def _no_door(request):
    """The same whether there is such a network or not."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.get_full_path())


def _come_in(request, network, form):
    """Let a signed-in person in, or put it to the coordinators; send anybody else the code that
    signs them in, and keep what they pressed: the form for the code does it then
    (peernet.pages.joining)."""
    if request.user.is_anonymous:
        _send_code(request, form.cleaned_data["email"].lower())
        pages.keep_typed(request)
        back = urlencode({"next": request.path})
        return redirect(f"{reverse('account_confirm_login_code')}?{back}")
    not_too_often(request, "come_in")
    made = actions.come_in(network, **form.said(), by=request.user)
    pages.forget_typed(request)
    if isinstance(made, Membership):
        said = _("Welcome to %(network)s. You are in.") % {"network": network.name}
        messages.success(request, said)
        return redirect(network)
    return redirect("request", network.slug, made.pk)


def _send_code(request, email):
    """As the sign-in page does: to whatever address, known or new, and in the same words."""
    just = _("We have just sent you a code. Wait a few minutes, then try again.")
    not_too_often(request, "request_login_code", key=email, said=just)
    LoginCodeVerificationProcess.initiate(request=request, user=welcome(email), email=email)


# --- The conversation -------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def conversation(request, slug, pk):
    """For whoever asked and the coordinators of this moment; for others there is none."""
    rows = queries.readable_by(request.user).filter(network__slug=slug)
    asked = _written_to(request, get_object_or_404(rows, pk=pk))
    mine = asked.person_id == request.user.pk
    if not mine:
        request.network = asked.network
    form = WordsForm(request.POST or None, initial=pages.typed(request))
    if form.is_valid():
        try:
            _done(request, asked, form, mine)
        except Refused as no:
            add_refusal(form, no)
        else:
            pages.forget_typed(request)
            return redirect("request", slug, pk)
    context = {"mine": mine, "form": form, **_standing(asked, mine)}
    return render(request, "networks/joining/request.html", context, status=pages.status_of(form))


def _written_to(request, asked):
    """In a network that was closed it is still read, and nothing more is said."""
    if request.method == "POST" and asked.network.closed_at:
        raise PermissionDenied
    return asked


def _standing(asked, mine):
    """What was said, and how it stands."""
    late = asked.waits_since and asked.waits_since <= clock.now() - rules.PATIENCE
    return {"asked": asked, "network": asked.network,
            "said": asked.said.select_related("author"),
            "inside": mine and spell_of(asked.network, asked.person),
            "late": what_we_did(asked) if late else ""}  # fmt: skip


def _done(request, asked, form, mine):
    """What was pressed: the words go with it."""
    words, deed = form.cleaned_data["text"], request.POST.get("deed")
    if mine and deed == "take_back":
        actions.take_back(asked, by=request.user)
        messages.success(request, _("Your request is taken back."))
    elif not mine and deed in ("welcome", "decline"):
        seen = request.POST.get("seen", "asked")
        actions.answer(asked, welcome=deed == "welcome", words=words, seen=seen, by=request.user)
        told = {"name": asked.person.shown_name}
        said = _("%(name)s is in.") if deed == "welcome" else _("We tell %(name)s: not now.")
        messages.success(request, said % told)
    else:
        actions.say(asked, words, once=form.key, by=request.user)
        messages.success(request, _("Sent."))


@require_safe
@network_page("coordinate")
def requests(request, network):
    before = pages.whole_number(request.GET.get("before"))
    done, older = queries.settled(network, before)
    context = {"network": network, "rows": [] if before else queries.waiting(network)[:100],
               "invited": [] if before else list(invited.to_answer(network)[:100]),
               "settled": done, "older": older, "paged": before}  # fmt: skip
    return render(request, "networks/joining/requests.html", context)


@require_POST
@network_page("coordinate")
def answer_invited(request, network, pk):
    """Yes or not now: to somebody whom an organisation's lead named, or to a new invitation."""
    row = get_object_or_404(Invitation, pk=pk, network=network)
    welcome = request.POST.get("deed") == "welcome"
    deed = actions.answer_wanted if row.wanted else actions.answer_nomination
    try:
        deed(row, welcome=welcome, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _what_goes(row, welcome) % {"name": row.name})
    return redirect("requests", network.slug)


def _what_goes(row, welcome):
    if welcome:
        return _("%(name)s is invited. The mail goes in a moment.")
    if row.wanted:
        return _("%(name)s gets no new invitation. Nobody is told.")
    return _("%(name)s is not invited. We tell whoever named them.")
