from django import forms
from django.utils.translation import gettext_lazy as _

from peernet.lib.forms import Form

from .models import ConsentText


class TextForm(Form):
    """Another text to agree to."""

    text = forms.CharField(
        label=_("What people agree to"),
        max_length=ConsentText._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Say what, where it is shown, and for how long. Begin with “I may …”."),
    )
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
