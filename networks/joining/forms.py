from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.membership.rules import LONGEST_NAME
from networks.network.models import Entry
from peernet.lib.forms import Form

from .rules import LONGEST_WORDS

BOX = {"rows": 4}


class ComeInForm(Form):
    """Joining, or asking to: who it is where we do not know, an answer, the house rules."""

    email = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        help_text=_("We send it a code to type in. You need no password."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    words = forms.CharField(max_length=LONGEST_WORDS, widget=forms.Textarea(attrs=BOX))
    accepts_charter = forms.BooleanField(label=_("I have read the house rules, and I accept them"))
    charter = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, network, charter, person, **kwargs):
        self.now = charter.version if charter else None
        kwargs["initial"] = kwargs.get("initial", {}) | {"charter": self.now}
        super().__init__(*args, **kwargs)
        if person.is_authenticated:
            del self.fields["email"]
            if person.name:
                del self.fields["name"]
        if charter is None:
            del self.fields["accepts_charter"]
        self._ask(network)

    def _ask(self, network):
        """The network's question; a word, if they like, where it has none."""
        words = self.fields["words"]
        if network.entry == Entry.OPEN:
            del self.fields["words"]
        elif network.entry == Entry.QUESTION:
            words.label = network.question
            words.help_text = _("The people who look after the network read this, nobody else.")
        else:
            words.label, words.required = _("A word to the coordinator"), False
            words.help_text = _("Only if you like.")

    def clean(self):
        if self.cleaned_data.get("charter") != self.now:
            self.data["charter"] = self.now  # what the page shows by now
            self.data.pop("accepts_charter", None)
            raise forms.ValidationError(
                _("The house rules were changed a moment ago. Read them once more, then join.")
            )
        return self.cleaned_data

    def said(self):
        """What the action needs of it."""
        found = self.cleaned_data
        return {"words": found.get("words", ""), "name": found.get("name", ""), "charter": self.now}


class WordsForm(Form):
    """Words in the conversation; with an answer nobody has to write any."""

    text = forms.CharField(
        label=_("Your words"), max_length=LONGEST_WORDS, required=False,
        widget=forms.Textarea(attrs=BOX),
    )  # fmt: skip

    @property
    def key(self):
        """What makes a doubled press one word (peernet.lib.once)."""
        return UUID(self.once)
