"""Answers that every page gives the same way."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

LONGEST_KEPT = 100_000  # characters: anybody can send anything while signed out
FOR_SEARCH = {"home", "help", "privacy", "accessibility", "robots", "security_text"}
FOR_ALL = {"source"}  # the same for everybody, though not for search engines
# What our pages never ask a browser for, so that nothing slipped into them can.
UNUSED = (
    "accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture",
    "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "serial",
    "usb", "xr-spatial-tracking",
)  # fmt: skip
UNDO = "undo"  # the key in a session: what the next page offers to take back
KEPT = "kept"  # the key in an anonymous session: what somebody typed before the sign-in expired


def page_or_fragment(
    request: HttpRequest, page: str, fragment: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The whole page, or only the part that changed when htmx asks for it.

    The fragment's file is the one that the page includes, so both are always the same words.
    """
    htmx = request.htmx  # type: ignore[attr-defined]  # its middleware adds it
    wants_part = htmx and not htmx.boosted and not htmx.history_restore_request
    response = render(request, fragment if wants_part else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def status_of(form: forms.BaseForm) -> int:
    """200 for a form as it is first shown, 422 when it comes back with something to put right."""
    return 422 if form.is_bound and form.errors else 200


def keep_typed(request: HttpRequest) -> None:
    """Hold what was typed into a form whose sender is signed out, until they are back."""
    typed = {key: request.POST.getlist(key) for key in request.POST if key != "csrfmiddlewaretoken"}
    if len(str(typed)) <= LONGEST_KEPT:
        keep(request, request.path, typed)


def keep(request: HttpRequest, path: str, values: dict[str, list[str]]) -> None:
    """Hold what the form at `path` begins with when it is next opened."""
    request.session[KEPT] = {path: values}


def typed(request: HttpRequest, *boxes: str) -> dict[str, Any]:
    """What is kept for the form here, as initial values; empty when nothing is.

    `boxes` names the form's tick boxes: one that was left empty sent nothing, and stays empty.
    """
    kept = request.session.get(KEPT, {}).get(request.path, {})
    values = {key: found[0] if len(found) == 1 else found for key, found in kept.items()}
    return dict.fromkeys(boxes, False) | values if values else {}


def kept_anywhere(request: HttpRequest) -> dict[str, dict[str, list[str]]]:
    """All that is kept, as it was typed: the path of its form -> field -> values."""
    return dict(request.session.get(KEPT, {}))


def forget_typed(request: HttpRequest) -> None:
    """The form went through: what was kept for it can go."""
    request.session.pop(KEPT, None)


def offer_undo(request: HttpRequest, text: str, action: str, **hidden: str | int) -> None:
    """Say on the next page what was done, with a button that posts `hidden` to `action`."""
    request.session[UNDO] = {"text": text, "action": action, "hidden": hidden}


def undo_offered(request: HttpRequest) -> dict[str, Any] | None:
    """What `offer_undo` left for this page; given once."""
    return request.session.pop(UNDO, None) if UNDO in request.session else None


def address(name: str, *args: Any) -> str:
    """The whole address of one of our pages, for a mail."""
    return settings.SITE_URL + reverse(name, args=args)


def whole_number(text: str | None) -> int | None:
    """A positive whole number from an address, or None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


def uuid_or_none(text: str | None) -> uuid.UUID | None:
    """The form's key, or None when it was tampered with."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def signed_in(view: Callable) -> Callable:
    """Ask who it is before any look-up. What a signed-out person typed waits for their return."""

    @wraps(view)
    def ask(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            keep_typed(request)
            words = _("You were signed out. Sign in, and what you typed will still be there.")
            again = _("Please choose the files again.") if request.FILES else ""
            messages.info(request, f"{words} {again}".strip())
        answer = redirect_to_login(request.get_full_path())
        # htmx would swap the sign-in page into the part that asked: it must leave the page.
        by_htmx = request.htmx  # type: ignore[attr-defined]  # its middleware adds it
        return HttpResponseClientRedirect(answer.url) if by_htmx else answer

    return ask


def for_ourselves(get_response: Callable) -> Callable:
    """Middleware: no other site embeds what we answer, and no page of ours gets at what PeerNet
    has no use for."""
    closed = ", ".join(f"{name}=()" for name in UNUSED)

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = closed
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return answer


def private_by_default(get_response: Callable) -> Callable:
    """Middleware: but for the pages of FOR_SEARCH, as strangers see them, no page is kept by a
    browser or proxy, and none is found by a search engine."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        found = request.resolver_match
        name = found.url_name if found else None
        private = request.user.is_authenticated
        public = not private and response.status_code == 200 and name in FOR_SEARCH
        # What says itself how long it is good for (a calendar's feed) is believed by strangers.
        if private or not (public or name in FOR_ALL or response.has_header("Cache-Control")):
            add_never_cache_headers(response)
        if not public:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    return answer
