"""The wing's models, gathered for Django; each lives in its room."""

from sessions.cadence.models import Cadence, Session
from sessions.meetings.models import Answer, Attendance, AttendanceFile

__all__ = ["Answer", "Attendance", "AttendanceFile", "Cadence", "Session"]
