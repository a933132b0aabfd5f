from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from networks.directory.queries import visible_to
from networks.membership.door import network_page
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import actions, queries
from .forms import IntroduceForm


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("take_part", writes=True)
def introductions(request, network):
    """What waits for one's answer, a form to introduce two people, and what one began."""
    sent = (request.POST,) if request.method == "POST" else ()
    first = _first(request, network) | pages.typed(request)
    form = IntroduceForm(network, request.user, *sent, initial=first)
    if sent and form.is_valid() and _introduced(form, network, by=request.user):
        pages.forget_typed(request)
        messages.success(request, _("Both are asked. We tell you here when they have said yes."))
        return redirect("introductions", network.slug)
    context = {
        "network": network,
        "form": form,
        "asked": queries.asked(network, request.user),
        "made": queries.made(network, request.user),
    }
    page = "networks/introductions/introductions.html"
    return render(request, page, context, status=pages.status_of(form))


@require_POST
@network_page("take_part")
def introduction_answer(request, network, pk):
    found = queries.introduction(network, request.user, pk)
    if found is None:
        raise Http404
    try:
        messages.success(request, _deed(found, request.POST.get("answer"), by=request.user))
    except Refused as no:
        messages.error(request, str(no))
    return redirect("introductions", network.slug)


def _deed(found, said, *, by):
    """What was pressed, done; and what to say about it."""
    if found.by_id == by.pk:
        actions.take_back(found, by=by)
        return _("Taken back. Nobody is asked any more.")
    if actions.answer(found, said == "yes", by=by):
        return _("You have both said yes. You see each other’s address now.")
    if said == "yes":
        return _("Noted. If they say yes too, you both get a letter.")
    return _("Noted. Nobody learns that you said no.")


def _introduced(form, network, *, by):
    one, other = form.people["one"], form.people["other"]
    said = {"why": form.cleaned_data["why"], "key": UUID(form.once)}
    try:
        actions.introduce(network, one, other, by=by, **said)
    except Refused as no:
        add_refusal(form, no)
        return False
    return True


def _first(request, network):
    """Whoever's page one came from."""
    pk = pages.whole_number(request.GET.get("person"))
    row = visible_to(request.user, network).current().filter(person=pk).first() if pk else None
    return {"one": row.person.name} if row and row.person_id != request.user.pk else {}
