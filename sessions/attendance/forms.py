"""What a facilitator fills in after a session."""

from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from peernet.lib import pages, words
from peernet.lib.files import MAX_BYTES, called
from peernet.lib.forms import Form

from .actions import Decision
from .models import Participant, Standing
from .queries import Choice

OTHER = "other"  # somebody whom the short list of choices does not offer
# Below so many choices in all, each person's list offers the whole roll at once.
FEW = 600


class UploadForm(Form):
    file = forms.FileField(
        label=gettext_lazy("Zoom’s participants file"),
        help_text=gettext_lazy(
            "A CSV file, or an Excel workbook (.xlsx) made from it. In Zoom: Reports, then Usage, "
            "the number of participants, Export."
        ),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("%(file)s is too large for a participants file.") % {"file": called(file.name)}
            )
        return file


class TickForm(Form):
    people = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        label=gettext_lazy("Tick who was there"),
        widget=forms.CheckboxSelectMultiple,
    )
    before = forms.CharField(required=False, widget=forms.HiddenInput)  # ids, ticked at first

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people
        self.fields["people"].label_from_instance = lambda person: person.shown_name

    def clean_before(self):
        numbers = [pages.whole_number(text) for text in self.cleaned_data["before"].split()]
        return [number for number in numbers if number is not None]


class CheckForm(Form):
    """One question for each person in a file: who is this?"""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args, participants: list[Participant], roll: list[Choice], said_yes, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.participants = participants
        self.people = {choice.known.pk: choice.label for choice in roll}
        self.said_yes = said_yes
        few = len(participants) * len(roll) <= FEW
        for one in participants:
            self.fields[f"who-{one.pk}"] = self._field(one, whole=few or self._asked_for_more(one))

    @property
    def decisions(self) -> dict[int, Decision]:
        """What was chosen, by participant's id; only after a valid check."""
        return {one.pk: _decision(self.cleaned_data[f"who-{one.pk}"]) for one in self.participants}

    def clean(self):
        for one in self.participants:
            if self.cleaned_data.get(f"who-{one.pk}") == OTHER:
                self.add_error(
                    f"who-{one.pk}",
                    _("Now choose who %(name)s was: everybody is in the list.")
                    % {"name": f"“{one.shown}”"},
                )
        return super().clean()

    def _field(self, one: Participant, *, whole: bool) -> forms.ChoiceField:
        likely = [one.person_id, *one.near] if one.person_id else one.near
        ids = list(self.people) if whole else [pk for pk in likely if pk in self.people]
        field = forms.ChoiceField(
            label=one.shown,
            help_text=" · ".join(self._hints(one)),
            initial=_as_value(one),
            choices=[(str(pk), label) for pk, label in self.people.items()] + _rest(True),
            error_messages={"required": _("Say who %(name)s was.") % {"name": f"“{one.shown}”"}},
        )
        field.widget.choices = [
            *([] if one.standing != Standing.OPEN else [("", _("Choose who this is"))]),
            *((str(pk), self.people[pk]) for pk in ids),
            *_rest(not whole),
        ]
        return field

    def _hints(self, one: Participant) -> Iterator[str]:
        if one.email:
            yield one.email
        if one.minutes is not None:
            yield words.length(one.minutes)
        if one.lines > 1:
            text = ngettext("joined %(n)s time", "joined %(n)s times", one.lines)
            yield text % {"n": one.lines}
        if one.matched_by:
            yield {
                "email": _("found by email address"),
                "name": _("found by name"),
                "hand": _("chosen by hand"),
            }[one.matched_by]
        elif one.standing == Standing.OPEN:
            yield _("please look: the name is like a member’s")
        if one.person_id and one.person_id not in self.said_yes:
            yield _("walk-in: had not said yes")

    def _asked_for_more(self, one: Participant) -> bool:
        return self.is_bound and self.data.get(f"who-{one.pk}") == OTHER


def _rest(with_other: bool) -> list[tuple[str, str]]:
    rest = [(Standing.GUEST, _("A guest, not a member")), (Standing.OUT, _("Leave out"))]
    return [*([(OTHER, _("Another member…"))] if with_other else []), *rest]


def _as_value(one: Participant) -> str:
    if one.person_id:
        return str(one.person_id)
    return "" if one.standing == Standing.OPEN else one.standing


def _decision(value: str) -> Decision:
    if value in (Standing.GUEST, Standing.OUT):
        return Decision(value)
    return Decision(Standing.MEMBER, int(value))
