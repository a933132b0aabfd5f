from django import forms
from django.utils.translation import gettext_lazy as _

from networks.network.models import Charter
from peernet.lib.forms import DateInput, Form

BOLD = _("Two stars around a word make it **bold**. “- ” at the start of a line makes a list.")


class CharterForm(Form):
    """New house rules, or what a room adds to them."""

    text = forms.CharField(
        label=_("House rules"),
        max_length=Charter._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=BOLD,
    )
    what = forms.CharField(
        label=_("What is new?"),
        max_length=Charter._meta.get_field("note").max_length,
        required=False,
        help_text=_("One sentence. It stands over what changed, and in the history."),
    )
    asks = forms.TypedChoiceField(
        label=_("Who is asked?"),
        choices=[
            ("yes", _("Everybody is asked to accept the new version before they write again.")),
            (
                "no",
                _("Nobody: this is a small correction, of at most 12 words. The history says so."),
            ),
        ],
        coerce=lambda value: value == "yes",
        empty_value=True,
        required=False,
        initial="yes",
        widget=forms.RadioSelect,
    )
    review_on = forms.DateField(
        label=_("When will you look at them again?"),
        required=False,
        widget=DateInput,
        help_text=_("Coordinators get a mail on that day."),
    )
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, now: Charter | None, room: object, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if now is None:
            del self.fields["what"], self.fields["asks"]
        if room:
            self.fields["text"].label = _("What this room adds to the house rules")
            self.fields["text"].required = now is None
            if now:
                self.fields["text"].help_text = _("Empty it, and this room adds nothing any more.")

    def said(self):
        """What `publish` is given."""
        return {"what": "", "asks": True} | self.cleaned_data
