from django import forms
from django.utils.translation import gettext_lazy as _

from peernet.lib.forms import Form

from .actions import MOST_OPENED


class PartForm(Form):
    part = forms.FileField(
        label=_("Sealed part"),
        help_text=_("A file whose name ends in .p7m. We open it for you and keep no copy."),
    )

    def clean_part(self):
        if self.cleaned_data["part"].size > MOST_OPENED:
            raise forms.ValidationError(_("That is no part of an archive: it is too large."))
        return self.cleaned_data["part"]
