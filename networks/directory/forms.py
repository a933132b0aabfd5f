from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from members.organisations.models import BodyKind, Organisation, Size
from networks.membership.models import ROLES, Role
from networks.network.models import Cohort
from peernet.lib.forms import DateInput, Form


class RoleForm(Form):
    """What somebody is in the network; with the spell that the page showed."""

    role = forms.ChoiceField(
        label=_("Role in this network"), choices=ROLES, widget=forms.RadioSelect
    )
    spell = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)


class NarrowForm(Form):
    """What the list of people is narrowed to. A word that is not understood asks for nothing."""

    place = forms.CharField(label=_("Place"), required=False, max_length=60)
    organisation = forms.CharField(label=_("Organisation"), required=False, max_length=160)
    topic = forms.CharField(label=_("Can be asked about"), required=False, max_length=40)
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("Any")), *Role.choices]
    )
    cohort = forms.ModelChoiceField(None, label=_("Cohort"), required=False, empty_label=_("Any"))

    def __init__(self, *args: Any, cohorts: QuerySet[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["cohort"]
        chosen.queryset = cohorts
        chosen.label_from_instance = lambda one: one.name
        if not cohorts:
            del self.fields["cohort"]

    def asked(self) -> dict[str, Any]:
        """What queries.narrowed takes."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def words(self) -> dict[str, str]:
        """The same as it stands in an address."""
        return {name: str(getattr(one, "pk", one)) for name, one in self.asked().items()}


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


class OrganisationForm(Form):
    """What an organisation is, and where."""

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
    kind = forms.ChoiceField(
        label=_("What it is"), required=False, choices=[("", _("Not known")), *BodyKind.choices]
    )
    size = forms.ChoiceField(
        label=_("How large it is"), required=False, choices=[("", _("Not known")), *Size.choices]
    )
    mark = forms.CharField(widget=forms.HiddenInput, required=False)
