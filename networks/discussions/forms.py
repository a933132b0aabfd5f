from uuid import UUID

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from networks.files.actions import receive
from networks.files.queries import Parcel, of_posts
from networks.network.models import Cohort, Network
from peernet.lib import clock, pages, text
from peernet.lib.forms import Form
from peernet.lib.pages import whole_number

from .actions import Taken
from .models import History, Post, Room, RoomKind
from .rules import UNDO, says_something

SALT = "networks.discussions.undo"
MARKDOWN = _("For **bold**, *slanted*, lists and links you can use Markdown.")


def _words(label, rows):
    return forms.CharField(
        label=label, widget=forms.Textarea(attrs={"rows": rows}), max_length=20_000
    )


class Words(Form):
    """What every form in talk does with a text."""

    def is_multipart(self):
        return True  # files come with the words: networks/files

    def clean_text(self):
        words = self.cleaned_data["text"]
        # Marks that Markdown turns into nothing are not words either.
        if not says_something(text.excerpt(words)):
            raise forms.ValidationError(_("Write some words before you post."))
        return words


class ThreadForm(Words):
    room = forms.TypedChoiceField(label=_("Where"), widget=forms.RadioSelect, coerce=int)
    title = forms.CharField(label=_("What is it about?"), max_length=160)
    text = _words(_("What do you want to say or ask?"), 6)
    text.help_text = MARKDOWN
    field_order = ["room", "title", "text"]

    def __init__(self, rooms: list[Room], *args, **kwargs):
        super().__init__(*args, **kwargs)
        if len(rooms) > 1:  # in a cohort's room one writes on its own page
            rooms = [room for room in rooms if not room.cohort_id]
        self.rooms = {room.pk: room for room in rooms}
        if len(rooms) > 1:
            self.fields["room"].choices = [
                (room.pk, f"{room.name} ({room.get_kind_display()}). {room.for_later}")
                for room in rooms
            ]
            self.fields["room"].initial = rooms[0].pk
        else:
            del self.fields["room"]

    def clean_title(self):
        title = " ".join(self.cleaned_data["title"].split())
        if not says_something(title):
            raise forms.ValidationError(_("Write in a few words what it is about."))
        return title

    def picked(self):
        """The room that was picked, though the rest of the form may be wrong."""
        return self.rooms.get(whole_number(self.data.get("room")))

    def chosen(self):
        """The room that was chosen, or the only one; None while the network has none."""
        return self.rooms.get(self.cleaned_data.get("room"), next(iter(self.rooms.values()), None))

    def said(self):
        """What `start_thread` is given."""
        typed = self.cleaned_data
        return {"title": typed["title"], "words": typed["text"], "key": UUID(self.once)}


class ReplyForm(Words):
    text = _words(_("Your reply"), 4)


class PostForm(Words):
    """One's own post, to be changed. `was`: the version that it was made from."""

    text = _words(_("Your post"), 8)
    text.help_text = MARKDOWN
    was = forms.CharField(widget=forms.HiddenInput, required=False)

    def compare_with(self, version: str) -> None:
        """Sent again, the form replaces the newer text, which its writer has now seen."""
        self.data = self.data.copy()
        self.data["was"] = version


class RoomForm(Form):
    name = forms.CharField(
        label=_("Name of the room"), max_length=80, help_text=_("For example “Rants and wins”.")
    )
    kind = forms.ChoiceField(
        label=_("What kind of room?"),
        choices=RoomKind.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Nothing of a trusted room is shown anywhere else: no titles, no names, no mail with "
            "words from it. That cannot be changed later."
        ),
    )
    history = forms.ChoiceField(
        label=_("What can people read who join later?"),
        choices=[("", _("As is usual: in an open room everything, in a trusted one only what is "
                        "said after they joined")), *History.choices],
        widget=forms.RadioSelect,
        required=False,
        help_text=_(
            "Everybody sees this before they write. You can make it stricter at any time; looser "
            "only for what is said from then on."
        ),
    )  # fmt: skip
    cohort = forms.ModelChoiceField(
        label=_("Who may enter?"),
        queryset=Cohort.objects.none(),
        required=False,
        widget=forms.RadioSelect,
        empty_label=_("Everybody in the network"),
        help_text=_("Of a cohort, nobody else: no coordinator who is not in it either."),
    )

    def __init__(self, network: Network, *args, **kwargs):
        super().__init__(*args, **kwargs)
        cohorts = network.cohorts.filter(closed_at=None)
        self.fields["cohort"].queryset = cohorts
        self.fields["cohort"].label_from_instance = lambda cohort: cohort.name
        if not cohorts:
            del self.fields["cohort"]

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())


class RestoreForm(Form):
    """The words of a deleted post, which wait in its writer's browser and nowhere else."""

    kept = forms.CharField(widget=forms.HiddenInput, max_length=200_000)

    def __init__(self, post: Post, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.post = post

    def clean_kept(self):
        try:
            post, until, words, title = signing.loads(self.cleaned_data["kept"], salt=SALT)
        except signing.BadSignature:
            post = until = None
        if post != self.post.pk or until < clock.now().timestamp():
            raise forms.ValidationError(_("This can no longer be undone. You can write it again."))
        return Taken(words, title)


def kept(post: Post, taken: Taken) -> str:
    """What the Undo button carries."""
    until = (clock.now() + UNDO).timestamp()
    return signing.dumps([post.pk, until, *taken], salt=SALT, compress=True)


# --- The files that come along (networks.files) ---------------------------------------------------


def parcel_of(request, network, form, post=None):
    """The files of a form. Those sent with it are kept, also when its words must be put right;
    what could not be kept becomes an error of the form."""
    there = of_posts(network, [post.pk]).get(post.pk, []) if post else []
    if request.method != "POST":
        return typed_parcel(request)._replace(there=there)
    sent, own = request.POST, {row.id for row in there}
    gone = own.intersection(_numbers(sent.getlist("gone")))
    parcel = receive(
        network,
        request.FILES.getlist("files"),
        kept=_numbers(sent.getlist("kept")),
        described=sent.get("described", ""),
        alts={row.id: sent[name] for row in there if (name := f"alt-{row.id}") in sent},
        there=len(there) - len(gone),
        by=request.user,
        key=UUID(form.once),
    )
    for sentence in parcel.refused:
        form.add_error(None, sentence)
    return parcel._replace(there=there, gone=gone)


def typed_parcel(request):
    """No files yet; what their pictures show, where it was typed before the sign-in ran out."""
    return Parcel(described=pages.typed(request).get("described", ""))


def _numbers(texts):
    return [number for text in texts if (number := whole_number(text)) is not None]
