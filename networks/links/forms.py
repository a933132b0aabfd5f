from django import forms
from django.utils.translation import gettext_lazy as _

from networks.membership.models import Role
from peernet.lib.forms import Form

from . import rules


class GivesForm(Form):
    """What the other network may see of ours."""

    gives = forms.MultipleChoiceField(
        label=_("What may they see of your network?"),
        help_text=_("Its name, in any case. Never what people say, and never who is in it."),
        choices=rules.GIVES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class ProposalForm(GivesForm):
    """How two networks are to stand, what ours gives, and a word."""

    where = forms.ChoiceField(
        label=_("How does the other network stand to yours?"),
        choices=rules.STANDS,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("A word to its coordinators"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=300,
        required=False,
    )

    field_order = ["where", "gives", "words"]


class EndForm(Form):
    """Ending a link."""

    words = forms.CharField(
        label=_("A word to the other network"),
        help_text=_("Only if you like. Its coordinators read it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=300,
        required=False,
    )


class MadeOfForm(Form):
    """Whose roles bring them in."""

    role = forms.ChoiceField(
        label=_("Who is a member here?"),
        choices=[
            ("", _("Whoever was invited, as in any network")),
            (Role.COORDINATOR, _("The coordinators of the networks that are part of it")),
            (Role.FACILITATOR, _("Their coordinators and facilitators")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    adopts = forms.BooleanField(
        label=_("Those who are here already and have such a role go by it, too"),
        help_text=_("Else they stay, even when their role ends. Coordinators here always stay."),
        required=False,
    )
