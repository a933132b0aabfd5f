from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from peernet.lib import files
from peernet.lib.forms import Form

from .rules import FIELDS, TOP

NONE = "none"
LIKELY = 200  # organisations that are like others: more make a page nobody reads to its end
LABELS = {
    "email": gettext_lazy("Email address"),
    "name": gettext_lazy("Name"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "organisation": gettext_lazy("Organisation"),
    "region": gettext_lazy("Region"),
    "role": gettext_lazy("Role"),
}
MAY_BE_READ = (
    ".xlsx,.csv,.tsv,.tab,.txt,text/csv,text/plain,text/tab-separated-values,"
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)


class ListForm(Form):
    """The sheet as a file, or its cells pasted."""

    file = forms.FileField(
        label=gettext_lazy("The spreadsheet"),
        required=False,
        allow_empty_file=True,  # refused by its name, further on
        help_text=gettext_lazy(
            "An Excel workbook (.xlsx) or a CSV file, with 50,000 people at most. In Google "
            "Sheets: File, Download. The columns may stand in any order."
        ),
        widget=forms.FileInput(attrs={"accept": MAY_BE_READ}),
    )
    people = forms.CharField(
        label=gettext_lazy("Or paste the people here"),
        required=False,
        strip=False,  # a first cell may be empty
        max_length=files.MAX_BYTES,
        error_messages={
            "max_length": gettext_lazy("That is too much to paste. Send it as a file, or in parts.")
        },
        help_text=gettext_lazy(
            "Cells copied from a sheet, or a list of addresses: "
            "Ann Lee <ann@example.org>; bob@example.org"
        ),
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.one_of_several = True  # that it is needed nobody can say, nor that it is not

    def clean(self):
        file, people = self.cleaned_data.get("file"), self.cleaned_data.get("people", "")
        if file and people:
            self.add_error("people", _("There is a file, too. Send one or the other."))
        elif not (file or people.strip() or self.errors):
            self.add_error("file", _("Choose a file, or paste the people below."))
        return self.cleaned_data

    @property
    def used(self):
        """The field that a refusal belongs to."""
        return "file" if self.cleaned_data["file"] else "people"

    def sheet(self):
        """What was sent, for the action; of a file no more than it takes to see it is too big."""
        file = self.cleaned_data["file"]
        if file is None:
            return {"text": self.cleaned_data["people"]}
        return {"data": file.read(files.LONG.bytes + 1), "filename": file.name}


class SheetForm(Form):
    """Which of a workbook's sheets holds the people."""

    sheet = forms.TypedChoiceField(
        label=gettext_lazy("Take the people from"), coerce=int, widget=forms.RadioSelect
    )

    def __init__(self, *args, batch, **kwargs):
        super().__init__(*args, initial={"sheet": batch.sheet}, **kwargs)
        self.fields["sheet"].choices = [
            (at, _sheet(sheet)) for at, sheet in enumerate(batch.sheets)
        ]


class MatchForm(Form):
    """Which column holds what, and which organisations are not the one they look like."""

    apart = forms.MultipleChoiceField(
        label=gettext_lazy("Tick those that are not the same organisation"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("Choose among the answers shown.")},
    )

    same = forms.MultipleChoiceField(
        label=gettext_lazy("Did you mean…? Tick those that are the same organisation"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("Choose among the answers shown.")},
    )

    def __init__(self, *args, batch, alike, meant, **kwargs):
        matched = {name: batch.columns.get(name, NONE) for name in FIELDS}
        heading = NONE if batch.heading is None else batch.heading
        super().__init__(
            *args, initial=matched | {"heading": heading, "apart": batch.apart}, **kwargs
        )
        self.fields["heading"] = _position(_("Row with the headings"), _headings(batch.rows))
        columns = _columns(batch)
        shown = alike[:LIKELY]
        self.unshown = [body.key for body in alike[LIKELY:] if body.is_apart]
        self.fields["email"] = _position(LABELS["email"], columns)
        for name in FIELDS[1:]:
            choices = [(NONE, _("Not in this file")), *columns]
            self.fields[name] = _position(LABELS[name], choices)
        self.fields["apart"].choices = {body.key: _likeness(body) for body in shown}.items()
        if len(alike) > LIKELY:
            numbers = {"n": LIKELY, "all": f"{len(alike):,}"}
            self.fields["apart"].help_text = (
                _("These are the first %(n)s of %(all)s. Write the others alike in your sheet.")
                % numbers
            )
        if not alike:
            del self.fields["apart"]
        self.meant = meant
        self.fields["same"].choices = [
            (key, _("“%(written)s” is %(name)s") % {"written": written, "name": name})
            for key, (written, name) in meant.items()
        ]
        if not meant:
            del self.fields["same"]
        self.order_fields(["same", "heading", *FIELDS, "apart"])

    def matching(self):
        """What was chosen, for the action."""
        chosen = {name: self.cleaned_data[name] for name in FIELDS}
        return {
            "heading": self.cleaned_data["heading"],
            "columns": {name: at for name, at in chosen.items() if at is not None},
            "apart": [*self.cleaned_data.get("apart", []), *self.unshown],
            "same": {key: self.meant[key][1] for key in self.cleaned_data.get("same", [])},
        }


def _position(label, choices):
    """A choice among rows or columns, as a number; None for none of them."""
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=lambda at: None if at == NONE else int(at)
    )


def _sheet(sheet):
    n = sheet["addresses"]
    rows = ngettext("%(n)s row with an address", "%(n)s rows with an address", n) % {"n": f"{n:,}"}
    hidden = ", " + _("a hidden sheet") if sheet["is_hidden"] else ""
    return f"{sheet['title']}: {rows}{hidden}"


def _likeness(body):
    if body.is_apart:
        return _("“%(name)s”, kept as an organisation of its own") % {"name": body.name}
    written = ", ".join(f"“{name}”" for name in body.written)
    return _("%(written)s, taken as %(name)s") % {"written": written, "name": body.name}


def _headings(rows):
    first = [(at, row) for at, row in enumerate(rows[:TOP]) if row]
    shown = [
        (
            at,
            _("Row %(n)s: %(cells)s")
            % {"n": at + 1, "cells": _short(", ".join(filter(None, row)))},
        )
        for at, row in first
    ]
    return [(NONE, _("None: each row is a person")), *shown]


def _columns(batch):
    """Each column by its heading, or by its place, with something that is in it."""
    heading = batch.rows[batch.heading] if batch.heading is not None else []
    body = batch.rows[0 if batch.heading is None else batch.heading + 1 :]
    choices = []
    for at in range(max(map(len, batch.rows))):
        name = heading[at] if at < len(heading) else ""
        example = next((row[at] for row in body if at < len(row) and row[at]), "")
        label = _short(name) or _("Column %(n)s") % {"n": at + 1}
        choices.append((at, f"{label} ({_short(example)})" if example else label))
    return choices


def _short(text):
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"
