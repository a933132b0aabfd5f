from django import forms
from django.utils.translation import gettext_lazy as _

from peernet.lib.forms import DateInput, Form

from .models import AgreedAction


class NotesForm(Form):
    """The notes of a session. `was`: the version that they were made from."""

    text = forms.CharField(
        label=_("Notes"),
        max_length=20_000,
        error_messages={"required": _("Write some words before you save.")},
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_(
            "What you would want to read if you had missed it. For **bold**, lists and links you "
            "can use Markdown."
        ),
    )
    was = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def compare_with(self, version):
        """Sent again, the form replaces the newer text, which its writer has now seen."""
        self.data = self.data.copy()
        self.data["was"] = version


class AgreedForm(Form):
    """Something agreed: what, perhaps who, perhaps by when."""

    what = forms.CharField(
        label=AgreedAction._meta.get_field("what").verbose_name,
        max_length=AgreedAction._meta.get_field("what").max_length,
        help_text=_("One thing in one line: “Share the hire agreement”."),
    )
    who = forms.ModelChoiceField(
        label=_("Who does it?"), queryset=None, required=False, empty_label=_("All of us")
    )
    due = forms.DateField(
        label=AgreedAction._meta.get_field("due").verbose_name, required=False, widget=DateInput
    )
    was = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"].queryset = people
        self.fields["who"].label_from_instance = lambda person: person.shown_name

    def clean_what(self):
        what = " ".join(self.cleaned_data["what"].split())
        if not any(letter.isalnum() for letter in what):
            raise forms.ValidationError(_("Write in a few words what you agreed."))
        return what

    def compare_with(self, mark):
        """Sent again, the form replaces what somebody else has put there meanwhile."""
        self.data = self.data.copy()
        self.data["was"] = mark
