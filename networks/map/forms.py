import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.profiles.rules import known_place
from peernet.lib.errors import Refused
from peernet.lib.forms import Form

POINT = re.compile(r"(-?\d{1,2}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)")
STEP = Decimal("0.0001")  # about ten metres


class SiteForm(Form):
    """Where an organisation is."""

    place = forms.CharField(
        label=_("Town or borough"), max_length=60, required=False,
        help_text=_("Leave it empty to take the organisation off the map."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    exact = forms.CharField(
        label=_("Exactly where"), max_length=40, required=False,
        help_text=_("Latitude and longitude, like 53.7997, -1.5492; a map on your phone shows them "
                    "when you hold a finger on the spot. Empty shows the town only, and nothing "
                    "finer is kept."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )  # fmt: skip

    def __init__(self, *args, leads, **kwargs):
        super().__init__(*args, **kwargs)
        if not leads:
            del self.fields["exact"]

    def clean_place(self):
        try:
            return known_place(self.cleaned_data["place"])
        except Refused as no:
            raise forms.ValidationError(str(no)) from no

    def clean_exact(self):
        typed = self.cleaned_data["exact"].strip()
        if not typed:
            return None
        if not (found := POINT.fullmatch(typed)):
            raise forms.ValidationError(_("Enter two numbers, like 53.7997, -1.5492."))
        latitude, longitude = (Decimal(one).quantize(STEP) for one in found.groups())
        return latitude, longitude

    def clean(self):
        typed = super().clean()
        if typed.get("exact") and not typed.get("place") and "place" not in self.errors:
            self.add_error("place", _("Name the town, too."))
        return typed
