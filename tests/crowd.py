"""Many people pressing at the same moment, each with a database connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def at_once(deed: Callable[[int], Any], times: int = 20) -> list[Any]:
    """Call deed(0) … deed(times - 1) together, and return what each returned.

    The test needs `django_db(transaction=True)`: the others must see what it wrote.
    """
    gate = Barrier(times)

    def press(number: int) -> Any:
        try:
            gate.wait()
            return deed(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as crowd:
        return list(crowd.map(press, range(times)))
