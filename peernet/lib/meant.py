"""“Did you mean…?”: something was typed that nearly is a thing already known.

Nobody is corrected: the form comes back with what was typed, and asks once. Works without script.
"""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _

ASKS = "meant"  # the name of the field that asks
AS_TYPED = "="  # before what was typed: an answer holds for that name only, not for the next


def settle(form: forms.Form, name: str, known: Sequence[str]) -> None:
    """Put into `form.cleaned_data[name]` the one of `known` that was meant, or leave what was
    typed if that was said; else ask, which makes the form invalid. For a form's `clean`.
    """
    typed = form.cleaned_data.get(name)
    if not typed or not known:
        return
    another = _("No, “%(name)s” is another one") % {"name": typed}
    field = forms.ChoiceField(
        label=_("Did you mean…?"),
        choices=[*((one, one) for one in known), (AS_TYPED + typed, another)],
        widget=forms.RadioSelect,
    )
    form.fields[ASKS] = field
    order = list(form.fields)
    order.insert(order.index(name) + 1, order.pop())
    form.order_fields(order)
    answer = form.data.get(form.add_prefix(ASKS), "")
    if answer in known:
        form.cleaned_data[name] = answer
    elif answer != AS_TYPED + typed:
        form.add_error(
            ASKS, _("“%(name)s” is nearly one we know. Say which it is.") % {"name": typed}
        )
