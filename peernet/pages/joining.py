"""Whoever pressed "Join" while signed out, and was sent a code, is in as soon as they type it: the
same press of the code's button does both, so that no page does anything when it is only opened."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils.translation import gettext as _

from networks.invitations import queries
from networks.invitations.actions import take_up
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
        return
