"""Words as they are looked for: without accents, in capitals. The database can index them so."""

from django.db.models import Func, QuerySet, TextField, Value


class Plain(Func):
    """“Siân” as “SIAN”. The function is made by a migration of members; unlike unaccent(), whose
    dictionary could be changed, it is declared the same for ever, so that indexes may hold it."""

    function = "peernet_plain"
    output_field = TextField()


def holding(rows: QuerySet, field: str, text: str) -> QuerySet:
    """Those of `rows` whose field holds the text, with or without accents."""
    return rows.alias(plain=Plain(field)).filter(plain__contains=Plain(Value(text)))
