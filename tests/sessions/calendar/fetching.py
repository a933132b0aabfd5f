"""A calendar program that fetches a feed, and reads it."""

from datetime import UTC

import recurring_ical_events
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from tests.sessions.calendar.reading import FROM, UNTIL


def fetch(token, **headers):
    return Client(headers=headers).get(reverse("calendar_feed", args=[token]))


def text(token):
    answer = fetch(token)
    assert answer.status_code == 200
    return answer.content.decode()


def shown(token):
    """(UID, start, status) of every date of the feed, its series counted out."""
    found = recurring_ical_events.of(Calendar.from_ical(text(token))).between(FROM, UNTIL)
    return sorted(
        (str(one["UID"]), one["DTSTART"].dt.astimezone(UTC), str(one["STATUS"])) for one in found
    )
