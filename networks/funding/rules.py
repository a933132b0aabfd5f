"""Money as people write it, and what a grant's dates must be. Pure."""

import re
from datetime import date
from decimal import Decimal
from typing import Literal

MOST = Decimal(10) ** 10  # the column holds less than ten thousand million pounds
FIRST_YEAR, LAST_YEAR = 1990, 2100
WRITTEN = re.compile(
    r"""(?:£|gbp)?                                   # a sign, or none
        (?P<whole>\d+|\d{1,3}(?:,\d{3})+)            # 60000 or 60,000
        (?:\.(?P<part>\d{1,2}))?                     # .5 or .50
        (?P<times>k|m)?                              # 60k, 1.5m
        (?:gbp|pounds)?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
TIMES = {None: 1, "k": 1_000, "m": 1_000_000}


def amount(typed: str) -> Decimal:
    """Pounds from "£60,000", "60 000", "60000.50", "60k" or "1.5m".

    Raises ValueError for anything else, and for "60.000", which could be sixty or sixty thousand.
    """
    found = WRITTEN.fullmatch("".join(typed.split()))
    if found is None:
        raise ValueError(typed)
    times = TIMES[found["times"] and found["times"].lower()]
    pounds = Decimal(f"{found['whole'].replace(',', '')}.{found['part'] or 0}") * times
    if pounds >= MOST:
        raise ValueError(typed)
    return pounds.quantize(Decimal("0.01"))


def stage(starts_on: date, ends_on: date, today: date) -> Literal["ahead", "now", "over"]:
    """Where a grant stands on the day `today`; its first and last days are part of it."""
    if today < starts_on:
        return "ahead"
    return "now" if today <= ends_on else "over"
