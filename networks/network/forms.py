from django import forms
from django.utils.translation import gettext_lazy as _

from members.people.rules import zone_choices
from peernet.lib import clock
from peernet.lib.forms import ModelForm

from .models import Entry, Network


class NetworkForm(ModelForm):
    """A network's settings."""

    zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Sessions are planned by the clock there.")
    )
    mark = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Network
        fields = ["name", "purpose", "zone", "accent", "leads_invite", "entry", "question"]
        widgets = {
            "entry": forms.RadioSelect,
            "accent": forms.RadioSelect(attrs={"class": "colours"}),
        }
        help_texts = {
            "question": _("Only where they answer one: what would you like to know of them?"),
            "accent": _("A stripe in this colour tells your network from others."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["entry"].choices = Entry.choices
        self.fields["zone"].choices = zone_choices(clock.zones(), self.instance.zone)

    def clean(self):
        said = super().clean()
        if said.get("entry") == Entry.QUESTION and not said.get("question"):
            self.add_error("question", _("Write the question you ask people."))
        return said
