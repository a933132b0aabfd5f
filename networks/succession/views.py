from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from networks.membership.door import network_page
from peernet.lib import pages
from peernet.lib.errors import Refused

from . import actions, queries

GONE = 410


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("take_part")
def succession(request, network):
    """Who takes the network on: members put themselves forward, and say yes to one."""
    asked = queries.going_on(network)
    if request.method == "POST":
        return _done(request, network, asked)
    rows = queries.standing(asked, request.user) if asked else []
    context = {
        "network": network,
        "asked": asked,
        "last": queries.last_of(network),
        "rows": rows,
        "stands": any(one.candidate.person_id == request.user.pk for one in rows),
        "looks_after": request.user.has_perm("networks.coordinate", network),
    }
    return render(request, "networks/succession/succession.html", context)


def _done(request, network, asked):
    deed = request.POST.get("press", "")
    try:
        if deed == "yes":
            pk = pages.whole_number(request.POST.get("candidate"))
            found = asked and asked.candidates.filter(pk=pk).first()
            if not found:
                raise Refused(_("They took it back meanwhile."))
            actions.say_yes(found, by=request.user)
            messages.success(request, _("Thank you. You can give your voice to another."))
        elif deed in DEEDS:
            act, said = DEEDS[deed]
            act(network, by=request.user)
            messages.success(request, said())
    except Refused as no:
        messages.error(request, str(no))
    return redirect("succession", network.slug)


DEEDS = {
    "stand": (actions.stand, lambda: _("Thank you. Members hear that you would take it on.")),
    "step_back": (actions.step_back, lambda: _("You have taken it back.")),
    "back": (actions.come_back, lambda: _("Good to have you back. Nobody is asked any more.")),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def yes_by_mail(request, token):
    found, person = queries.named_by(token)
    if found is None or found.succession.ended_at:
        return render(request, "networks/succession/gone.html", {"candidate": found}, status=GONE)
    said = False
    if request.method == "POST":
        try:
            actions.say_yes(found, by=person)
            said = True
        except Refused as no:
            raise Http404 from no
    context = {"candidate": found, "person": person, "token": token, "said": said}
    return render(request, "networks/succession/yes.html", context)
