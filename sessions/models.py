"""The wing's models, gathered for Django; each lives in its room."""

from sessions.attendance.models import Attendance, AttendanceFile, Participant
from sessions.cadence.models import Cadence, Session
from sessions.calendar.models import CalendarFeed
from sessions.meetings.models import Answer, SessionMessage

__all__ = [
    "Answer",
    "Attendance",
    "AttendanceFile",
    "Cadence",
    "CalendarFeed",
    "Participant",
    "Session",
    "SessionMessage",
]
