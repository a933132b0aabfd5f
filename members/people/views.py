from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from peernet.lib import pages

from .actions import save_profile, sign_out_everywhere
from .forms import NameForm, ProfileForm


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def you(request):
    onward = _onward(request)
    new = not request.user.name  # asked now: a form that fails still writes on its instance
    initial = pages.typed(request, "quiet_hours") if request.method != "POST" else None
    kind = NameForm if new else ProfileForm
    form = kind(request.POST or None, instance=request.user, initial=initial)
    if form.is_valid():
        save_profile(request.user, **form.cleaned_data, by=request.user)
        pages.forget_typed(request)
        messages.success(request, _("Saved."))
        return redirect(onward or "you")
    context = {"form": form, "new": new}
    return render(request, "members/people/you.html", context, status=pages.status_of(form))


@require_POST
@pages.signed_in
def sign_out_elsewhere(request):
    sign_out_everywhere(request.user, by=request.user)
    update_session_auth_hash(request, request.user)  # but for the browser that asked
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("you")


def _onward(request):
    """Where they were going when we asked for their name; never to another site."""
    onward = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure())
    return onward if safe else ""
