from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.discussions.rules import says_something
from networks.membership.queries import members
from peernet.lib import text
from peernet.lib.forms import Form

from . import queries, rules
from .models import About, Kind, Outcome

MYSELF = _("Myself")
WEEKS = [
    (1, _("1 week")), (2, _("2 weeks")), (4, _("4 weeks")), (8, _("8 weeks")), (12, _("12 weeks")),
]  # fmt: skip


class DetailsForm(Form):
    """What is said about an ask or an offer beside its words."""

    about = forms.ChoiceField(label=_("What is it about?"), choices=About.choices)
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        help_text=_("A word or two each, with commas between: roof, grants, minibus."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    on_behalf = forms.TypedChoiceField(
        label=_("For whom?"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, bodies, used, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if used:
            told = _("%(help)s Used here: %(tags)s.")
            said = {"help": self.fields["tags"].help_text, "tags": ", ".join(used)}
            self.fields["tags"].help_text = told % said
        self.bodies = {body.pk: body for body in bodies}
        if self.bodies:
            named = [(body.pk, body.name) for body in bodies]
            self.fields["on_behalf"].choices = [("", MYSELF), *named]
        else:
            del self.fields["on_behalf"]

    @staticmethod
    def first(entry):
        """What it says now."""
        tags = ", ".join(tag.word for tag in entry.tags.all())
        return {"about": entry.about, "tags": tags, "on_behalf": entry.organisation_id or ""}

    def clean_tags(self):
        tags = rules.tags_of(self.cleaned_data["tags"])
        if rules.too_many(tags):
            said = _("Use %(most)s tags or fewer.") % {"most": rules.MOST_TAGS}
            raise forms.ValidationError(said)
        if long := rules.too_long(tags):
            said = _("“%(tag)s” is too long for a tag. Put commas between them.")
            raise forms.ValidationError(said % {"tag": long})
        return tags

    def said(self):
        """What both actions are given."""
        typed = self.cleaned_data
        body = self.bodies.get(typed.get("on_behalf"))
        return {"about": typed["about"], "tags": typed["tags"], "organisation": body}


class EntryForm(DetailsForm):
    """A new ask or offer."""

    kind = forms.ChoiceField(
        label=_("Do you ask or offer?"),
        choices=[(Kind.ASK, _("I ask for something")), (Kind.OFFER, _("I offer something"))],
        widget=forms.RadioSelect,
    )
    title = forms.CharField(label=_("In a few words"), max_length=160)
    text = forms.CharField(
        label=_("Say more"), widget=forms.Textarea(attrs={"rows": 5}), max_length=20_000,
        help_text=_("What exactly, where and by when. You can use Markdown."),
    )  # fmt: skip
    weeks = forms.TypedChoiceField(
        label=_("Show it for"), choices=WEEKS, coerce=int, initial=rules.WEEKS,
        help_text=_("We ask you once before it runs out. One press keeps it."),
    )  # fmt: skip
    field_order = ["kind", "title", "text", "about", "tags", "on_behalf", "weeks"]

    def clean_title(self):
        title = " ".join(self.cleaned_data["title"].split())
        if not says_something(title):
            raise forms.ValidationError(_("Write in a few words what it is."))
        return title

    def clean_text(self):
        words = self.cleaned_data["text"]
        if not says_something(text.excerpt(words)):
            raise forms.ValidationError(_("Write a sentence about it."))
        return words

    def said(self):
        typed = self.cleaned_data
        own = {name: typed[name] for name in ("kind", "title", "weeks")}
        return super().said() | own | {"words": typed["text"], "key": UUID(self.once)}


class EndForm(Form):
    """What came of it, and who met it."""

    outcome = forms.ChoiceField(
        label=_("What came of it?"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    met_by = forms.TypedChoiceField(
        label=_("If somebody here: who?"), required=False, coerce=int, empty_value=None,
        help_text=_("We ask them first. Until they agree, nobody else sees who it was."),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Somebody else here? Their name"), required=False, max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, entry, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.entry = entry
        self.helpers = {one.pk: one for one in queries.helpers(entry)}
        known = [(pk, one.shown_name) for pk, one in self.helpers.items()]
        self.fields["outcome"].choices = [(value, entry.told(value)) for value in Outcome.values]
        self.fields["met_by"].choices = [("", _("I would rather not say")), *known]

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if not name:
            return None
        found = list(members(self.entry.network).filter(name__iexact=name)[:2])
        if not found:
            said = _("Nobody here is called “%(name)s”. Write the name as it stands under People.")
            raise forms.ValidationError(said % {"name": name})
        if len(found) > 1:
            said = _("Several people here are called “%(name)s”. Ask them to write in the thread, "
                     "then you can choose them.")  # fmt: skip
            raise forms.ValidationError(said % {"name": name})
        return found[0]

    def who(self):
        """Who met it; nobody for the three other ends."""
        typed = self.cleaned_data
        if typed["outcome"] != Outcome.MET_HERE:
            return None
        return typed.get("name") or self.helpers.get(typed.get("met_by"))


class FilterForm(Form):
    """What the list shows."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    about = forms.ChoiceField(
        label=_("What about"), required=False, choices=[("", _("Anything")), *About.choices]
    )
    show = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[
            ("", _("Still open")),
            ("met", _("Met")),
            ("over", _("Withdrawn or run out")),
            ("mine", _("My own")),
        ],
    )


class TopicsForm(Form):
    """What somebody is glad to be asked about."""

    topics = forms.CharField(
        label=_("Ask me about"),
        required=False,
        help_text=_("Up to five, with commas between: bid writing, asbestos, cooperative rules."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_topics(self):
        words = rules.tags_of(self.cleaned_data["topics"])
        if len(words) > rules.MOST_TOPICS:
            said = _("Name %(most)s at most.") % {"most": rules.MOST_TOPICS}
            raise forms.ValidationError(said)
        if any(len(word) > rules.LONGEST_TOPIC for word in words):
            raise forms.ValidationError(_("Use a few words for each, with commas between them."))
        return words
