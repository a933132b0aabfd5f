# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""What the tests of this wing do again and again: plan, ring the bells, read the post."""

import re
from datetime import date, datetime
from email import message_from_bytes, policy
from html import unescape

from django.core import mail

from members.notices.tasks import tick_outbox
from sessions.cadence import actions
from sessions.cadence.actions import Plan
from sessions.cadence.models import SessionType
from sessions.cadence.tasks import tick_funding, tick_sessions
from sessions.meetings.tasks import tick_reminders

FIRST = datetime(2026, 3, 3, 10)  # a Tuesday in London's winter


def plan(network, by, first=FIRST, rhythm="3", **fields):
    """Plan through the deed itself; returns the first session."""
    values = {"title": "Action learning set", "type": SessionType.ACTION_LEARNING, "minutes": 90}
    values |= {"link": "https://meet.example.org/123", "facilitator": by} | fields
    return actions.plan(network, Plan(rhythm=rhythm, first=first, **values), by=by)


def dates(session):
    """All sessions of a rhythm, in order."""
    return list(session.cadence.sessions.order_by("slot"))


def ring():
    """All bells once, as the beat would."""
    tick_funding()
    tick_sessions()
    tick_reminders()
    tick_outbox()


def post(person=None):
    """The mails that left since last asked, in order; of one person only if named."""
    found = [one for one in mail.outbox if person is None or one.to == [person.email]]
    mail.outbox.clear()
    return found


def calendar_of(message):
    """The text of a mail's calendar part as it goes over the wire, or None."""
    raw = message.message().as_bytes(linesep="\r\n")
    parts = message_from_bytes(raw, policy=policy.default).walk()
    found = [part for part in parts if part.get_content_type() == "text/calendar"]
    if not found:
        return None
    (part,) = found
    text = part.get_payload(decode=True).decode()
    assert f"\r\nMETHOD:{part.get_param('method')}\r\n" in text
    return text


def move(session, to, by, **fields):
    """Move a session as it stands now."""
    session.refresh_from_db()
    values = {"minutes": session.minutes, "link": session.link, "place": session.place}
    values |= {"reason": "Easter", "seen": session.sequence} | fields
    return actions.move(session, to=to, by=by, **values)


def cancel(session, by, reason="No room"):
    session.refresh_from_db()
    return actions.cancel(session, reason=reason, seen=session.sequence, by=by)


def lasts_until(grant, day: date):
    """The money lasts until another day, and the bell has rung."""
    grant.ends_on = day
    grant.save()
    tick_funding()
    tick_sessions()


def text(response):
    """A page's HTML with its white space made one."""
    return " ".join(response.content.decode().split())


def words(response):
    """What a page says: no tags, entities read, white space made one."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())
