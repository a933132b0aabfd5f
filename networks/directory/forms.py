from django import forms
from django.utils.translation import gettext_lazy as _

from networks.membership.models import ROLES
from peernet.lib.forms import Form


class RoleForm(Form):
    """What somebody is in the network; with the spell that the page showed."""

    role = forms.ChoiceField(
        label=_("Role in this network"), choices=ROLES, widget=forms.RadioSelect
    )
    spell = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
