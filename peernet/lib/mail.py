"""A letter: written once in Python, sent as a complete text part and a plain HTML part."""

import threading
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from typing import Literal

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from markupsafe import Markup

Method = Literal["REQUEST", "CANCEL"]
AT_ONCE = 3  # of a web process' four threads
_at_once = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Block:
    """One part of a letter; made by the functions below."""

    kind: Literal["para", "heading", "facts", "links", "quote", "news"]
    text: str = ""
    rows: tuple[tuple[str, str], ...] = ()  # facts: label, value; links: label, address
    html: Markup | None = None  # a quote as it looks on the page, cleaned by peernet.lib.text
    items: tuple[tuple[str, str, str], ...] = ()  # news: title, note, address


def para(text: str) -> Block:
    """A paragraph."""
    return Block("para", text)


def heading(text: str) -> Block:
    """A short line above what follows."""
    return Block("heading", text)


def quote(text: str, html: Markup | None = None) -> Block:
    """Somebody's own words; `html`, from peernet.lib.text, is how the HTML part shows them."""
    return Block("quote", text, html=html)


def news(*items: tuple[str, str, str]) -> Block:
    """A list of what there is to read: title, a line about it, whole address."""
    return Block("news", items=items)


def facts(*rows: tuple[str, str]) -> Block:
    """Label and value pairs: when, where, how long. Rows without a value are left out."""
    return Block("facts", rows=tuple(row for row in rows if row[1]))


def links(*rows: tuple[str, str]) -> Block:
    """Things to press: label and whole address. Each opens a page; none acts by itself."""
    return Block("links", rows=rows)


@dataclass(frozen=True)
class CalendarPart:
    """A text/calendar part whose `method` is the METHOD inside `text` (RFC 6047)."""

    text: str
    method: Method


@dataclass(frozen=True)
class Letter:
    """What somebody gets: one act first, then the rest, then why they get it."""

    subject: str
    blocks: tuple[Block, ...]
    why: str  # the footer's sentence: why you get this
    sender: str = "PeerNet"  # "Dan at Libraries"
    stops: tuple[tuple[str, str], ...] = ()  # the footer's links: change this, stop
    calendar: CalendarPart | None = None
    headers: dict[str, str] = field(default_factory=dict)
    name: str = ""  # of its Message-ID, when that is not the notice's own


def compose(letter: Letter, to: str, message_id: str) -> EmailMultiAlternatives:
    """The message for one recipient; nobody else's address is in it."""
    context = {"letter": letter}
    message = EmailMultiAlternatives(
        subject=" ".join(letter.subject.split()),
        body=render_to_string("mail/layout.txt", context, using="jinja2"),
        from_email=_from(letter.sender),
        to=[to],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated", **letter.headers},
    )
    message.attach_alternative(
        render_to_string("mail/layout.html", context, using="jinja2"), "text/html"
    )
    if letter.calendar:
        message.attach_alternative(
            letter.calendar.text, f"text/calendar; method={letter.calendar.method}"
        )
    return message


def post(message: EmailMultiAlternatives, connection: BaseEmailBackend | None = None) -> None:
    """Hand the message to the mail server. Raises smtplib.SMTPException or OSError.

    A `connection` is opened by the first message and left open for the next.
    """
    if connection:
        connection.open()
    message.connection = connection
    message.send()


class Busy(OSError):
    """As many letters as this process sends at once are on their way already."""


def post_at_once(message: EmailMultiAlternatives) -> None:
    """Hand over a letter that somebody waits for before a page, within seconds or not at all.

    However long the mail server hangs, a thread of each web process stays free for everybody
    else. Raises what `post` raises, and Busy.
    """
    if not _at_once.acquire(blocking=False):
        raise Busy
    try:
        message.connection = get_connection(timeout=settings.EMAIL_CODE_SECONDS)
        message.send()
    finally:
        _at_once.release()


def message_id(name: str) -> str:
    """A Message-ID that is the same each time for the same `name`, on our own host."""
    return f"<{name}@{host()}>"


def list_headers(name: str, key: str, stop: str, archive: str = "") -> dict[str, str]:
    """What mail programs read from a mail that came by a list: its name (RFC 2919), where to read
    it, and how to stop it with one press (RFC 2369, RFC 8058).

    `key` is a label for a host name (letters, digits, "-"), `stop` and `archive` are addresses.
    The reply goes to the page: until mail is read here, its address says so.
    """
    headers = {
        "List-Id": formataddr((" ".join(name.split()), f"{key}.{host()}")),
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Post": "NO",
        "Reply-To": formataddr((_("Please answer on the page, not by mail"), organiser())),
    }
    return headers | ({"List-Archive": f"<{archive}>"} if archive else {})


def host() -> str:
    """The host of our own address, as used in Message-ID and calendar UIDs."""
    return parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2]


def organiser() -> str:
    """The address that invitations come from."""
    return parseaddr(settings.MAIL_FROM)[1]


def _from(sender: str) -> str:
    name = " ".join(sender.split())  # a name typed over two lines must not end the header
    return formataddr((name if name == "PeerNet" else f"{name} (PeerNet)", organiser()))
