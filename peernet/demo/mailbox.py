"""What the demo's mail server took, read from its Maildir. Only in demo mode."""

import email
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"[\w.,:=+-]{1,200}")


@dataclass(frozen=True)
class Line:
    """A mail as one line of the list."""

    key: str
    to: str
    sender: str
    subject: str
    at: datetime


def newest(limit: int, *, to: str = "") -> list[Line]:
    """The last mails that left, newest first; only those to one address when `to` is given."""
    found = []
    for path in sorted(_files(), key=lambda path: path.stat().st_mtime_ns, reverse=True):
        line = _line(path)
        if not to or to.lower() in line.to.lower():
            found.append(line)
        if len(found) == limit:
            break
    return found


def read(key: str) -> EmailMessage | None:
    """One mail by its key, or None when there is no such mail."""
    if not NAME.fullmatch(key):
        return None
    path = next((path for path in _files() if path.name == key), None)
    return path and _parse(path)


def part(message: EmailMessage, kind: str) -> str:
    """The text of the first part of a kind ("text/plain"); "" when there is none."""
    for piece in message.walk():
        if piece.get_content_type() == kind:
            return piece.get_content() if kind != "text/calendar" else _decoded(piece)
    return ""


def _decoded(piece: EmailMessage) -> str:
    return piece.get_payload(decode=True).decode("utf-8")


def _files() -> list[Path]:
    new = settings.MAILBOX_DIR / "new"
    return list(new.iterdir()) if new.is_dir() else []


def _parse(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=default)


def _line(path: Path) -> Line:
    message = _parse(path)
    return Line(
        key=path.name,
        to=", ".join(address for _name, address in getaddresses([message["to"] or ""])),
        sender=next(
            (name or address for name, address in getaddresses([message["from"] or ""])), ""
        ),
        subject=message["subject"] or "",
        at=_moment(message["date"]),
    )


def _moment(date: str) -> datetime:
    """A Date header, aware: "-0000" means UTC of an unknown place (RFC 5322 3.3)."""
    at = parsedate_to_datetime(date)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
