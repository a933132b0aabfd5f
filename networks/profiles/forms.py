from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from networks.phone.rules import is_number
from peernet.lib.errors import Refused
from peernet.lib.forms import Form

from . import rules

# What a browser may fill in by itself.
AUTOFILL = {rules.PHONE: "tel", rules.LINK: "url", rules.PLACE: "off", rules.LANGUAGES: "off"}


def _words(field):
    is_link = field.code == rules.LINK
    kind = forms.URLField(assume_scheme="https") if is_link else forms.CharField()
    kind.label, kind.help_text, kind.required = field.label, field.hint, False
    kind.max_length = field.longest
    if field.code == rules.ABOUT:
        kind.widget = forms.Textarea(attrs={"rows": 3})
    elif field.code in AUTOFILL:
        kind.widget.attrs["autocomplete"] = AUTOFILL[field.code]
    if field.code == rules.PHONE:
        kind.widget.input_type = "tel"
    return kind


class DetailsForm(Form):
    """What somebody tells of themselves: beside each thing stands who sees it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in rules.FIELDS:
            if field.code != rules.EMAIL:
                self.fields[field.code] = _words(field)
            self.fields[f"{field.code}_level"] = forms.TypedChoiceField(
                label=_now("Who sees “%(label)s”") % {"label": field.label},
                choices=rules.choices(field), coerce=int, initial=field.first,
                help_text=field.hint if field.code == rules.EMAIL else "",
            )  # fmt: skip

    def clean_place(self):
        try:
            return rules.known_place(self.cleaned_data["place"])
        except Refused as no:
            raise forms.ValidationError(str(no)) from no

    def clean_phone(self):
        number = " ".join(self.cleaned_data["phone"].split())
        if number and not is_number(number):
            raise forms.ValidationError(_("Enter a phone number like 07700 900123."))
        return number

    def clean(self):
        typed = super().clean()
        for field in rules.FIELDS:  # a line is a line
            if field.code in typed and field.code != rules.ABOUT:
                typed[field.code] = " ".join(typed[field.code].split())
        return typed

    def said(self):
        """code -> (words, level), as the action takes it."""
        typed = self.cleaned_data
        return {
            field.code: (typed.get(field.code, ""), typed[f"{field.code}_level"])
            for field in rules.FIELDS
        }


def first(mine):
    """What the form shows first: `mine` (queries.own), and how things stand unless one chose."""
    shown = {f"{code}_level": row.level for code, row in mine.items()}
    return shown | {code: row.words for code, row in mine.items()}
