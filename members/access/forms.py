from allauth.account.forms import LoginForm
from allauth.account.models import EmailAddress
from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.people.queries import addresses_of
from peernet.lib.forms import Form

# What a hostile answer of a "passkey" makes the libraries below raise besides ValidationError.
ODD = (AttributeError, IndexError, KeyError, TypeError, ValueError)
NO_PASSKEY = _("That did not come from a passkey. Press the button, then do what your device asks.")
WEAK = {
    "password_too_short": _("Use 12 characters or more. Three or four words are easy to keep."),
    "password_too_common": _("Many people use that password. Choose another one."),
    "password_too_similar": _("That is too much like your name or address. Choose another one."),
}


class Credential(forms.JSONField):
    """What a device answered, as the browser wrote it down."""

    def __init__(self):
        wrong = {"required": NO_PASSKEY, "invalid": NO_PASSKEY}
        super().__init__(label=_("Passkey"), widget=forms.HiddenInput, error_messages=wrong)

    def to_python(self, value):
        try:
            found = super().to_python(value)
        except RecursionError:  # thousands of brackets, which no device sends
            found = ()
        if found is not None and not isinstance(found, dict):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class PasswordSignInForm(Form, LoginForm):
    """For those who set a password: the same answer whoever has an account, or a password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=_("Your email address"),
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        )
        self.fields["password"] = forms.CharField(
            label=_("Your password"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )

    def clean_login(self):
        return self.cleaned_data["login"].lower()


class PasskeySignInForm(Form, LoginWebAuthnForm):
    """What a passkey answered to our question."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["credential"] = Credential()

    def clean_credential(self):
        try:
            return super().clean_credential()
        except ODD as odd:
            raise ValidationError(str(NO_PASSKEY)) from odd


class PasskeyForm(Form, AddWebAuthnForm):
    """A new passkey: its name, and what the device answered."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("What shall we call it?"),
            max_length=60,
            required=False,  # by now the device keeps a passkey: a missing name must not waste it
            help_text=_("So that you know it again: the phone or computer that keeps it."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.fields["credential"] = Credential()

    def clean_name(self):
        return self.cleaned_data["name"] or str(_("My passkey"))

    def clean(self):
        # Signing in with nothing else asks for a finger, a face or a PIN.
        self.cleaned_data["passwordless"] = True
        try:
            return super().clean()
        except ODD as odd:
            raise ValidationError(str(NO_PASSKEY)) from odd


class PasskeyNameForm(Form):
    """Another name for a passkey."""

    name = forms.CharField(label=_("What shall we call it?"), max_length=60)


class PasswordForm(Form):
    """A password, typed once: a slip does no harm while a code by mail opens the door."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=200,
        help_text=_("12 characters or more. Let your browser or password manager make one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self):
        password = self.cleaned_data["password"]
        try:
            password_validation.validate_password(password, self.person)
        except ValidationError as weak:
            raise ValidationError([str(WEAK[one.code]) for one in weak.error_list]) from weak
        return password


class ProofForm(Form):
    """The code from the mail, before a change in how somebody signs in."""

    code = forms.CharField(
        label=_("The code from the mail"),
        max_length=40,
        help_text=_("6 digits. It can take a minute to arrive. Look in your spam folder too."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class AddressForm(Form):
    """A further address. The answer does not tell whether it has an account already."""

    email = forms.EmailField(
        label=_("Another email address"),
        max_length=254,
        help_text=_("We send it a code, to be sure that it is yours."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if addresses_of(self.person).filter(email=email).exists():
            raise ValidationError(str(_("You have that address already.")))
        if not EmailAddress.objects.can_add_email(self.person):
            raise ValidationError(str(_("Remove an address first: you have as many as we keep.")))
        return email
