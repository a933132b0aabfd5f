from django import forms
from django.utils.translation import gettext_lazy as _

from networks.discussions.models import History, Room
from networks.discussions.rules import says_something
from peernet.lib.forms import Form


class TitleForm(Form):
    title = forms.CharField(label=_("What is it about?"), max_length=160)

    def clean_title(self):
        title = " ".join(self.cleaned_data["title"].split())
        if not says_something(title):
            raise forms.ValidationError(_("Write in a few words what it is about."))
        return title


class HistoryForm(Form):
    history = forms.ChoiceField(
        label=_("What can people read who join later?"),
        choices=History.choices,
        widget=forms.RadioSelect,
    )


class MoveForm(Form):
    room = forms.TypedChoiceField(label=_("To which room?"), widget=forms.RadioSelect, coerce=int)

    def __init__(self, rooms: list[Room], *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rooms = {room.pk: room for room in rooms}
        self.fields["room"].choices = [(room.pk, self._choice(room)) for room in rooms]

    def chosen(self):
        return self.rooms[self.cleaned_data["room"]]

    def _choice(self, room):
        if not room.trusted:
            return f"{room.name} ({room.get_kind_display()})"
        return _("%(room)s (a trusted room: nothing comes back from there)") % {"room": room.name}
