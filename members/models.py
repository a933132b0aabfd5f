"""The wing's models, gathered for Django; each lives in its room."""

from members.access.models import Device
from members.audit.models import AuditEntry
from members.causes.models import Cause
from members.notices.models import Heartbeat, Notice
from members.organisations.models import Affiliation, Different, KnownAs, Organisation
from members.people.models import Alias, Person
from members.privacy.models import Archive

__all__ = [
    "Affiliation", "Alias", "Archive", "AuditEntry", "Cause", "Device", "Different",
    "Heartbeat", "KnownAs", "Notice",
    "Organisation", "Person",
]  # fmt: skip
