from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from peernet.lib.forms import Form

from .actions import Mark

SALT = "networks.reading.undo"
MOST = 500  # threads: what "Mark all as read" can take back; the button carries them all


class MarksForm(Form):
    """What the Undo button of "Mark all as read" carries."""

    kept = forms.CharField(widget=forms.HiddenInput, max_length=100_000)

    def clean_kept(self):
        try:
            return [Mark(*row) for row in signing.loads(self.cleaned_data["kept"], salt=SALT)]
        except signing.BadSignature:
            raise forms.ValidationError(_("This can no longer be undone.")) from None


def kept(marks: list[Mark]) -> str:
    """Those marks, sealed."""
    return signing.dumps(marks, salt=SALT, compress=True)
