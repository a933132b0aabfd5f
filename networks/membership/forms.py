from django import forms
from django.utils.translation import gettext_lazy as _

from peernet.lib.forms import Form


class ComebackForm(Form):
    """Asking to be let in again."""

    words = forms.CharField(
        label=_("A word to the coordinator"),
        help_text=_("Only if you like."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=300,
        required=False,
    )
