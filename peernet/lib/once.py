"""The key that makes a doubled form one row.

A form carries a random key in a hidden field; the row it makes keeps the key in a unique
column. A second press, a reload or twenty requests at once find the first row.
"""

import uuid
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

Row = TypeVar("Row", bound=models.Model)


def field() -> models.UUIDField:
    """The column for a model whose rows are made by forms."""
    return models.UUIDField(null=True, unique=True, editable=False)


def create(model: type[Row], key: uuid.UUID | None, **values: Any) -> tuple[Row, bool]:
    """Make the row, or find the one that the same form made before.

    Returns the row and whether it is new: what follows from a deed (notices, counters) belongs
    to the new one only. A row without a key is always new.
    """
    rows = model._default_manager
    try:
        with transaction.atomic():
            return rows.create(once=key, **values), True
    except IntegrityError:
        # The other request's row is committed by now: the unique index made us wait for it.
        if key is None or (row := rows.filter(once=key).first()) is None:
            raise
        return row, False
