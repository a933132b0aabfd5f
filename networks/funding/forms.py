from django import forms
from django.utils.translation import gettext_lazy as _

from peernet.lib.forms import DateInput, Form
from peernet.lib.words import number

from .models import Funder, FunderSeat, Programme
from .rules import FIRST_YEAR, LAST_YEAR, amount


class Pounds(forms.CharField):
    """An amount as people write it: £60,000 or 60000.50 or 60k."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value):
        text = super().clean(value)
        try:
            return amount(text)
        except ValueError:
            raise forms.ValidationError(
                _("Enter an amount in pounds, like 60,000 or 1,250.50.")
            ) from None

    def prepare_value(self, value):
        return value if value is None or isinstance(value, str) else number(value, places=2)


class GrantForm(Form):
    """Who pays, how much, and from when until when."""

    funder = forms.CharField(
        label=_("Funder"), max_length=Funder._meta.get_field("name").max_length,
        help_text=_("Who gives the money, for example “Example Trust”."),
        widget=forms.TextInput(attrs={"list": "funders", "autocomplete": "off"}),
    )  # fmt: skip
    programme = forms.CharField(
        label=_("Programme"), max_length=Programme._meta.get_field("name").max_length,
        help_text=_("What the funder calls this line of support."),
        widget=forms.TextInput(attrs={"list": "programmes", "autocomplete": "off"}),
    )  # fmt: skip
    amount = Pounds(label=_("Amount in pounds"))
    starts_on = forms.DateField(label=_("From"), widget=DateInput)
    ends_on = forms.DateField(
        label=_("Until"), widget=DateInput, help_text=_("The last day that is paid for.")
    )
    contact = forms.EmailField(
        label=_("Email address of somebody at the funder"),
        required=False,
        max_length=FunderSeat._meta.get_field("email").max_length,
        help_text=_("We invite them to the page with your figures. Leave it empty to do it later."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean(self):
        super().clean()
        first, last = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        for name, day in (("starts_on", first), ("ends_on", last)):
            if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, _("Check the year. Is it %(year)s?") % {"year": day.year})
        if first and last and last < first:
            self.add_error("ends_on", _("The last day must not be before the first."))
        return self.cleaned_data


class NewGrantForm(GrantForm):
    """A grant that is not written down yet."""

    shares = forms.BooleanField(
        label=_("The funder may see our figures"),
        required=False,  # and not ticked: to share is to choose it
        help_text=_(
            "They see totals: sessions held, how many people and organisations take part, who "
            "comes back, and how long the money lasts. They never see a name, a number of people "
            "under 5, or anything you write to each other. You can stop it at any time."
        ),
    )


class CorrectGrantForm(GrantForm):
    """A grant that is put right."""

    mark = forms.CharField(widget=forms.HiddenInput, required=False)


class ColleagueForm(Form):
    """Somebody else at the funder."""

    email = forms.EmailField(
        label=_("Email address"),
        max_length=FunderSeat._meta.get_field("email").max_length,
        help_text=_("They get a letter, and see what you see once they come."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
