"""Every part of templates/ui.html on one page, and the same form with everything wrong.

Seen at /kitchen/ when ROOT_URLCONF is this module; tests/look/test_kitchen.py renders it.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.http import HttpResponse
from django.template import engines
from django.template.backends.utils import csrf_input
from django.urls import include, path
from markupsafe import Markup

from peernet.lib import text
from peernet.lib.forms import DateInput, Form, TimeInput
from peernet.pages import shell

HERE = Path(__file__).parent
PLACES = tuple(
    shell.Place(f"/kitchen/#{key}", label, icon, key)
    for label, key, icon in [
        ("Home", "h", "house"),
        ("Talk", "t", "messages-square"),
        ("Sessions", "s", "calendar-days"),
        ("People", "p", "users-round"),
        ("You", "y", "circle-user-round"),
        ("Run", "r", "list-checks"),
    ]
)
HEALTH = "Health and Social Care community of practice"
BARS = Markup(
    '<svg viewBox="0 0 600 180" role="img" aria-label="People taking part, by month">'
    '<g fill="var(--brand)">'
    '<rect x="40" y="80" width="70" height="70"/><rect x="150" y="50" width="70" height="100"/>'
    '<rect x="260" y="20" width="70" height="130"/></g>'
    '<g fill="var(--muted)" font-size="16" text-anchor="middle">'
    '<text x="75" y="172">Sep</text><text x="185" y="172">Oct</text>'
    '<text x="295" y="172">Nov</text></g></svg>'
)


class Plan(Form):
    name = forms.CharField(
        label="Name", max_length=80, help_text="What people will see in their calendar."
    )
    email = forms.EmailField(
        label="Your email", widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    code = forms.CharField(
        label="Code", widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
    )
    first = forms.DateField(label="First day", widget=DateInput)
    starts = forms.TimeField(label="Starts at", widget=TimeInput, required=False)
    minutes = forms.IntegerField(label="How many minutes", min_value=15, max_value=480)
    kind = forms.ChoiceField(
        label="Kind", choices=[("als", "Action learning set"), ("talk", "Open talk")]
    )
    place = forms.ChoiceField(
        label="Where",
        choices=[("online", "Online"), ("room", "In a room")],
        widget=forms.RadioSelect,
    )
    reminders = forms.MultipleChoiceField(
        label="Reminders",
        choices=[("7", "7 days before"), ("1", "1 day before"), ("0", "1 hour before")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Each person can stop them.",
    )
    purpose = forms.CharField(label="What is it for?", widget=forms.Textarea, required=False)
    sheet = forms.FileField(label="Spreadsheet", required=False)
    agree = forms.BooleanField(label="I have read the charter")


def kitchen(request):
    """The page; ?wrong shows the form after a bad post, ?bare leaves the frame empty."""
    wrong = "wrong" in request.GET
    now = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    place = SimpleNamespace(name=HEALTH, accent=2, url="/kitchen/", closed_at=None)
    template = engines["jinja2"].env.from_string((HERE / "kitchen.html").read_text())
    page = template.render(
        csrf_input=csrf_input(request),
        request=request,
        form=Plan({"name": "x" * 90, "email": "no"} if wrong else None),
        said=text.html("We opened on **Saturdays** only.\n\n- fewer staff\n- more people"),
        svg=BARS,
        now=now,
        later=now + timedelta(days=21),
        me=SimpleNamespace(is_authenticated=True),
        notices=[],
        undoable=None,
        here=place,
        switch=[
            {"label": HEALTH, "url": "/kitchen/", "accent": 2, "current": True},
            {"label": "Community Libraries", "url": "/kitchen/?2", "accent": 5, "current": False},
        ],
        nav=shell.NAV.once(PLACES, (0,)),
        foot=shell.FOOT.once((("Privacy", "/kitchen/#privacy"),), "/kitchen/#source"),
        scripts=shell.SCRIPTS.once(),
        banner="Mail is not set up, so nobody gets invitations yet.",
    )
    return HttpResponse(page)


urlpatterns = [
    path("kitchen/", kitchen),
    path("", include("peernet.pages.urls")),
    path("accounts/", include("peernet.pages.accounts")),
]
