from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from networks.network.models import Cohort, Network
from peernet.lib.forms import DateInput, Form

from . import queries, rules
from .models import Item, ItemKind, Response, Study

OPEN_FOR = timedelta(days=14)
LONGEST_OPTION = 120


class NewForm(Form):
    title = forms.CharField(
        label=lazy("Name of the survey"),
        max_length=Study._meta.get_field("title").max_length,
        help_text=lazy("Members see it, in the mail and on each page."),
        initial=lazy("How this network works for you"),
    )
    cohort = forms.ModelChoiceField(
        label=lazy("Who is asked?"),
        queryset=Cohort.objects.none(),
        required=False,
        empty_label=lazy("Everybody in the network"),
    )

    def __init__(self, network: Network, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        cohorts = network.cohorts.filter(closed_at=None)
        self.fields["cohort"].queryset = cohorts
        self.fields["cohort"].label_from_instance = lambda cohort: cohort.name
        if not cohorts:
            del self.fields["cohort"]


class WordingForm(Form):
    """The survey's name, and for each question whether it is asked, and in which words."""

    title = NewForm.base_fields["title"]

    def __init__(self, items: Sequence[Item], *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            self.fields |= self._fields_of(item)

    def _fields_of(self, item: Item) -> dict[str, forms.Field]:
        n = item.position
        found = {
            f"keep-{item.uid}": forms.BooleanField(
                label=_("Ask question %(n)s") % {"n": n}, required=False, initial=True
            ),
            f"text-{item.uid}": forms.CharField(
                label=_("Question %(n)s") % {"n": n},
                max_length=rules.LONGEST_WORDING,
                initial=item.text,
                help_text=item.get_kind_display(),
                widget=forms.Textarea(attrs={"rows": 2}),
            ),
        }
        if item.kind == ItemKind.RANKING:
            found[f"options-{item.uid}"] = forms.CharField(
                label=_("What is put in order in question %(n)s") % {"n": n},
                initial="\n".join(item.options.values()),
                help_text=_("One on each line, %(least)s to %(most)s of them.")
                % dict(zip(("least", "most"), rules.OPTIONS, strict=True)),
                widget=forms.Textarea(attrs={"rows": 7}),
            )
        return found

    def clean(self) -> None:
        super().clean()
        for item in self.items:
            name = f"options-{item.uid}"
            if name in self.fields and name not in self.errors and self._kept(item):
                self._check(name, self._lines(item))

    def _check(self, name: str, lines: list[str]) -> None:
        least, most = rules.OPTIONS
        if not least <= len(set(lines)) == len(lines) <= most:
            said = _("Write %(least)s to %(most)s lines, no two alike.")
            self.add_error(name, said % {"least": least, "most": most})
        elif max(map(len, lines)) > LONGEST_OPTION:
            said = _("Use %(n)s characters or fewer on each line.")
            self.add_error(name, said % {"n": LONGEST_OPTION})

    def _kept(self, item: Item) -> bool:
        return bool(self.cleaned_data.get(f"keep-{item.uid}"))

    def _lines(self, item: Item) -> list[str]:
        typed = self.cleaned_data.get(f"options-{item.uid}", "")
        return [line.strip() for line in typed.splitlines() if line.strip()]

    def wording(self) -> dict[str, tuple[str, list[str]]]:
        """The questions to be asked: uid -> words on one line, and the lines of a ranking."""
        return {
            item.uid: (" ".join(self.cleaned_data[f"text-{item.uid}"].split()), self._lines(item))
            for item in self.items
            if self._kept(item)
        }


class LaunchForm(Form):
    """From when until when; and, the first time, whether the funder sees totals."""

    opens = forms.DateField(label=lazy("Opens on"), widget=DateInput())
    closes = forms.DateField(
        label=lazy("Last day"),
        widget=DateInput(),
        help_text=lazy("Who has not answered is reminded once, on the fifth day."),
    )
    shared = forms.BooleanField(
        label=lazy("The funder sees totals for 10 or more people"),
        help_text=lazy("Members read this before they answer. It stays as it is for all rounds."),
        required=False,
    )

    def __init__(self, today: date, may_share: bool, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opens"].initial = today
        self.fields["closes"].initial = today + OPEN_FOR
        self.fields["shared"].initial = True
        if not may_share:
            del self.fields["shared"]


# --- A question's own page: written by hand, one question, one press ----------------------------


def as_asked(item: Item, number: int, given: Any = None, mark: str = "") -> dict[str, Any]:
    """What the page of one question shows; `given` is the answer so far, or what was typed."""
    order = given if isinstance(given, list) else rules.first_order(list(item.options), mark)
    choices: list[tuple[str, Any]] = []
    if item.kind == ItemKind.SCALE:
        choices = [(str(n), label) for n, label in enumerate(rules.SCALE_LABELS, start=1)]
    elif item.kind == ItemKind.NUMBER:
        choices = [(str(n), n) for n in range(11)]
    return {
        "item": item,
        "number": number,
        "given": "" if given is None else str(given),
        "choices": choices,
        "order": [(code, item.options[code]) for code in order] if item.options else [],
    }


def as_said(items: Iterable[Item], response: Response | None) -> list[tuple[int, str, str]]:
    """Each question with the answer given, "" where it was skipped."""
    answers = response.answers if response else {}
    return [
        (
            n,
            item.text,
            queries.said_in_words(item, answers[item.uid]) if item.uid in answers else "",
        )
        for n, item in enumerate(items, start=1)
    ]
