from allauth.account.forms import ConfirmLoginCodeForm, LoginForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from peernet.lib import clock
from peernet.lib.forms import Form, ModelForm

from .actions import welcome
from .models import Person
from .rules import zone_choices


class SignInForm(Form, LoginForm):
    """Where everybody comes in, new or not: an address gets a code, and never a yes or no."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=_("Your email address"),
            max_length=254,
            help_text=_("We send you a code to type in. You need no password."),
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        )

    def clean_login(self):
        return self.cleaned_data["login"].lower()

    def login(self, request, redirect_url=None):
        # A new address gets an account and a code like any other, so that nobody can find out
        # from here who has one.
        self.user = self.user or welcome(self.cleaned_data["login"])
        return super().login(request, redirect_url)


class CodeForm(Form, ConfirmLoginCodeForm):
    """The code from the mail, typed or pasted, with or without spaces."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("The code from the mail"),
            max_length=40,
            help_text=_("6 digits. It can take a minute to arrive. Look in your spam folder too."),
            widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        )


class AddressCodeForm(CodeForm):
    """The code that was sent to a further address. Whether it can be theirs is asked once they
    have typed it (adapter.py): before, nobody learns who has an account."""

    def __init__(self, *args, user=None, email="", **kwargs):
        super().__init__(*args, **kwargs)


class NameForm(ModelForm):
    """The one thing that somebody new is asked."""

    class Meta:
        model = Person
        fields = ["name"]
        labels = {"name": _("What should we call you?")}
        help_texts = {"name": _("First and last name, as people in your networks know you.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "name"


class ProfileForm(NameForm):
    """What we call somebody, and how they read words and times."""

    zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("We show you every time as the clock near you does.")
    )

    class Meta(NameForm.Meta):
        fields = ["name", "zone", "language"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = zone_choices(clock.zones(), settings.DEFAULT_ZONE)
        if len(settings.LANGUAGES) == 1:
            del self.fields["language"]
