"""The little statistics that our figures need, each held to published examples by its tests."""

import math
from collections.abc import Sequence
from statistics import fmean, stdev


def t_quantile(df: int, level: float = 0.95) -> float:
    """How far out the middle `level` of Student's t with `df` degrees of freedom reaches."""
    low, high = 0.0, 1_000.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, df) < level else (low, middle)
    return (low + high) / 2


def _within(t: float, df: int) -> float:
    """The share of Student's t between -t and t (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    angle = math.atan(t / math.sqrt(df))
    sine, cosine = math.sin(angle), math.cos(angle)
    term = total = 1.0 if df % 2 == 0 else cosine
    for n in range(2 if df % 2 else 1, df - 2, 2):
        term *= cosine**2 * n / (n + 1)
        total += term
    if df % 2 == 0:
        return sine * total
    return 2 / math.pi * (angle + (sine * total if df > 1 else 0))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean by Student's t; two values at least."""
    middle = fmean(values)
    reach = t_quantile(len(values) - 1) * stdev(values) / math.sqrt(len(values))
    return middle - reach, middle + reach


def kendall_w(rankings: Sequence[Sequence[int]]) -> float:
    """How far people agree in their order: 0 not at all, 1 wholly (Kendall's W).

    `rankings`: for each person the rank, from 1, of every option in turn; whole orders only, two
    options at least.
    """
    people, options = len(rankings), len(rankings[0])
    sums = [sum(ranks) for ranks in zip(*rankings, strict=True)]
    spread = sum((one - people * (options + 1) / 2) ** 2 for one in sums)
    return 12 * spread / (people**2 * (options**3 - options))
