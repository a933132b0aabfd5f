"""Forms as PeerNet wants them: our own words for what is wrong, and nothing typed is lost.

`Form` and `ModelForm` check; actions write (a form here never saves). What the browser would
say in its own words is left to us (no `required`, no silent `maxlength`), typed text is tidied
before it is checked, and each form carries the key that makes a doubled post one row.
"""

import unicodedata
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.forms import renderers
from django.forms.utils import pretty_name
from django.http import QueryDict
from django.template import loader
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from peernet.lib.errors import Refused
from peernet.lib.pages import uuid_or_none

LONGEST_LINE = 500  # characters, for a field that names no length of its own
LONGEST_TEXT = 20_000
# Marks that turn the reading direction for the rest of a line: only ever seen in disguises.
DISGUISES = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"))
LINE_BREAKS = {ord("\v"): "\n", ord("\f"): "\n", ord("\u2028"): "\n", ord("\u2029"): "\n"}


class Renderer(renderers.BaseRenderer):
    """Our templates for forms and fields; Django's own for widgets, which are not strict-safe."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"
    widgets = renderers.Jinja2()

    def get_template(self, name: str) -> Any:
        if name.startswith("django/forms/"):
            return self.widgets.get_template(name)
        return loader.get_template(name)


class _House(forms.BaseForm):
    """What Form and ModelForm share."""

    use_required_attribute = False

    def __init__(self, data: Mapping | None = None, *args: Any, **kwargs: Any) -> None:
        self.mangled: set[str] = set()
        super().__init__(data if data is None else self._tidied(data), *args, **kwargs)

    @cached_property
    def once(self) -> str:
        """The key of this form: the one it came back with, or a new one. See peernet.lib.once."""
        key = uuid_or_none(self.data.get("once")) if self.is_bound else None
        return str(key or uuid.uuid4())

    def full_clean(self) -> None:
        # Here and not in __init__: by now a subclass has given its fields labels and choices.
        # Django comes here before it shows a field, too: to ask for the field's errors.
        for name, field in self.fields.items():
            _limit(field)
            _reword(field, _label(name, field))
        super().full_clean()
        for name, field in self.fields.items():
            if self.add_prefix(name) in self.mangled and name not in self.errors:
                self.add_error(name, MANGLED % {"label": _label(name, field)})

    def _tidied(self, data: Mapping) -> Mapping:
        if not isinstance(data, QueryDict):
            return {key: self._tidy(key, value) for key, value in data.items()}
        clean = QueryDict(mutable=True)
        for key in data:
            clean.setlist(key, [self._tidy(key, value) for value in data.getlist(key)])
        return clean

    def _tidy(self, key: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if "\x00" in value:
            self.mangled.add(key)
        return tidy(value)


class Form(_House, forms.Form):
    """A form of PeerNet."""


class ModelForm(_House, forms.ModelForm):
    """A form whose fields come from a model. It checks; the room's action writes."""

    def save(self, commit: bool = True) -> Any:
        raise TypeError("Forms check, actions write: give cleaned_data to an action.")


class DateInput(forms.DateInput):
    """The browser's own date picker, which understands only 2026-12-01."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class TimeInput(forms.TimeInput):
    """The browser's own time picker, which understands only 10:30."""

    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


def tidy(text: str) -> str:
    """The same letters however they were typed (NFC), without characters nobody can see."""
    text = unicodedata.normalize("NFC", text).translate(LINE_BREAKS).translate(DISGUISES)
    return "".join(c for c in text if c in "\n\r\t" or unicodedata.category(c) not in ("Cc", "Cs"))


def add_refusal(form: forms.BaseForm, no: Refused, field: str | None = None) -> None:
    """Show what an action refused: in the form's summary, or beside `field`."""
    form.add_error(field, str(no))


def summary(form: forms.BaseForm) -> list[tuple[str, str]]:
    """What is wrong, in the order of the fields: (id of the control to go to, or "", sentence)."""
    found = [("", str(error)) for error in form.non_field_errors()]
    for name in form.fields:
        bound = form[name]
        # The first radio button or box has the id that a label would point to.
        target = bound.id_for_label or (f"{bound.auto_id}_0" if bound.auto_id else "")
        target = "" if bound.is_hidden else target
        found += [(target, str(error)) for error in form.errors.get(name, [])]
    return found


# --- Words ---------------------------------------------------------------------------------------

MANGLED = _("“%(label)s” held a character that cannot be kept. Look at it, then send it again.")
NUMBER_LIMITS = {
    "min_value": _("Enter %(limit_value)s or more."),
    "max_value": _("Enter %(limit_value)s or less."),
}
CHOICE = {
    "required": _("Choose an answer for “%(label)s”."),
    "invalid_choice": _("Choose one of the answers shown."),
}
# The first class that fits gives the words; a field's own error_messages win over them.
# Django fills in the other placeholders itself, so these sentences name the label only where it
# has nothing to fill in.
WORDS: list[tuple[type[forms.Field], dict[str, Any]]] = [
    (forms.MultipleChoiceField, {"required": _("Choose at least one for “%(label)s”.")}),
    (forms.ModelMultipleChoiceField, {"required": _("Choose at least one for “%(label)s”.")}),
    (forms.ChoiceField, CHOICE),
    (forms.ModelChoiceField, CHOICE),
    (forms.NullBooleanField, {}),
    (forms.BooleanField, {"required": _("Tick “%(label)s” to go on.")}),
    (
        forms.FileField,
        {
            "required": _("Choose a file for “%(label)s”."),
            "missing": _("Choose a file for “%(label)s”."),
            "invalid": _("Choose a file for “%(label)s”."),
            "empty": _("That file is empty. Choose another one."),
        },
    ),
    (
        forms.DateField,
        {
            "required": _("Enter a date for “%(label)s”."),
            "invalid": _("Enter a real date for “%(label)s”, with day, month and year."),
        },
    ),
    (
        forms.TimeField,
        {
            "required": _("Enter a time for “%(label)s”."),
            "invalid": _("Enter a time for “%(label)s” like 10:30."),
        },
    ),
    (
        forms.EmailField,
        {
            "required": _("Enter an email address."),
            "invalid": _("Enter an email address like name@example.org."),
        },
    ),
    (forms.URLField, {"invalid": _("Enter a whole web address, like https://example.org.")}),
    (
        forms.DecimalField,
        NUMBER_LIMITS
        | {
            "required": _("Enter an amount for “%(label)s”."),
            "invalid": _("Enter an amount for “%(label)s” in figures, like 1500 or 12.50."),
        },
    ),
    (
        forms.IntegerField,
        NUMBER_LIMITS
        | {
            "required": _("Enter a number for “%(label)s”."),
            "invalid": _("Enter a whole number for “%(label)s”, like 12."),
        },
    ),
]
ALL = {
    "required": _("Fill in “%(label)s”."),
    "max_length": _("Use %(limit_value)d characters or fewer. You wrote %(show_value)d."),
}


def _label(name: str, field: forms.Field) -> str:
    return str(pretty_name(name) if field.label is None else field.label)


def _reword(field: forms.Field, label: str) -> None:
    """Give a field our sentences, in the reader's language, where it has no words of its own."""
    ours = ALL | next((words for kind, words in WORDS if isinstance(field, kind)), {})
    own = {k: words for k, words in field.error_messages.items() if words != _default(field, k)}
    field.error_messages |= {k: str(words).replace("%(label)s", label) for k, words in ours.items()}
    field.error_messages |= own


def _default(field: forms.Field, key: str) -> Any:
    """What Django itself would say."""
    kinds = [vars(kind).get("default_error_messages", {}) for kind in type(field).__mro__]
    return next((words[key] for words in kinds if key in words), None)


def _limit(field: forms.Field) -> None:
    """No text without an end; and no browser cuts off what somebody pastes."""
    if not isinstance(field, forms.CharField):
        return
    if field.max_length is None:
        field.max_length = (
            LONGEST_TEXT if isinstance(field.widget, forms.Textarea) else LONGEST_LINE
        )
        field.validators.append(MaxLengthValidator(field.max_length))
    field.widget.attrs.pop("maxlength", None)
