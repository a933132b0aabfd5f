from django import forms
from django.utils.translation import gettext_lazy as _

from members.organisations.models import Organisation
from peernet.lib.forms import Form


class MergeForm(Form):
    """Which of two names stays."""

    name = forms.ChoiceField(
        label=_("Which name stays?"),
        widget=forms.RadioSelect,
        help_text=_("The other one is kept, too: lists that still have it mean the same."),
    )

    def __init__(self, *args, one: Organisation, other: Organisation, **kwargs):
        super().__init__(*args, initial={"name": one.name}, **kwargs)
        self.fields["name"].choices = [(body.name, body.name) for body in (one, other)]
