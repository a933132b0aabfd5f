from django import forms
from django.utils.translation import gettext_lazy as _

from peernet.lib.forms import Form

from . import queries
from .rules import LONGEST_WHY


def _name(label):
    return forms.CharField(
        label=label, max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class IntroduceForm(Form):
    """Two people and why. A name that is not clear is asked back, with who may be meant."""

    one = _name(_("Who?"))
    other = _name(_("And whom?"))
    why = forms.CharField(
        label=_("Why should they know each other?"), max_length=LONGEST_WHY,
        help_text=_("Both read this. For example: you both look for night staff in the valleys."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, network, reader, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.network, self.reader, self.people, self.near = network, reader, {}, {}
        if self.is_bound:
            for field in ("one", "other"):
                self._look_for(field)
        self.order_fields(["one", "one_pick", "other", "other_pick", "why"])

    def _look_for(self, field):
        """Whom the name means; when that is not clear, a list to choose from comes after it."""
        name = " ".join(self.data.get(field, "").replace("\x00", "").split())[:150]
        rows = queries.called(self.network, self.reader, name) if name else []
        self.near[field] = rows
        if len(rows) == 1 and rows[0].person.name.casefold() == name.casefold():
            self.people[field] = rows[0].person
        elif rows:
            told = [(row.person_id, _called(row)) for row in rows]
            self.fields[f"{field}_pick"] = forms.TypedChoiceField(
                label=_("Do you mean"), choices=told, coerce=int, widget=forms.RadioSelect,
                error_messages={"required": _("Choose whom you mean.")},
            )  # fmt: skip

    def clean(self):
        typed = super().clean()
        for field in ("one", "other"):
            if field not in typed or field in self.people:
                continue
            if not self.near[field]:
                said = _("Nobody else here is called that. Look under People for the name.")
                self.add_error(field, said)
            elif pick := typed.get(f"{field}_pick"):
                people = {row.person_id: row.person for row in self.near[field]}
                self.people[field] = people[pick]
        return typed


def _called(row):
    """A name, and where they work: two people may be called the same."""
    return ", ".join([row.person.shown_name, *map(str, row.bodies)])
