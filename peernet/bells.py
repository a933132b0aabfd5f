"""The bells: which job is rung for, and every how many seconds.

Intervals only, in UTC: a bell says "look what is due", and what is due is a row in the database.
"""

from typing import Any

from celery import schedules

BELLS = [
    ("outbox", "members.notices.tasks.tick_outbox", 5),
    ("heartbeat", "members.notices.tasks.tick_heartbeat", 60),
    ("reminders", "sessions.meetings.tasks.tick_reminders", 60),
    ("figures", "evaluation.rollups.tasks.tick_figures", 60),
    ("sessions", "sessions.cadence.tasks.tick_sessions", 300),
    ("funding", "sessions.cadence.tasks.tick_funding", 900),
    ("calendar", "sessions.calendar.tasks.tick_calendar", 300),
    ("imports", "networks.imports.tasks.tick_imports", 5),
    ("links", "networks.links.tasks.tick_links", 900),
    ("requests", "networks.joining.tasks.tick_requests", 900),
    ("breaks", "networks.membership.tasks.tick_breaks", 900),
    ("nudges", "networks.invitations.tasks.tick_nudges", 6 * 3600),
    ("succession", "networks.succession.tasks.tick_succession", 6 * 3600),
    ("exchange", "networks.exchange.tasks.tick_exchange", 900),
    ("phone", "networks.phone.tasks.tick_phone", 900),
    ("introductions", "networks.introductions.tasks.tick_introductions", 900),
    ("charters", "networks.charter.tasks.tick_charters", 6 * 3600),
    ("handovers", "sessions.handing.tasks.tick_handovers", 900),
    ("digest", "members.digest.tasks.tick_digest", 900),
    ("drafts", "networks.imports.tasks.tick_drafts", 900),
    ("old_drafts", "networks.drafts.tasks.tick_old_drafts", 6 * 3600),
    ("surveys", "evaluation.surveys.tasks.tick_surveys", 900),
    ("files", "networks.files.tasks.tick_files", 3600),
    ("articles", "networks.articles.tasks.tick_articles", 300),
    ("archives", "members.privacy.tasks.tick_archives", 5),
    ("network_archives", "networks.archives.tasks.tick_network_archives", 5),
    ("keeping", "sessions.keeping.tasks.tick_keeping", 6 * 3600),
    ("upkeep", "members.privacy.tasks.tick_upkeep", 6 * 3600),
]


def schedule() -> dict[str, dict[str, Any]]:
    """The bells as Celery's beat reads them. One that nobody heard in time is forgotten: while the
    mail server is slow, old rings for the outbox must not stand before all other jobs."""
    return {
        name: {
            "task": task,
            "schedule": schedules.schedule(seconds),
            "options": {"expires": seconds * (2 if name == "outbox" else 5)},
        }
        for name, task, seconds in BELLS
    }
