"""A calendar program in small: reads what the mails bring, by RFC 5546, and shows its dates.

It is the other side, written from the standard and not from our code: a REQUEST without a
RECURRENCE-ID replaces the whole series, one with it replaces one date, a CANCEL takes one date or
all; whatever has a lower SEQUENCE than what is known is ignored.
"""

from datetime import UTC, datetime

import recurring_ical_events
from icalendar import Calendar

FROM, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)


def read(text):
    """The one VCALENDAR of a part: strict about what mail demands of it."""
    assert "\r\n" in text
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    calendar = Calendar.from_ical(text)
    assert calendar["VERSION"] == "2.0"
    return calendar


def starts(text, since=FROM, until=UNTIL):
    """When the events of a calendar begin, in UTC, its series counted out."""
    found = recurring_ical_events.of(Calendar.from_ical(text)).between(since, until)
    return sorted(event["DTSTART"].dt.astimezone(UTC) for event in found)


class Inbox:
    """One person's calendar: takes parts in the order in which they arrive."""

    def __init__(self):
        self.series = {}  # UID -> {RECURRENCE-ID instant or None: VEVENT}
        self.seen = {}  # (UID, RECURRENCE-ID or None) -> highest SEQUENCE
        self.zones = []

    def take(self, text):
        calendar = read(text)
        method = str(calendar["METHOD"])
        self.zones += calendar.walk("VTIMEZONE")
        events = calendar.walk("VEVENT")
        assert len({str(event["UID"]) for event in events}) == 1
        masters = [event for event in events if "RECURRENCE-ID" not in event]
        for event in masters:
            self._whole(method, event, [e for e in events if e is not event])
        if not masters:
            for event in events:
                self._one(method, event)

    def _whole(self, method, event, others):
        uid, number = str(event["UID"]), int(event["SEQUENCE"])
        known = max((n for (u, _), n in self.seen.items() if u == uid), default=-1)
        assert number > known, f"a series may only grow: {number} after {known}"
        self.seen[uid, None] = number
        if method == "CANCEL":
            self.series.pop(uid, None)
            return
        self.series[uid] = {None: event} | {_instance(other): other for other in others}

    def _one(self, method, event):
        uid, number, when = str(event["UID"]), int(event["SEQUENCE"]), _instance(event)
        known = max(self.seen.get((uid, None), -1), self.seen.get((uid, when), -1))
        assert number > known, f"a date may only grow: {number} after {known}"
        self.seen[uid, when] = number
        assert uid in self.series, "a change to a series that never came"
        self.series[uid][when] = None if method == "CANCEL" else event

    def shown(self):
        """(UID, start) of every event in the calendar."""
        return sorted(
            (uid, start) for uid, parts in self.series.items() for start in self._dates(parts)
        )

    def _dates(self, parts):
        calendar = Calendar()
        for zone in self.zones[-1:]:
            calendar.add_component(zone)
        calendar.add_component(parts[None])
        gone = {when for when, event in parts.items() if when and event is None}
        changed = {when: event for when, event in parts.items() if when and event is not None}
        slots = recurring_ical_events.of(calendar).between(FROM, UNTIL)
        slots = [event["DTSTART"].dt.astimezone(UTC) for event in slots]
        assert set(changed) <= set(slots), "a change to a date that the series does not have"
        kept = [when for when in slots if when not in gone and when not in changed]
        return kept + [event["DTSTART"].dt.astimezone(UTC) for event in changed.values()]


def _instance(event):
    return event["RECURRENCE-ID"].dt.astimezone(UTC)
