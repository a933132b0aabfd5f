"""How somebody signs in, and where they are signed in: pages for the person themselves."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.models import EmailAddress, Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from allauth.core import ratelimit
from allauth.mfa.webauthn.internal import auth, flows
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.people.actions import remove_address, write_to
from members.people.adapter import fails_closed, few_tries
from members.people.queries import addresses_of
from members.people.rules import DEVICE
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import actions, forms, queries

PROOF = "proof"  # the key in a session: what is known of the code that was sent
read_or_write = require_http_methods(["GET", "HEAD", "POST"])


def proved(view: Callable) -> Callable:
    """Who sits there must have shown it lately: by signing in, or by a code that we mail now."""

    @wraps(view)
    def ask(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if queries.is_proved(request.session.get(DEVICE)):
            return view(request, *args, **kwargs)
        return _prove_first(request, request.path)

    return pages.signed_in(ask)


def proved_to_press(page: str) -> Callable:
    """As `proved`, for what is pressed or sent on `page`, which itself may be read by whoever is
    signed in. What was typed there waits."""

    def guard(view: Callable) -> Callable:
        @wraps(view)
        def ask(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method != "POST" or queries.is_proved(request.session.get(DEVICE)):
                return view(request, *args, **kwargs)
            if request.path == reverse(page):
                pages.keep_typed(request)
            return _prove_first(request, reverse(page))

        return pages.signed_in(ask)

    return guard


def _prove_first(request: HttpRequest, onward: str) -> HttpResponse:
    return redirect(f"{reverse('confirm')}?{urlencode({'next': onward})}")


def _here(request: HttpRequest) -> int:
    """The id of the device that asks; the middleware has written it down."""
    return request.session[DEVICE][0]


# --- The proof -----------------------------------------------------------------------------------


@read_or_write
@pages.signed_in
@fails_closed
@few_tries
def confirm(request):
    held = request.session.get(PROOF)
    form = forms.ProofForm(request.POST or None)
    if held and form.is_valid():
        try:
            actions.prove(_here(request), held, form.cleaned_data["code"])
        except Refused as no:
            add_refusal(form, no, "code")
            request.session[PROOF] = held
        else:
            del request.session[PROOF]
            return redirect(get_next_redirect_url(request) or "signing_in")
    context = {"form": form, "sent": bool(held), "onward": get_next_redirect_url(request) or ""}
    return render(request, "members/access/confirm.html", context, status=pages.status_of(form))


@require_POST
@pages.signed_in
@fails_closed
def confirm_send(request):
    if not ratelimit.consume(request, action="request_login_code", key=request.user.email):
        return ratelimit.respond_429(request)
    request.session[PROOF] = actions.send_proof(request.user, _here(request))
    return _prove_first(request, get_next_redirect_url(request) or reverse("signing_in"))


# --- Signing in ----------------------------------------------------------------------------------


class PasswordSignIn(LoginView):
    """The sign-in with a password, for those who set one."""

    template_name = "members/access/password_sign_in.html"

    def get_form_class(self):
        return forms.PasswordSignInForm

    def _redirect_to_pending_stage(self, request, stage):
        return None  # who waits for a code that does not come may use a password instead


@require_POST
@fails_closed
def passkey_begin(request):
    """A question that a passkey can answer."""
    if not ratelimit.consume(request, action="passkey"):
        return ratelimit.respond_429(request)
    return JsonResponse(auth.begin_authentication(user=None))


@require_POST
@fails_closed
def passkey_sign_in(request):
    if not ratelimit.consume(request, action="passkey"):
        return ratelimit.respond_429(request)
    onward = get_next_redirect_url(request)
    form = forms.PasskeySignInForm(request.POST)
    if form.is_valid():
        passkey = form.cleaned_data["credential"]
        login = Login(user=passkey.user, redirect_url=onward)
        return flows.perform_passwordless_login(request, passkey, login)
    for sentence in form.errors.get("credential", []):
        messages.error(request, sentence)
    query = f"?{urlencode({'next': onward})}" if onward else ""
    return redirect(reverse("account_login") + query)


@require_safe
@pages.signed_in
def signing_in(request):
    context = {"passkeys": queries.passkeys_of(request.user)}
    return render(request, "members/access/signing_in.html", context)


# --- Passkeys ------------------------------------------------------------------------------------


@read_or_write
@proved
def passkey_new(request):
    here = queries.devices_of(request.user).filter(pk=_here(request)).exclude(browser="").first()
    initial = {"name": here.name if here else ""}
    form = forms.PasskeyForm(request.POST or None, user=request.user, initial=initial)
    if form.is_valid():
        name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
        try:
            actions.add_passkey(request.user, name=name, credential=credential, by=request.user)
        except Refused as no:
            add_refusal(form, no)
        else:
            messages.success(request, _("Next time, you can sign in with this passkey."))
            return redirect("signing_in")
    context = {"form": form}
    return render(request, "members/access/passkey_new.html", context, status=pages.status_of(form))


@require_POST
@proved
def passkey_ready(request):
    """What a device needs to know to make a passkey."""
    return JsonResponse(auth.begin_registration(request.user, passwordless=True))


@read_or_write
@pages.signed_in
def passkey_rename(request, pk):
    passkey = get_object_or_404(queries.passkeys_of(request.user), pk=pk)
    form = forms.PasskeyNameForm(request.POST or None, initial={"name": passkey.data["name"]})
    if form.is_valid():
        actions.rename_passkey(passkey, name=form.cleaned_data["name"], by=request.user)
        messages.success(request, _("Saved."))
        return redirect("signing_in")
    context = {"form": form, "passkey": passkey}
    status = pages.status_of(form)
    return render(request, "members/access/passkey_rename.html", context, status=status)


@require_POST
@proved_to_press("signing_in")
def passkey_remove(request, pk):
    passkey = get_object_or_404(queries.passkeys_of(request.user), pk=pk)
    actions.remove_passkey(passkey, by=request.user)
    removed = _("Removed. Take it out of the device that keeps it, too: it opens nothing now.")
    messages.success(request, removed)
    return redirect("signing_in")


# --- A password ----------------------------------------------------------------------------------


@read_or_write
@proved
def password(request):
    form = forms.PasswordForm(request.POST or None, person=request.user)
    if form.is_valid():
        _set_password(request, form.cleaned_data["password"])
        saved = _("Your password is set. Every other device was signed out.")
        messages.success(request, saved)
        return redirect("signing_in")
    context = {"form": form}
    return render(request, "members/access/password.html", context, status=pages.status_of(form))


@require_POST
@proved_to_press("signing_in")
def password_remove(request):
    if request.user.has_usable_password():
        _set_password(request, None)
    messages.success(request, _("You have no password now. A code by mail lets you in."))
    return redirect("signing_in")


def _set_password(request, password):
    actions.set_password(request.user, password, here=_here(request), by=request.user)
    update_session_auth_hash(request, request.user)  # but for the browser that asked


# --- Devices -------------------------------------------------------------------------------------


@require_safe
@pages.signed_in
def devices(request):
    context = {"devices": queries.devices_of(request.user), "this": _here(request)}
    return render(request, "members/access/devices.html", context)


@require_POST
@pages.signed_in
def device_sign_out(request, pk):
    device = get_object_or_404(queries.devices_of(request.user), pk=pk)
    if device.pk == _here(request):
        return redirect("account_logout")
    actions.sign_out(device, by=request.user)
    messages.success(request, _("%(device)s is signed out.") % {"device": device.name})
    return redirect("devices")


@require_POST
@pages.signed_in
def sign_out_elsewhere(request):
    actions.sign_out_elsewhere(request.user, here=_here(request), by=request.user)
    update_session_auth_hash(request, request.user)  # but for the browser that asked
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("devices")


# --- Addresses -----------------------------------------------------------------------------------


@read_or_write
@fails_closed
@proved_to_press("account_email")
def addresses(request):
    initial = pages.typed(request) if request.method != "POST" else None
    form = forms.AddressForm(request.POST or None, person=request.user, initial=initial)
    if form.is_valid():
        email = form.cleaned_data["email"]
        EmailVerificationProcess.initiate(request=request, user=request.user, email=email)
        pages.forget_typed(request)
        return redirect("account_email_verification_sent")
    mine = addresses_of(request.user)
    more = EmailAddress.objects.can_add_email(request.user)
    context = {"form": form, "addresses": mine, "more": more}
    return render(request, "members/access/addresses.html", context, status=pages.status_of(form))


@require_POST
@proved_to_press("account_email")
def address_main(request, pk):
    address = get_object_or_404(addresses_of(request.user), pk=pk)
    try:
        write_to(address, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("From now on we write to %(it)s.") % {"it": address.email})
    return redirect("account_email")


@require_POST
@proved_to_press("account_email")
def address_remove(request, pk):
    address = get_object_or_404(addresses_of(request.user), pk=pk)
    try:
        remove_address(address, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("%(it)s is removed.") % {"it": address.email})
    return redirect("account_email")
