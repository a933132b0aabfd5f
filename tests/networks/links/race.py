"""Several deeds at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import IntegrityError, connection

from peernet.lib.errors import Refused


def together(*deeds):
    """Do them all at the same moment; returns what each gave, or the sentence of its refusal."""
    start = Barrier(len(deeds))

    def do(deed):
        try:
            start.wait(60)
            return deed()
        except (Refused, IntegrityError) as no:
            return str(no)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))
