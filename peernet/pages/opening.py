"""Opening a network: the first page of a coordinator."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from members.people.rules import zone_choices
from networks.network.models import Charter, Network
from networks.network.rules import first_charter
from peernet.lib import clock, pages
from peernet.lib.errors import Refused
from peernet.lib.forms import ModelForm, add_refusal

from .actions import open_network


class OpeningForm(ModelForm):
    """What a network needs on its first day. All of it can be changed later."""

    zone = forms.ChoiceField(label=_("Time zone"))
    charter = forms.CharField(
        label=_("House rules"),
        max_length=Charter._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("A good start. Change what you like, now or later. Members accept them."),
    )

    class Meta:
        model = Network
        fields = ["name", "purpose", "zone", "accent"]
        widgets = {"accent": forms.RadioSelect(attrs={"class": "colours"})}
        help_texts = {
            "purpose": _("One or two sentences. People read them before they join."),
            "accent": _("A stripe in this colour tells your network from others."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = zone_choices(clock.zones(), settings.DEFAULT_ZONE)
        self.fields["charter"].initial = first_charter()


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def network_new(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("networks.open_network"):
        raise PermissionDenied
    if not request.user.name:  # its invitations are signed with it
        return redirect(f"{reverse('you')}?next={request.path}")
    initial = {"zone": request.user.zone} | pages.typed(request)
    form = OpeningForm(request.POST or None, initial=initial)
    if form.is_valid():
        once = pages.uuid_or_none(form.once)
        try:
            network = open_network(**form.cleaned_data, once=once, by=request.user)
        except Refused as no:
            add_refusal(form, no, "name")
        else:
            pages.forget_typed(request)
            messages.success(request, _("%(name)s is open.") % {"name": network.name})
            return redirect("run", network.slug)
    return render(request, "pages/network_new.html", {"form": form}, status=pages.status_of(form))
