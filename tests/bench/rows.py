"""Rows by the hundred thousand: one INSERT … SELECT each, whatever columns a model has by then."""

from django.db import connection
from django.db.models import NOT_PROVIDED, DateField, Model

VALUE = "$$"  # where a default comes in: what we write ourselves has per cents of its own


def write(model: type[Model], source: str, /, **columns: str) -> None:
    """Insert into the model's table what `source` (after FROM) gives; `columns` are expressions.

    A column that is not named gets the model's own default, the same in each row, and a time the
    day of the filling: so a column added later needs no word here, unless it is to differ.
    """
    names, made, values = list(columns), list(columns.values()), []
    for field in model._meta.concrete_fields:
        name = connection.ops.quote_name(field.column)
        if {field.column, name} & columns.keys() or not _needs_a_value(field):
            continue
        names.append(name)
        if isinstance(field, DateField):
            made.append("(SELECT day FROM bench_day)")
        else:
            made.append(VALUE)
            values.append(field.get_db_prep_save(field.get_default(), connection))
    sql = f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {', '.join(made)}"
    sql = f"{sql} FROM {source}".replace("%", "%%").replace(VALUE, "%s")
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _needs_a_value(field) -> bool:
    made_there = field.generated or field.db_default is not NOT_PROVIDED
    numbered = field.primary_key and not field.has_default()
    return not (made_there or numbered or field.null)
