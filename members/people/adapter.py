"""Where allauth asks us: who may sign in, how often, and what the letters with codes look like."""

import logging
from functools import wraps
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from redis.exceptions import RedisError

from members.notices.actions import write_again
from peernet.lib.errors import Refused

from . import notices
from .actions import address_added, give_way, send_code

logger = logging.getLogger(__name__)
CODES = {
    "account/email/login_code": notices.sign_in_code,
    "account/email/email_confirmation": notices.address_code,
    "account/email/email_confirmation_signup": notices.address_code,
}


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": gettext_lazy("That is not the code we sent. Type its 6 digits again."),
        "too_many_login_attempts": gettext_lazy(
            "That was too often. Wait a few minutes, then ask for a new code."
        ),
        "email_password_mismatch": gettext_lazy(
            "That address and that password do not go together. Type them again, or let us mail "
            "you a code."
        ),
        "rate_limited": gettext_lazy("That was too often. Wait a minute, then try again."),
    }

    def send_mail(self, template_prefix, email, context):
        """Our own letters, past the outbox. Raises KeyError for a letter nobody wrote yet."""
        code = context["code"]
        send_code(CODES[template_prefix](code), email, code)

    def confirm_email(self, request, email_address):
        """A further address, whose code was typed; or the first one, by signing in."""
        by = request.user
        if by.is_authenticated:
            give_way(email_address.email, by=by)
        confirmed = super().confirm_email(request, email_address)
        if confirmed and by.is_authenticated:
            address_added(by=by)
        return confirmed

    def get_email_verification_redirect_url(self, email_address):
        return reverse("account_email")

    def post_login(self, request, user, **kwargs):
        """Whoever has no name yet is asked for it once, on the way to where they were going."""
        response = super().post_login(request, user, **kwargs)
        how = get_authentication_records(request, user)
        if how and how[-1]["method"] == "code" and how[-1].get("email", "").lower() == user.email:
            write_again(user)  # they have just read the code there
        if user.name:
            return response
        return HttpResponseRedirect(f"{reverse('you')}?{urlencode({'next': response.url})}")


class Passkeys(DefaultMFAAdapter):
    """A passkey is a way in, never a second lock: a code by mail opens the door as before, so
    that nobody is shut out by a lost phone."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "That passkey does not open an account here. Use another one, or let us mail you a "
            "code."
        ),
    }

    def is_mfa_enabled(self, user, types=None):
        return False

    def get_public_key_credential_rp_entity(self):
        # From the settings and not the request: a passkey belongs to one address for good.
        return {"id": urlsplit(settings.SITE_URL).hostname, "name": "PeerNet"}

    def get_public_key_credential_user_entity(self, user):
        said = super().get_public_key_credential_user_entity(user)
        return said | {"name": user.email, "display_name": user.name or user.email}


def fails_closed(view):
    """Without the shared memory of who tried how often, or without mail, nobody signs in."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except RedisError as broken:
            logger.error("sign-in is closed, the cache is away: %s", type(broken).__name__)
            why = _("We cannot count tries just now, so we let nobody in. Try again in a minute.")
        except Refused as no:
            why = str(no)
        page = render(request, "members/people/closed.html", {"why": why}, status=503)
        page.headers["Retry-After"] = "60"
        return page

    return answer


def few_tries(view):
    """Count tries in the shared cache: allauth counts in the session, and twenty requests at
    once would each read the same count there."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        key = request.session.session_key or ""
        if not ratelimit.consume(request, action="try_code", key=key):
            return ratelimit.respond_429(request)
        return view(request, *args, **kwargs)

    return answer


def not_too_often(request: HttpRequest, action: str, *, key: str = "", said: str = "") -> None:
    """Count what reaches other people: `action` is one of settings.ACCOUNT_RATE_LIMITS, and
    whoever is signed in is counted where no other key is given. `said`: of what was too often.

    Raises Refused when that was often enough, and when nobody can count; the form that shows it
    keeps what was typed.
    """
    try:
        allowed = ratelimit.consume(request, action=action, key=key or str(request.user.pk))
    except RedisError as broken:
        logger.error("%s is closed, the cache is away: %s", action, type(broken).__name__)
        raise Refused(
            _("We cannot count just now how often this is done, so it waits. Press again in a "
              "minute: what you typed is still here.")
        ) from None  # fmt: skip
    if not allowed:
        said = said or _("That was often in a short time. Press again in an hour: what you typed "
                         "is still here.")  # fmt: skip
        raise Refused(said)
