from django import forms
from django.utils.translation import gettext_lazy as _

from members.organisations.models import Organisation
from networks.membership.models import ROLES
from peernet.lib.forms import Form


class RoleForm(Form):
    """What somebody is in the network; with the spell that the page showed."""

    role = forms.ChoiceField(
        label=_("Role in this network"), choices=ROLES, widget=forms.RadioSelect
    )
    spell = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)


class RegionForm(Form):
    """Where an organisation is."""

    region = forms.CharField(
        label=_("Region"),
        required=False,
        max_length=Organisation._meta.get_field("region").max_length,
        help_text=_(
            "For example “North West” or “Wales”. Write it the same way for all: the figures of "
            "funders add up by region, and name one only when five organisations are in it."
        ),
        widget=forms.TextInput(attrs={"list": "regions", "autocomplete": "off"}),
    )
    mark = forms.CharField(widget=forms.HiddenInput, required=False)
