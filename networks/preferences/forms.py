from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from peernet.lib.forms import Form

from .models import Talk

HOURS = range(8, 20)  # outside the quiet hours


def _hours():
    for n in HOURS:
        if n == 12:
            yield n, _("midday")
        else:
            yield n, (_("%(time)sam") if n < 12 else _("%(time)spm")) % {"time": n % 12}


class NetworkForm(Form):
    """What one network sends somebody."""

    talk = forms.ChoiceField(label=_("Talk"), choices=Talk.choices, widget=forms.RadioSelect)
    remind_week = forms.BooleanField(label=_("Remind me a week before a session"), required=False)
    remind_day = forms.BooleanField(label=_("Remind me a day before"), required=False)
    remind_hour = forms.BooleanField(label=_("Remind me an hour before"), required=False)
    ask_second = forms.BooleanField(
        label=_("Ask me, once a quarter at most, to invite a second person"),
        required=False,
        help_text=_("Only where you alone speak for your organisation."),
    )
    suggest = forms.BooleanField(
        label=_("Name me to people here who look for help"),
        required=False,
        help_text=_("When they ask for something that you know about, have helped with, or offer. "
                    "Others may also introduce you to somebody: you are asked first."),
    )  # fmt: skip


class TimesForm(Form):
    """When the weekly mail comes, and when nothing does."""

    weekly = forms.BooleanField(
        label=_("Send me the weekly mail"),
        required=False,
        help_text=_(
            "One mail about all your networks: what you have not read, and the next seven days."
        ),
    )
    weekly_day = forms.TypedChoiceField(
        label=_("Its day"), choices=list(WEEKDAYS.items()), coerce=int
    )
    weekly_hour = forms.TypedChoiceField(label=_("Its hour"), choices=_hours, coerce=int)
    quiet_hours = forms.BooleanField(
        label=_("Hold reminders and talk back at night and on Sundays"),
        required=False,
        help_text=_(
            "From 8pm to 8am. A weekly mail for Sunday then comes on Monday. Changes and "
            "cancellations still reach you at once."
        ),
    )
