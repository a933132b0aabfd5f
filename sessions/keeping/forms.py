from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from peernet.lib.forms import Form

from . import rules


class KeepingForm(Form):
    """How long each kind is kept."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind in rules.KINDS:
            self.fields[kind.code] = forms.ChoiceField(
                label=kind.title, choices=rules.choices(kind), help_text=kind.goes
            )  # fmt: skip

    def said(self):
        """Months by kind; None: for ever."""
        return {code: int(months) or None for code, months in self.cleaned_data.items()}


def first(chosen):
    """What the form begins with: what was chosen, else what the operator suggests."""
    usual = settings.KEEP_MONTHS if not chosen else {}
    found = {}
    for kind in rules.KINDS:
        row = chosen.get(kind.code)
        months = (row.then or row.months) if row else usual.get(kind.code)
        offered = {value for value, _words in rules.choices(kind)}
        found[kind.code] = str(months) if str(months) in offered else "0"
    return found


SUGGESTED = _("These are suggested by whoever runs this server. Nothing holds until you say so.")
