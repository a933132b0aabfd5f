from django import forms
from django.utils.translation import gettext_lazy as _

from peernet.lib.forms import Form

from .rules import LONGEST_NUMBER, is_number


def _number(label, help_text):
    return forms.CharField(
        label=label, max_length=LONGEST_NUMBER, help_text=help_text,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip


class Numbered(Form):
    def clean_number(self):
        number = " ".join(self.cleaned_data["number"].split())
        if not is_number(number):
            raise forms.ValidationError(_("Enter a phone number like 07700 900123."))
        return number


class LineForm(Numbered):
    """When somebody can be rung."""

    times = forms.CharField(
        label=_("Good times"), max_length=120, help_text=_("For example: weekdays after 4pm.")
    )
    topics = forms.CharField(
        label=_("What about"), max_length=160, required=False,
        help_text=_("For example: staffing, or a bad day."),
    )  # fmt: skip
    number = _number(
        _("Your phone number"),
        _("Nobody sees it. When somebody asks for a call and you say yes, the two of you see each "
          "other’s number for four weeks."),
    )  # fmt: skip
    field_order = ["times", "topics", "number"]


class CallForm(Numbered):
    """Asking for a call."""

    words = forms.CharField(label=_("What would you like to talk about?"), max_length=200)
    number = _number(
        _("Your phone number"), _("They see it only if they say yes. Then you see theirs.")
    )
    field_order = ["words", "number"]
