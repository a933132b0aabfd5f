"""Statements that the ORM writes once for a process, and PostgreSQL answers often.

To work out a large statement from models costs ten times what PostgreSQL needs to answer it. Here
it is worked out with stand-ins for what differs from one time to the next: the moment (and what is
reckoned from it), and numbers and words.
"""

from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

LONG_AGO = datetime(1000, 7, 1, tzinfo=UTC)  # stands for the moment that is asked about
AROUND = timedelta(days=50 * 365)  # what is reckoned from it is not farther away
# Stand for the first, second and third value: an id for example, or a digest.
STAND_INS: dict[type, tuple] = {
    int: tuple(-(2**62) - number for number in range(3)),
    str: tuple(f"\x1fstands for value {number}\x1f" for number in range(3)),
}


def rows(
    make: Callable[..., QuerySet], key: Hashable, now: datetime, *values: int | str
) -> list[tuple]:
    """What `make(now, *values)`, a queryset of values_list, finds. `now` is aware.

    `make` is a function of a module. It may compare with `now` and the values, and with times that
    are a fixed span before or after `now`. Whatever else its statement depends on is in `key`.
    """
    places = tuple(STAND_INS[type(value)][number] for number, value in enumerate(values))
    sql, params = _written(make, key, places)
    real = dict(zip(places, values, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(sql, [_real(param, now, real) for param in params])
        return cursor.fetchall()


@lru_cache(200)
def _written(make: Callable[..., QuerySet], key: Hashable, places: tuple) -> tuple[str, tuple]:
    return make(LONG_AGO, *places).query.sql_with_params()


def _real(param: Any, now: datetime, values: dict) -> Any:
    if isinstance(param, datetime) and abs(param - LONG_AGO) < AROUND:
        return now + (param - LONG_AGO)
    return values.get(param, param) if type(param) in STAND_INS else param
