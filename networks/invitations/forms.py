from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.doubles.queries import nearly
from networks.membership.models import ROLES, Role
from networks.membership.rules import LONGEST_NAME
from networks.network.models import Cohort
from peernet.lib import meant
from peernet.lib.forms import Form


class InvitationForm(Form):
    """Whom to invite, and as what; also for putting that right."""

    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=160,
        required=False,
        help_text=_("As it calls itself. Where we know it already, we use the one we know."),
        widget=forms.TextInput(attrs={"list": "organisations", "autocomplete": "off"}),
    )
    cohort = forms.ModelChoiceField(
        Cohort.objects.none(), label=_("Cohort"), required=False, empty_label=_("None")
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=ROLES, widget=forms.RadioSelect, initial=Role.MEMBER
    )
    mark = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, network, by, saved="", **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.saved = by, saved
        cohorts = network.cohorts.filter(closed_at=None)
        self.fields["cohort"].queryset = cohorts
        self.fields["cohort"].label_from_instance = lambda cohort: cohort.name
        if not cohorts:
            del self.fields["cohort"]

    def clean(self):
        typed = self.cleaned_data.get("organisation") or ""
        if typed and typed != self.saved:
            meant.settle(self, "organisation", nearly([typed], self.by).get(typed, []))
        return self.cleaned_data

    @property
    def key(self):
        """What makes a doubled press one invitation (peernet.lib.once)."""
        return UUID(self.once)

    def typed(self, *leaving_out):
        """What was typed, for the action."""
        return {name: value for name, value in self.cleaned_data.items() if name not in leaving_out}


class JoinForm(Form):
    """Accepting the house rules that were shown, not others."""

    accepts_charter = forms.BooleanField(label=_("I have read the house rules, and I accept them"))
    charter = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, charter, **kwargs):
        self.now = charter.version if charter else None
        kwargs["initial"] = kwargs.get("initial", {}) | {"charter": self.now}
        super().__init__(*args, **kwargs)
        if charter is None:
            del self.fields["accepts_charter"]

    def clean(self):
        if self.cleaned_data.get("charter") != self.now:
            self.data["charter"] = self.now  # what the page shows by now
            self.data.pop("accepts_charter", None)
            raise forms.ValidationError(
                _("The house rules were changed a moment ago. Read them once more, then join.")
            )
        return self.cleaned_data
