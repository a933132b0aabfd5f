"""Whoever pressed "Join" while signed out, and was sent a code, is in as soon as they type it: the
same press of the code's button does both, so that no page does anything when it is only opened."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import resolve, reverse
from django.utils.translation import gettext as _

from networks.invitations import queries
from networks.invitations.actions import take_up
from networks.joining.actions import come_in
from networks.joining.models import JoinRequest
from networks.joining.queries import front_door
from networks.membership.models import Membership
from networks.network.queries import charter_in_force
from peernet.lib import pages
from peernet.lib.errors import Refused


def and_joins(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The form for the code, which also finishes the joining that waits for it."""

    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and request.user.is_authenticated:
            _finish(request, response)
        return response

    return answer


def _finish(request: HttpRequest, response: HttpResponse) -> None:
    """Do what was pressed on the page of an invitation; its page says it when that cannot be."""
    for path, said in pages.kept_anywhere(request).items():
        way = resolve(path)
        if way.view_name == "ask":
            return _ask(request, response, way.kwargs["slug"], said)
        invitation = queries.by_token(way.kwargs["token"]) if way.view_name == "join" else None
        if invitation is None or queries.standing(invitation, request.user) != "open":
            continue
        pages.forget_typed(request)
        network, charter = invitation.network, charter_in_force(invitation.network)
        try:
            if charter and said.get("charter") != [str(charter.version)]:
                raise Refused(
                    _("The house rules were changed a moment ago. Read them once more, then join.")
                )
            take_up(invitation, request.user, accepts_charter="accepts_charter" in said)
        except Refused as no:
            messages.warning(request, str(no))
        else:
            welcome = _("Welcome to %(network)s. You are in.") % {"network": network.name}
            messages.success(request, welcome)
            if response.headers.get("Location") == path:
                response.headers["Location"] = network.get_absolute_url()
        return None
    return None


def _ask(
    request: HttpRequest, response: HttpResponse, slug: str, said: dict[str, list[str]]
) -> None:
    """Do what was pressed on the front page of a network, and go on to what came of it; where
    that cannot be, its page says why, with all that was typed."""
    network = front_door(slug, request.user)
    if network is None:
        return
    one = {key: found[0] for key, found in said.items() if found}
    version = pages.whole_number(one.get("charter")) if "accepts_charter" in one else None
    words, name = one.get("words", ""), one.get("name", "")
    try:
        made = come_in(network, words=words, charter=version, name=name, by=request.user)
    except Refused as no:
        messages.warning(request, str(no))
        response.headers["Location"] = reverse("ask", args=[slug])
        return
    pages.forget_typed(request)
    response.headers["Location"] = _leads_to(made)


def _leads_to(made: JoinRequest | Membership) -> str:
    if isinstance(made, Membership):
        return made.network.get_absolute_url()
    return reverse("request", args=[made.network.slug, made.pk])
