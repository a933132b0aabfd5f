from datetime import datetime, timedelta

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from networks.membership.queries import members
from peernet.lib import clock
from peernet.lib.forms import DateInput, Form, TimeInput

from . import rules
from .actions import Plan
from .models import Session, SessionType

TIMES = ["%H:%M", "%H:%M:%S", "%H.%M", "%I%p", "%I:%M%p", "%I.%M%p"]
FARTHEST = timedelta(days=730)
SHORTEST, LONGEST = 5, 1440  # minutes
RHYTHMS = [
    (rules.ONCE, _("Just once")),
    ("1", _("Every week")),
    ("2", _("Every two weeks")),
    ("3", _("Every three weeks")),
    ("4", _("Every four weeks")),
    ("6", _("Every six weeks")),
    (rules.MONTHLY, _("Every month, on the same weekday")),
]


class WebAddress(forms.URLField):
    """A link that may stand on a page: http or https, nothing else."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def __init__(self, **kwargs):
        super().__init__(assume_scheme="https", **kwargs)


class WhenAndWhere(Form):
    """Date, time, length and place of a session."""

    date = forms.DateField(label=_("Date"), widget=DateInput)
    time = forms.TimeField(
        label=_("Time"),
        widget=TimeInput,
        input_formats=TIMES,
        help_text=_("As the clock on the wall shows it, also after the clocks change."),
    )
    minutes = forms.IntegerField(
        label=_("How long, in minutes"), min_value=SHORTEST, max_value=LONGEST, initial=90
    )
    link = WebAddress(
        label=_("Link to join online"),
        required=False,
        max_length=Session._meta.get_field("link").max_length,
        help_text=_(
            "Zoom, Teams or another. People see it from the day before. A place will do instead."
        ),
    )
    place = forms.CharField(
        label=_("Place"),
        required=False,
        max_length=Session._meta.get_field("place").max_length,
        help_text=_("If you meet in a room: where it is, and how to get in."),
    )

    def __init__(self, *args, zone, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["time"].label = _("Time (%(zone)s)") % {"zone": rules.zone_words(zone)}

    def clean_place(self):
        return " ".join(self.cleaned_data["place"].split())

    def clean(self):
        super().clean()
        day, time = self.cleaned_data.get("date"), self.cleaned_data.get("time")
        if day and time:
            self._check_moment(datetime.combine(day, time))
        said_where = {"link", "place"} <= self.cleaned_data.keys()
        if said_where and not (self.cleaned_data["link"] or self.cleaned_data["place"]):
            self.add_error("link", _("Add a link to join online, or a place."))
        return self.cleaned_data

    def _check_moment(self, local):
        now = clock.now()
        # Years first: the ends of the calendar have no instant in every zone.
        if local.date() > (now + FARTHEST).date():
            self.add_error("date", _("Choose a date in the next two years."))
        elif local.year < now.year or rules.instant(local, self.zone) <= now:
            self.add_error("date", _("Choose a date and time that are still to come."))

    @property
    def start(self):
        """The naive local start that was asked for."""
        return datetime.combine(self.cleaned_data["date"], self.cleaned_data["time"])


class PlanForm(WhenAndWhere):
    """Everything a coordinator says to plan one session or a rhythm."""

    title = forms.CharField(
        label=_("What is it called?"),
        max_length=Session._meta.get_field("title").max_length,
        help_text=_("For example “Action learning set” or “Opening our building again”."),
    )
    type = forms.ChoiceField(label=_("Kind of session"), choices=SessionType.choices)
    rhythm = forms.ChoiceField(label=_("How often?"), choices=RHYTHMS, initial="3")
    facilitator = forms.ModelChoiceField(
        label=_("Who leads it?"), queryset=None, required=False, empty_label=_("Not settled yet")
    )
    cohort = forms.ModelChoiceField(
        label=_("Who is it for?"),
        queryset=None,
        required=False,
        empty_label=_("Everybody in the network"),
    )
    field_order = (
        "title", "type", "rhythm", "date", "time", "minutes", "link", "place", "facilitator",
        "cohort",
    )  # fmt: skip

    def __init__(self, *args, network, **kwargs):
        super().__init__(*args, zone=network.zone, **kwargs)
        self.fields["date"].label = _("First date")
        self.fields["facilitator"].queryset = members(network).order_by("name", "pk")
        self.fields["facilitator"].label_from_instance = lambda person: person.shown_name
        cohorts = network.cohorts.filter(closed_at=None)
        self.fields["cohort"].queryset = cohorts
        self.fields["cohort"].label_from_instance = lambda cohort: cohort.name
        if not cohorts:
            del self.fields["cohort"]

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    @property
    def plan(self):
        """What was asked for, once the form is valid."""
        names = ("title", "type", "rhythm", "minutes", "link", "place", "facilitator", "cohort")
        return Plan(first=self.start, **{name: self.cleaned_data.get(name) for name in names})


class Reasoned(Form):
    """A change to something that people count on: why, and which state of it was looked at."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=Session._meta.get_field("reason").max_length,
        help_text=_("Everybody invited reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class MoveForm(WhenAndWhere, Reasoned):
    """Another time, length or place for one session."""

    field_order = ("date", "time", "minutes", "link", "place", "reason", "seen")


class CancelForm(Reasoned):
    """No session this time."""


class EndForm(Form):
    """No more sessions in this rhythm."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=Session._meta.get_field("reason").max_length,
        help_text=_("Everybody invited reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
