"""Two people with the same form open: the second must not undo the first without knowing.

A form that changes a row carries a mark of what the row said when the form was opened.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.db import models
from django.utils.translation import gettext as _

from peernet.lib import words
from peernet.lib.errors import Refused


def mark(row: models.Model, fields: Iterable[str]) -> str:
    """A short fingerprint of what these fields of the row say."""
    columns = [cast(models.Field, row._meta.get_field(name)).attname for name in fields]
    said = "\x1f".join(str(getattr(row, column)) for column in columns)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def check(row: models.Model, seen: str, wanted: Mapping[str, Any]) -> None:
    """Raises Refused when `row` (locked, as it is now) no longer says what the mark `seen` was
    made from, unless it says what is `wanted` already: then the same form came twice."""
    differing = [name for name in wanted if getattr(row, name) != wanted[name]]
    if not differing or mark(row, wanted) == seen:
        return
    fields = [cast(models.Field, row._meta.get_field(name)) for name in differing]
    now = "; ".join(f"{field.verbose_name}: {_shown(row, field.name)}" for field in fields)
    raise Refused(
        _("Somebody else changed this while you were typing. It now says: %(now)s. Save again to "
          "put yours in its place.") % {"now": now}
    )  # fmt: skip


def _shown(row: models.Model, name: str) -> str:
    """What a field says, as people would read it, cut to what fits into a sentence."""
    label = getattr(row, f"get_{name}_display", None)
    value: Any = label() if label else getattr(row, name)
    if isinstance(value, models.Model):
        value = getattr(row, name).name
    elif isinstance(value, Decimal):
        value = words.money(value)
    elif isinstance(value, date):
        value = words.day(value)
    return str(value)[:120]
