"""Telling many people of something without whoever does it waiting for that: the deed writes one
row, and the next tick of the outbox writes the notices (docs/decisions/0021)."""

import logging
from collections.abc import Callable
from datetime import datetime
from traceback import format_tb

from django.db import InterfaceError, OperationalError, transaction

from peernet.lib import clock

from .models import Cause
from .rules import LATER

logger = logging.getLogger(__name__)
AT_MOST = 1_000  # of one tick; then what is due has its turn


def announce(
    kind: str, about_id: int, *, network_id: int | None, due: datetime, version: int = 0
) -> None:
    """Have a notice written to everybody whom `Kind.hears` names, before it is due (aware)."""
    Cause.objects.create(
        kind=kind, about_id=about_id, network_id=network_id, due_at=due, version=version
    )


def spread(write: Callable[[Cause], object]) -> int:
    """Have `write` write the notices of each cause; returns how many causes that were.

    Any number of workers may do this at once: no two take the same one.
    """
    done = 0
    while done < AT_MOST and _spread_one(write):
        done += 1
    return done


@transaction.atomic
def _spread_one(write: Callable[[Cause], object]) -> bool:
    """The oldest one. Its notices are written and it is gone, or, when a worker dies, neither."""
    cause = Cause.objects.due(clock.now()).select_for_update(skip_locked=True).first()
    if cause is None:
        return False
    try:
        with transaction.atomic():
            write(cause)
    except (OperationalError, InterfaceError):
        raise  # the database is away, or stops: it is as if nothing had happened
    except Exception as fault:
        # A fault of ours in one kind must not hold up all others. What it says may name somebody.
        where = "".join(format_tb(fault.__traceback__))
        what = (cause.pk, cause.kind, type(fault).__name__, where)
        logger.error("cause %s (%s) could not be told: %s\n%s", *what)
        Cause.objects.filter(pk=cause.pk).update(not_before=clock.now() + LATER)
    else:
        cause.delete()
    return True
