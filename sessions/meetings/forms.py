from django import forms
from django.utils.translation import gettext_lazy as _

from peernet.lib.forms import Form

from .models import SessionMessage, Whom


class MessageForm(Form):
    """A few words to some of those invited."""

    whom = forms.ChoiceField(
        label=_("To whom?"), choices=Whom.choices, widget=forms.RadioSelect, initial=Whom.YES
    )
    text = forms.CharField(
        label=_("Your message"),
        max_length=SessionMessage._meta.get_field("text").max_length,
        help_text=_("It goes by mail, under your name."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
