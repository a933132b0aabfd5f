"""What every page's foot links to: help, privacy, accessibility; and what machines ask for."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.privacy import queries as privacy
from networks.membership.queries import coordinators_by_network
from peernet.lib import clock, pages

ROBOTS = """\
# The first page and what its foot links to may be found by search. Every other page asks not to be
# (X-Robots-Tag: noindex), which a machine only learns when it may look.
User-agent: *
Disallow: /source/
"""
SECURITY_TEXT_LASTS = timedelta(days=180)


def foot() -> tuple[tuple[str, str], ...]:
    """The same links at the foot of every page, in the same order: label and address."""
    labels = {
        "help": _("Help and contact"),
        "privacy": _("Privacy"),
        "accessibility": _("Accessibility"),
    }
    return tuple((label, reverse(name)) for name, label in labels.items())


def _known() -> dict[str, str]:
    """Who runs this place, as far as its settings say."""
    return {"operator": settings.OPERATOR, "contact": settings.CONTACT}


@require_safe
def help_and_contact(request: HttpRequest) -> HttpResponse:
    known = request.user.is_authenticated
    mine = coordinators_by_network(request.user) if known else {}
    return render(request, "pages/about/help.html", {"places": mine, **_known()})


@require_safe
def privacy_notice(request: HttpRequest) -> HttpResponse:
    kinds = [(privacy.title(*pair), pair[1]) for pair in privacy.declared()]
    context = {
        "goes": [title for title, said in kinds if said.erase != "keep"],
        "stays": [(title, str(said.why)) for title, said in kinds if said.erase == "keep"],
        "days": settings.SESSION_COOKIE_AGE // 86_400,
    }
    return render(request, "pages/about/privacy.html", context | _known())


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/about/accessibility.html", _known())


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@require_safe
def security_text(request: HttpRequest) -> HttpResponse:
    """RFC 9116: where to say that one found a hole."""
    contact = f"mailto:{settings.CONTACT}" if settings.CONTACT else pages.address("help")
    until = (clock.now() + SECURITY_TEXT_LASTS).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {contact}",
        f"Expires: {until.strftime('%Y-%m-%dT%H:%M:%SZ')}",
        f"Canonical: {pages.address('security_text')}",
        "Preferred-Languages: en",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
