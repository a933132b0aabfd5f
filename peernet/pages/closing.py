"""Closing one's account: what goes, what stays and why, and one of the two true confirmations."""

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from members.privacy import queries as privacy
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import Form, add_refusal

from .account import looked_after_alone
from .actions import close_account


class ClosingForm(Form):
    """The one thing that cannot be undone asks for something that no slip of a finger types."""

    address = forms.EmailField(
        label=gettext_lazy("Type your email address, to confirm"),
        help_text=gettext_lazy("This cannot be undone, by anybody."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        max_length=254,
    )
    hand_on = forms.BooleanField(
        label=gettext_lazy("I leave now. Ask the members of these networks who takes them on."),
        required=False,
    )

    def __init__(self, *args: object, alone: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if not alone:
            del self.fields["hand_on"]


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def account_close(request: HttpRequest) -> HttpResponse:
    alone = looked_after_alone(request.user)
    form = ClosingForm(request.POST or None, alone=bool(alone))
    if form.is_valid():
        try:
            close_account(by=request.user, **form.cleaned_data)
        except Refused as no:
            add_refusal(form, no, "address")
        else:
            logout(request)
            messages.success(request, _("Your account is closed. Thank you for having been here."))
            return redirect("home")
    kinds = [(privacy.title(*pair), pair[1]) for pair in privacy.declared()]
    context = {
        "form": form,
        "alone": alone,
        "goes": [(title, str(said.why)) for title, said in kinds if said.erase != "keep"],
        "stays": [(title, str(said.why)) for title, said in kinds if said.erase == "keep"],
    }
    return render(request, "pages/account_close.html", context, status=pages.status_of(form))
