"""Two accounts of one person: the other address, its code, what would move, and the deed."""

from urllib.parse import urlencode

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.access.queries import is_proved
from members.people.adapter import fails_closed
from members.people.rules import DEVICE
from members.privacy.queries import addresses
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import Form, add_refusal

from . import actions, forms, queries, rules

HELD = "merging"  # the key in a session: the other address, and whether its code was typed
PAGE = "members/merging/two_accounts.html"


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
@fails_closed
def accounts_merge(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    steps = {"code": _code, "merge": _merge, "again": _again, "away": _away}
    step = steps.get(request.POST.get("do", ""), _send)
    if step is not _away and not is_proved(request.session.get(DEVICE)):
        query = urlencode({"next": reverse("accounts_merge")})
        return redirect(f"{reverse('confirm')}?{query}")
    return step(request)


def _send(request: HttpRequest) -> HttpResponse:
    """Mail the code to the other address."""
    form = forms.OtherForm(request.POST, person=request.user)
    if not form.is_valid():
        return _page(request, form)
    email = form.cleaned_data["email"]
    if not ratelimit.consume(request, action="request_login_code", key=email):
        return ratelimit.respond_429(request)
    request.session[HELD] = actions.send_proof(email, by=request.user)
    return redirect("accounts_merge")


def _code(request: HttpRequest) -> HttpResponse:
    """The code that came there."""
    held, form = request.session.get(HELD), forms.CodeForm(request.POST)
    if not held:
        return redirect("accounts_merge")
    key = request.session.session_key or ""  # tries are counted in the cache, too: twenty at once
    if not ratelimit.consume(request, action="try_code", key=key):
        return ratelimit.respond_429(request)
    if not form.is_valid():
        return _page(request, form)
    try:
        actions.prove(held, form.cleaned_data["code"], by=request.user)
    except Refused as no:
        add_refusal(form, no, "code")
        request.session[HELD] = held
        return _page(request, form)
    request.session[HELD] = held
    if actions.other(held, by=request.user) is None:
        _none_there(request, held["email"])
    return redirect("accounts_merge")


def _none_there(request: HttpRequest, email: str) -> None:
    del request.session[HELD]
    said = _("%(it)s has no other account: there is nothing to bring together.")
    messages.info(request, said % {"it": email})


def _merge(request: HttpRequest) -> HttpResponse:
    old = actions.other(request.session.get(HELD) or {}, by=request.user)
    if old is None:
        request.session.pop(HELD, None)
        messages.error(request, _("That took too long. Nothing was moved; begin again."))
        return redirect("accounts_merge")
    try:
        actions.merge(request.user, old, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("accounts_merge")
    del request.session[HELD]
    messages.success(request, _("Your two accounts are one now. Both addresses sign in to it."))
    return redirect("account_email")


def _again(request: HttpRequest) -> HttpResponse:
    """Back to the first step, with another address or for a new code."""
    request.session.pop(HELD, None)
    return redirect("accounts_merge")


def _away(request: HttpRequest) -> HttpResponse:
    actions.put_away(by=request.user)
    messages.success(request, _("We will not ask again. You find it under Your email addresses."))
    return redirect("you")


def _page(request: HttpRequest, form: Form | None = None) -> HttpResponse:
    """The step that somebody is at."""
    held = request.session.get(HELD)
    old = actions.other(held, by=request.user) if held else None
    shown = {}
    if old:
        shown = {"old": queries.account_words(old), "moving": queries.moving(request.user, old)}
    elif form is None and held and "shown" not in held:
        form = forms.CodeForm()
    elif form is None:
        likely = queries.likely_other(request.user, addresses(request.user))
        form = forms.OtherForm(person=request.user, initial={"email": likely})
    plus = rules.has_plus(request.user.email)
    context = {"form": form, "held": held if held and (old or "shown" not in held) else None,
               "plus": plus, **shown}  # fmt: skip
    status = pages.status_of(form) if form else 200
    return render(request, PAGE, context, status=status)
