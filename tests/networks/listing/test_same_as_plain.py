"""A line of a list is what a plain rendering of the same row says, whatever the row is."""

from datetime import timedelta
from functools import lru_cache
from itertools import product
from pathlib import Path

import pytest
from django.template import engines
from django.utils import timezone

from networks.discussions.queries import ThreadRow
from networks.listing.queries import lines
from peernet.lib import clock
from peernet.lib.rendered import EDGE
from tests.networks.articles.plain import squeezed

AGES = [timedelta(seconds=5), timedelta(minutes=40), timedelta(hours=30), timedelta(days=400)]
TITLES = ["Room hire", '<b>bold</b> & "co"', f"odd {EDGE}url{EDGE} mark"]


@lru_cache
def plain():
    text = Path(__file__).with_name("plain.html").read_text()
    return engines["jinja2"].env.from_string(text).module


def every_kind():
    """Each way in which a row can be, in turns with names, ages and numbers."""
    flags = product((0, 1, 100), (False, True), (False, True), (False, True), (1, 2, 9))
    return [
        ThreadRow(
            number, TITLES[number % 3], "Room <1>", "libraries", "Libraries", "Ann <i>Lee</i>",
            "A former member", clock.now() - AGES[number % 4], posts, unread, muted, pinned, closed,
        )
        for number, (unread, muted, pinned, closed, posts) in enumerate(flags)
    ]  # fmt: skip


@pytest.mark.parametrize("several", [True, False])
@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Kathmandu"])
def test_each_line_is_what_a_plain_rendering_says(several, zone):
    rows = every_kind()
    with timezone.override(zone):
        found = lines(rows, several=several)
        for row, line in zip(rows, found, strict=True):
            place = row.room_name if several else ""
            assert squeezed(line) == squeezed(plain().thread_row(row, place))
    assert len({squeezed(line).partition("<div>")[0] for line in found}) == 3  # new, quiet, neither
