"""The wing's models, gathered for Django; each lives in its room."""

from sessions.attendance.models import Attendance, AttendanceFile, Participant
from sessions.cadence.models import Cadence, Session
from sessions.calendar.models import CalendarFeed, KeptEvent
from sessions.follow_up.models import AgreedAction, Notes
from sessions.keeping.models import Keeping
from sessions.meetings.models import Answer, SessionMessage

__all__ = [
    "AgreedAction",
    "Answer",
    "Attendance",
    "AttendanceFile",
    "Cadence",
    "CalendarFeed",
    "Keeping",
    "KeptEvent",
    "Notes",
    "Participant",
    "Session",
    "SessionMessage",
]
