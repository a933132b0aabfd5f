"""The whole of what PeerNet keeps, as short marks, so that a test can say: nothing changed."""

import hashlib
from pathlib import Path

from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection

SESSIONS = "django_session"  # what a browser may carry from page to page: see `carried`


def tables(without: dict[str, str]) -> dict[str, str]:
    """A mark of every row of every table, but for the sessions of browsers. `without`: a column
    that is left out of a table's marks."""
    with connection.cursor() as cursor:
        names = [n for n in connection.introspection.table_names(cursor) if n != SESSIONS]
        each = []
        for name in names:
            row = f"(to_jsonb(t) - '{without[name]}')::text" if name in without else "t::text"
            marks = f"coalesce(md5(string_agg({row}, chr(10) ORDER BY {row})), '')"
            each.append(f"SELECT '{name}', {marks} FROM \"{name}\" t")
        cursor.execute(" UNION ALL ".join(each))
        return dict(cursor.fetchall())


def sequences() -> dict[str, int | None]:
    """How far each number has been counted: a row that was made and deleted leaves its gap."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences")
        return {f"counter {name}": at for name, at in cursor.fetchall()}


def files(*folders: Path) -> dict[str, str]:
    """A mark of every file below the folders."""
    found = [path for folder in folders for path in Path(folder).rglob("*") if path.is_file()]
    return {f"file {path}": hashlib.md5(path.read_bytes()).hexdigest() for path in found}


def letters() -> dict[str, int]:
    return {"letters that left": len(mail.outbox)}


def everything(*folders: Path, without: dict[str, str] | None = None) -> dict[str, object]:
    """All of it; two of them are compared by `changed`."""
    return {**tables(without or {}), **sequences(), **files(*folders), **letters()}


def changed(before: dict, after: dict) -> set[str]:
    """The names of what is not as it was."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def carried() -> dict[str, dict]:
    """What every browser carries from page to page, by the key of its session."""
    return {row.pk: row.get_decoded() for row in Session.objects.all()}


def carried_anew(before: dict[str, dict], after: dict[str, dict]) -> set[str]:
    """The names in browsers' sessions whose value is not as it was."""
    names = set()
    for key in before.keys() | after.keys():
        names |= changed(before.get(key, {}), after.get(key, {}))
    return names
