"""Taking a break from a network, and being back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from members.people.models import Person
from networks.membership.actions import come_back
from networks.membership.door import network_page
from networks.membership.models import Pause
from networks.membership.queries import break_of
from networks.network.models import Network
from peernet.lib import clock, pages
from peernet.lib.errors import Refused
from peernet.lib.forms import DateInput, Form, add_refusal
from sessions.cadence.models import Session
from sessions.meetings.models import Answer, Reply

from . import actions, breaks
from .notices import sentences


class BreakForm(Form):
    """Until when, a word about it, and what becomes of answers already given."""

    back_on = forms.DateField(
        label=gettext_lazy("I am back on"),
        help_text=gettext_lazy("Leave it empty if you do not know yet: you say when."),
        widget=DateInput,
        required=False,
    )
    words = forms.CharField(
        label=gettext_lazy("A word to your coordinator"),
        help_text=gettext_lazy("Only if you like. Nobody else reads it."),
        max_length=200,
        required=False,
    )
    say_no = forms.BooleanField(
        label=gettext_lazy("Say no for me to the sessions in my break"), required=False
    )

    def __init__(self, *args: Any, coming: list[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not coming:
            del self.fields["say_no"]

    def clean(self) -> dict[str, Any]:
        return {"say_no": False} | self.cleaned_data


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("take_part", writes=True)
def pause(request: HttpRequest, network: Network) -> HttpResponse:
    now = break_of(network, request.user)
    shown = {"back_on": now.back_on, "words": now.words} if now else {"say_no": True}
    initial = shown | pages.typed(request, "say_no")
    coming = breaks.coming_to(network, request.user, None)
    form = BreakForm(request.POST or None, initial=initial, coming=coming)
    if form.is_valid():
        try:
            taken = actions.pause(network, **form.cleaned_data, by=request.user)
        except Refused as no:
            add_refusal(form, no, "back_on")
        else:
            pages.forget_typed(request)
            messages.success(request, _taken(taken))
            return redirect("pause", network.slug)
    context = {"form": form, "network": network, "now": now, "coming": coming}
    return render(request, "pages/break.html", context, status=pages.status_of(form))


def _taken(taken: Pause) -> str:
    if taken.back_on is None:
        return _("Have a good break. Press “I am back” when you are.")
    return _("Have a good break. You hear from us again then.")


@require_POST
@network_page("take_part")
def back(request: HttpRequest, network: Network) -> HttpResponse:
    now = break_of(network, request.user)
    if now:
        come_back(now, by=request.user)
        found = breaks.missed(network, request.user, now.since)
        said = [_("Welcome back."), *sentences(found), *_said_no(network, request.user)]
        messages.success(request, " ".join(said))
    return redirect(network)


def _said_no(network: Network, person: Person) -> list[str]:
    """Whoever starts a break may have us say no for them, and must not forget it."""
    n = Answer.objects.filter(
        person=person, reply=Reply.NO, session__network=network, session__starts_at__gt=clock.now()
    ).count()
    if not n:
        return []
    sentence = ngettext(
        "Your answer is No for %(n)s session ahead. Change it if you can come now.",
        "Your answer is No for %(n)s sessions ahead. Change it if you can come now.",
        n,
    )
    return [sentence % {"n": n}]
