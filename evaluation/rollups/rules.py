"""What was counted, as it is kept, and how long it may stand. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

OLDEST = timedelta(hours=1)  # then all is counted anew, whatever was written down
PATIENCE = 20  # what took long to count rests so many times as long
HALF_WRITTEN = timedelta(seconds=30)  # what is written now may carry an earlier time
LONG = 10  # seconds; nobody who looks at a page waits for more


def kept(found: Mapping[str, Iterable[tuple]]) -> dict[str, list[list]]:
    """The rows of queries, by name, as JSON keeps them; `told` gives them back."""
    return {name: [[_kept(cell) for cell in row] for row in rows] for name, rows in found.items()}


def told(found: Mapping[str, list[list]]) -> dict[str, list[tuple]]:
    """The rows that `kept` was given."""
    return {name: [tuple(map(_told, row)) for row in rows] for name, rows in found.items()}


def _kept(cell: Any) -> Any:
    if isinstance(cell, date):  # a datetime is one too
        return {type(cell).__name__: cell.isoformat()}
    return cell


def _told(cell: Any) -> Any:
    if isinstance(cell, dict):
        [(kind, text)] = cell.items()
        return {"date": date, "datetime": datetime}[kind].fromisoformat(text)
    return cell
