# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""Each letter as its reader gets it: complete in plain text, small, explained, and private."""

import re
from datetime import UTC, date, datetime

import pytest

from sessions.cadence import actions
from sessions.meetings.actions import answer, write
from tests import cast
from tests.sessions.around import calendar_of, cancel, dates, lasts_until, move, plan, post, ring

MADE = {}  # once for all tests here: they read letters, and no row


@pytest.fixture
def letters(db, travel):
    """One letter of each kind to Ann, by kind."""
    if not MADE:
        MADE.update(letters_to_ann(travel))
    return MADE


def letters_to_ann(travel):
    travel(datetime(2026, 3, 1, 12, tzinfo=UTC))
    place = cast.network()
    dan, ann = cast.coordinator(place), cast.member(place)
    grant = cast.grant(place, ends_on=date(2026, 4, 14))
    found = {}

    def take(*kinds):
        ring()
        found.update(zip(kinds, post(ann), strict=True))

    first = plan(place, dan)
    take("series")
    plan(place, dan, rhythm="once", title="Opening again", first=datetime(2026, 3, 20, 10))
    take("session")
    move(dates(first)[1], datetime(2026, 3, 25, 11), dan)
    take("session_changed")
    cancel(dates(first)[2], dan)
    take("session_cancelled")
    lasts_until(grant, date(2026, 5, 31))
    take("series_changed")
    travel(datetime(2026, 3, 2, 10, tzinfo=UTC))
    answer(first, ann, "yes", by=ann)
    take("reminder")
    write(first, "yes", "Bring a cup.\nThe kettle is on.", by=dan)
    take("session_message")
    travel(datetime(2026, 3, 10, 10, tzinfo=UTC))
    actions.end(first.cadence, reason="We are done", by=dan)
    ring()
    found["series_ended"] = post(ann)[-1]
    travel(datetime(2026, 6, 1, 9, tzinfo=UTC))
    ring()
    found["funding_ended"] = post(ann)[-1]
    return found


def test_every_letter_is_small_plain_and_says_why_it_came(letters):
    for kind, letter in letters.items():
        html = letter.alternatives[0][0]
        assert len(html.encode()) < 20_000, kind
        assert "<img" not in html, kind
        assert "You get this" in letter.body, kind
        assert "Change what this network sends you: http://localhost/mail/" in letter.body, kind
        assert letter.subject.startswith("[Health and Social Care] "), kind
        assert len(letter.subject) < 100, kind
        assert letter.from_email.endswith('Health and Social Care (PeerNet)" <peernet@localhost>')


def test_the_text_alone_has_every_link_of_the_page(letters):
    for kind, letter in letters.items():
        in_html = set(re.findall(r'href="([^"]+)"', letter.alternatives[0][0]))
        in_text = set(re.findall(r"http://\S+", letter.body))
        assert in_html == in_text, kind


def test_what_is_to_be_done_stands_first(letters):
    for kind in ("series", "session", "session_changed"):
        lines = letters[kind].body.splitlines()
        assert lines[0] == "Yes:", kind
        assert lines[1].startswith("http://localhost/answer/"), kind
        assert lines[1].endswith("?reply=yes"), kind
    assert letters["reminder"].body.startswith("Join online:\nhttp://localhost/meet/")
    assert letters["funding_ended"].body.splitlines()[0] == "Open the sessions:"


def test_no_letter_shows_the_meetings_own_link(letters):
    for letter in letters.values():
        assert "meet.example.org" not in letter.message().as_string()
        assert "meet.example.org" not in (calendar_of(letter) or "")


def test_only_what_changes_a_calendar_carries_one(letters):
    with_part = {kind for kind, letter in letters.items() if calendar_of(letter)}
    assert with_part == set(letters) - {"reminder", "session_message", "funding_ended"}


def test_times_and_zone_are_the_readers_own(db, travel):
    travel(datetime(2026, 3, 1, 12, tzinfo=UTC))
    place = cast.network()
    dan = cast.coordinator(place)
    nora = cast.member(place, "Nora New", zone="America/New_York")
    plan(place, dan, rhythm="once")
    ring()
    (letter,) = post(nora)
    assert letter.subject == "[Health and Social Care] Tuesday 5am: Action learning set"
    assert (
        "When: Tuesday 3 March, 5am, New York time (Tuesday 3 March, 10am, London time)"
        in letter.body
    )
