from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.people.queries import addresses_of
from peernet.lib.forms import Form


class OtherForm(Form):
    """The address of the second account. The answer does not tell whether it has one."""

    email = forms.EmailField(
        label=gettext_lazy("The address of your other account"),
        max_length=254,
        help_text=gettext_lazy("We send it a code, to be sure that it is yours."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if addresses_of(self.person).filter(email=email).exists():
            raise ValidationError(str(_("This address signs in to this account already.")))
        return email


class CodeForm(Form):
    """The code that came to the other address."""

    code = forms.CharField(
        label=gettext_lazy("The code from the mail"),
        max_length=40,
        help_text=gettext_lazy(
            "6 digits. It can take a minute to arrive. Look in your spam folder too."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
