from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.handover.models import Handover, Kind, Stays
from networks.membership.rules import LONGEST_NAME
from peernet.lib.forms import DateInput, Form

from .queries import Thing

DAYS = ("starts_on", "ends_on", "stays")


class WhoForm(Form):
    """Who follows in a seat."""

    email = forms.EmailField(
        label=_("Email address of who follows"),
        help_text=_("Somebody who is here already is asked. Anybody else is invited."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Their name"), max_length=LONGEST_NAME, required=False,
        help_text=_("For the invitation, if they are not here yet."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    @property
    def key(self) -> UUID:
        """What makes a doubled press one handover (peernet.lib.once)."""
        return UUID(self.once)


class DaysForm(Form):
    """When the two overlap, and what becomes of the leaver."""

    starts_on = forms.DateField(label=_("First day of your time together"), widget=DateInput)
    ends_on = forms.DateField(
        label=_("Last day"),
        help_text=_("After it only whoever follows speaks for the organisation."),
        widget=DateInput,
    )
    stays = forms.ChoiceField(
        label=_("What becomes of you after it?"), choices=Stays.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args, own: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not own:  # only the leaver chooses that
            del self.fields["stays"]


class NewForm(WhoForm, DaysForm):
    field_order = ["email", "name", *DAYS]


class PackForm(Form):
    """What the leaver hands on: a list of ticks for each kind of thing there is."""

    def __init__(self, *args, things: list[Thing], **kwargs):
        super().__init__(*args, **kwargs)
        for kind in Kind:
            choices = [
                (one.id, f"{one.title} ({one.meta})" if one.meta else one.title)
                for one in things
                if one.kind == kind
            ]
            if choices:
                self.fields[kind.value] = forms.TypedMultipleChoiceField(
                    label=kind.label, choices=choices, coerce=int, required=False,
                    widget=forms.CheckboxSelectMultiple,
                )  # fmt: skip

    def picked(self) -> set[tuple[str, int]]:
        return {(kind, pk) for kind, ids in self.cleaned_data.items() for pk in ids}


class TickForm(Form):
    """One thing of the list, worked through or not."""

    item = forms.IntegerField(widget=forms.HiddenInput)
    done = forms.BooleanField(widget=forms.HiddenInput, required=False)


def days_of(row: Handover) -> dict:
    """What DaysForm starts from."""
    return {name: getattr(row, name) for name in DAYS}
