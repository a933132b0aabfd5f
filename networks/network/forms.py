from django import forms
from django.utils.translation import gettext_lazy as _

from members.people.rules import zone_choices
from peernet.lib import clock
from peernet.lib.forms import ModelForm

from .models import Network


class NetworkForm(ModelForm):
    """A network's settings."""

    zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Sessions are planned by the clock there.")
    )
    mark = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Network
        fields = ["name", "purpose", "zone", "accent", "leads_invite"]
        widgets = {"accent": forms.RadioSelect(attrs={"class": "colours"})}
        help_texts = {"accent": _("A stripe in this colour tells your network from others.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = zone_choices(clock.zones(), self.instance.zone)
