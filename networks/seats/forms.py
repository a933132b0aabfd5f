from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.membership.rules import LONGEST_NAME
from peernet.lib.forms import Form

from .models import GIVEN, PARTS, Part


class AskInForm(Form):
    """Whom else to ask to speak for an organisation, and with which part."""

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
    part = forms.ChoiceField(
        label=_("Part"), choices=PARTS, widget=forms.RadioSelect, initial=Part.DEPUTY
    )

    def __init__(self, *args, leads: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not leads:
            self.fields["part"].choices = [one for one in PARTS if one[0] != Part.LEAD]

    @property
    def key(self):
        """What makes a doubled press one invitation (peernet.lib.once)."""
        return UUID(self.once)


class PartForm(Form):
    """Somebody's part in an organisation's seat."""

    part = forms.ChoiceField(label=_("Part"), choices=PARTS, widget=forms.RadioSelect)


class EndForm(Form):
    """Why somebody holds a seat no longer."""

    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[(one.value, one.label) for one in GIVEN],
        widget=forms.RadioSelect,
    )
