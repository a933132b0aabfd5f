from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.access.queries import devices_of, passkeys_of
from members.notices.queries import is_given_up
from peernet.lib import pages

from .actions import save_profile
from .forms import NameForm, ProfileForm
from .queries import addresses_of


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def you(request):
    """Where everything about oneself begins; whoever is new is asked for a name here first."""
    if not request.user.name:
        return _welcome(request)
    context = {
        "addresses": addresses_of(request.user).count(),
        "passkeys": passkeys_of(request.user).count(),
        "devices": devices_of(request.user).count(),
        "given_up": is_given_up(request.user.pk),
    }
    return render(request, "members/people/you.html", context)


def _welcome(request):
    initial = pages.typed(request) if request.method != "POST" else None
    form = NameForm(request.POST or None, instance=request.user, initial=initial)
    if form.is_valid():
        save_profile(request.user, **form.cleaned_data, by=request.user)
        pages.forget_typed(request)
        messages.success(request, _("Saved."))
        return redirect(_onward(request) or "you")
    status = pages.status_of(form)
    return render(request, "members/people/welcome.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def profile(request):
    initial = pages.typed(request) if request.method != "POST" else None
    form = ProfileForm(request.POST or None, instance=request.user, initial=initial)
    if form.is_valid():
        save_profile(request.user, **form.cleaned_data, by=request.user)
        pages.forget_typed(request)
        messages.success(request, _("Saved."))
        return redirect("you")
    status = pages.status_of(form)
    return render(request, "members/people/profile.html", {"form": form}, status=status)


def _onward(request):
    """Where they were going when we asked for their name; never to another site."""
    onward = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure())
    return onward if safe else ""
