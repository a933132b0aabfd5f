import re

from django import forms
from django.utils.translation import gettext_lazy as _

from peernet.lib import addresses
from peernet.lib.forms import Form

MOST_AT_ONCE = 200


class ChangeForm(Form):
    """Its name, its days and its words of welcome."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("For example “Cohort 2” or “Spring 2019”.")
    )
    starts_on = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=_("Last day, if there is one"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    welcome = forms.CharField(
        label=_("Words of welcome"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Sent to each of them on the first day, or when you put them in later."),
    )

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean(self):
        starts, ends = (self.cleaned_data.get(day) for day in ("starts_on", "ends_on"))
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("Choose a last day that is not before the first."))


class CohortForm(ChangeForm):
    with_room = forms.BooleanField(
        label=_("Open a trusted room for it"),
        required=False,
        initial=True,
        help_text=_("Only those in the cohort enter it, each from the moment they are in."),
    )


class PeopleForm(Form):
    addresses = forms.CharField(
        label=_("Who comes in?"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Names or email addresses of members, one on each line."),
    )

    def clean_addresses(self):
        written = re.split(r"[,;\n]", self.cleaned_data["addresses"])
        lines = [one for line in written for one in _those_of(line)]
        if len(lines) > MOST_AT_ONCE:
            raise forms.ValidationError(
                _("Put in %(n)s people or fewer at once."), params={"n": MOST_AT_ONCE}
            )
        return lines


def _those_of(line):
    """Of a line the name or the address; of several addresses side by side each."""
    if line.count("@") > 1:
        return line.split()
    read = addresses.read(line)
    return [read.email or line.strip()] if line.strip() else []
