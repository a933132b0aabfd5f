from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.organisations.models import Organisation
from networks.membership.models import ROLES
from peernet.lib.forms import DateInput, Form


class RoleForm(Form):
    """What somebody is in the network; with the spell that the page showed."""

    role = forms.ChoiceField(
        label=_("Role in this network"), choices=ROLES, widget=forms.RadioSelect
    )
    spell = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)


class DayForm(Form):
    """A day that is not still to come, in the network's zone."""

    day = forms.DateField(label=_("Day"), widget=DateInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        if self.cleaned_data["day"] > self.today:
            raise forms.ValidationError(_("Choose today, or a day before."))
        return self.cleaned_data["day"]


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
