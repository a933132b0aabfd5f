"""The outbox (mechanism 3): write it down, claim it, ask again, send it, keep the outcome."""

import logging
import smtplib
from collections.abc import Collection, Iterable
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from peernet.lib import clock, mail

from .models import Heartbeat, Notice, NoticeState
from .notices import Kind, kinds, may_hear
from .rules import is_quiet, next_waking, retry_after

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
TRIES = 8  # with retry_after: about four hours of a mail server that says "later"

COLUMNS = """kind, about_id, version, "offset", network_id, due_at, channel, address, state,
attempts, doubtful, reason, created_at"""


def tell(
    people: QuerySet,
    kind: str,
    about_id: int,
    *,
    network_id: int | None = None,
    version: int = 0,
    offset: int = 0,
    due: datetime | None = None,
) -> int:
    """Write one notice to each of `people` (a queryset of Person), in one statement.

    Who has the same notice already (same kind, thing, version and offset) gets no second one.
    `due` (aware; now by default) is when it may go. Returns how many were written.
    """
    now = clock.now()
    who, who_params = people.order_by().values("pk").query.sql_with_params()
    row = (kind, about_id, version, offset, network_id, due or now, "mail", "", "pending",
           0, False, "", now)  # fmt: skip
    blanks = ", ".join(["%s"] * len(row))
    sql = f"""INSERT INTO {Notice._meta.db_table} ({COLUMNS}, person_id)
        SELECT {blanks}, recipient FROM ({who}) AS recipients (recipient)
        ON CONFLICT DO NOTHING"""  # noqa: S608 -- names are constants, values are parameters
    with connection.cursor() as cursor:
        cursor.execute(sql, (*row, *who_params))
        return cursor.rowcount


def tell_address(
    address: str, kind: str, about_id: int, *, network_id: int | None = None, version: int = 0
) -> bool:
    """Write one notice to somebody who has no account yet. True when it is new."""
    _, new = Notice.objects.get_or_create(
        kind=kind, about_id=about_id, version=version, network_id=network_id, address=address
    )
    return new


def tell_addresses(
    letters: Iterable[tuple[str, int]],
    kind: str,
    *,
    network_id: int | None = None,
    version: int = 0,
) -> None:
    """As `tell_address`, for many at once: pairs of an address and what it is about."""
    rows = [
        Notice(kind=kind, about_id=pk, version=version, network_id=network_id, address=address)
        for address, pk in letters
    ]
    Notice.objects.bulk_create(rows, batch_size=1_000, ignore_conflicts=True)


def withdraw(
    about: int | Collection[int], *names: str, reason: str, people: QuerySet | None = None
) -> int:
    """Take back what was not yet sent of these kinds about this thing, or these things; returns
    how many."""
    ids = [about] if isinstance(about, int) else about
    rows = Notice.objects.waiting().filter(kind__in=names, about_id__in=ids)
    if people is not None:
        rows = rows.filter(person__in=people)
    return rows.update(state=NoticeState.DROPPED, reason=reason, settled_at=clock.now())


def send_due(limit: int = 500) -> int:
    """Send what is due, one at a time, until nothing is or `limit` is reached; returns how many.

    Any number of workers may do this at once; one that dies loses nothing.
    """
    mailer = get_connection(fail_silently=False)
    done = 0
    try:
        while done < limit and (notice := claim()):
            deliver(notice, mailer)
            done += 1
    finally:
        mailer.close()
    return done


@transaction.atomic
def claim() -> Notice | None:
    """Take the oldest due notice for one minute; None when there is none that is free.

    A notice whose lease ran out may have gone: it is sent once more with the same Message-ID,
    and after that stays as "perhaps sent".
    """
    now = clock.now()
    rows = Notice.objects.due(now).order_by("due_at", "pk")
    notice = rows.select_for_update(skip_locked=True).first()
    if notice is None:
        return None
    if notice.state == NoticeState.LEASED and notice.doubtful:
        _settle(notice, NoticeState.UNCERTAIN, "We did not hear whether the mail server took it.")
        return claim()
    notice.doubtful = notice.state == NoticeState.LEASED
    notice.state, notice.leased_until = NoticeState.LEASED, now + LEASE
    notice.attempts += 1
    notice.save(update_fields=["doubtful", "state", "leased_until", "attempts"])
    return notice


def deliver(notice: Notice, mailer: BaseEmailBackend | None = None) -> None:
    """Ask again whether a claimed notice is still true, then send it; keep what came of it."""
    kind = kinds().get(notice.kind)
    if kind is None:
        return _settle(notice, NoticeState.FAILED, "This kind of message is no longer known.")
    if reason := _why_not(notice, kind):
        return _settle(notice, NoticeState.DROPPED, reason)
    if kind.waits and notice.person.quiet_hours and is_quiet(clock.now(), notice.person.zone):
        return _postpone(notice, next_waking(clock.now(), notice.person.zone))
    try:
        with _as_read_by(notice):
            letter = kind.render(notice)
            message = mail.compose(letter, _address(notice), mail.message_id(notice.message_name))
    except Exception:
        # A fault of ours in one letter must not hold up everybody else's.
        logger.exception("notice %s (%s) could not be written", notice.pk, notice.kind)
        return _settle(notice, NoticeState.FAILED, "We could not write this message.")
    try:
        mail.post(message, mailer)
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
        return _refused(notice, code)
    except smtplib.SMTPResponseException as refused:
        return _refused(notice, refused.smtp_code)
    except (smtplib.SMTPException, OSError) as broken:
        return _try_later(notice, f"The mail server cannot be reached ({type(broken).__name__}).")
    return _settle(notice, NoticeState.SENT, "")


def beat(job: str) -> None:
    """Write down that a job ran to its end."""
    Heartbeat.objects.update_or_create(job=job, defaults={"at": clock.now()})


def _why_not(notice: Notice, kind: Kind) -> str:
    if notice.person and not notice.person.is_active:
        return "The account is closed."
    if notice.person and notice.network_id and not may_hear(notice.person_id, notice.network_id):
        return "No longer in the network."
    return kind.still_true(notice)


@contextmanager
def _as_read_by(notice: Notice):
    """Words in the reader's language, times in the reader's zone."""
    zone = notice.person.zone if notice.person else settings.DEFAULT_ZONE
    language = notice.person.language if notice.person else settings.LANGUAGE_CODE
    with timezone.override(ZoneInfo(zone)), translation.override(language):
        yield


def _address(notice: Notice) -> str:
    return notice.person.email if notice.person else notice.address


def _refused(notice: Notice, code: int) -> None:
    """4xx means later (RFC 5321 4.2.1); 5xx means never."""
    if 400 <= code < 500:
        return _try_later(notice, f"The mail server asked us to try later ({code}).")
    return _settle(notice, NoticeState.FAILED, f"The mail server refused the address ({code}).")


def _try_later(notice: Notice, reason: str) -> None:
    if notice.attempts >= TRIES:
        return _settle(notice, NoticeState.FAILED, reason)
    return _postpone(notice, clock.now() + retry_after(notice.attempts), reason)


def _postpone(notice: Notice, due: datetime, reason: str = "") -> None:
    notice.state, notice.due_at, notice.leased_until = NoticeState.PENDING, due, None
    notice.reason = reason
    _keep(notice, "state", "due_at", "leased_until", "reason")


def _settle(notice: Notice, state: NoticeState, reason: str) -> None:
    notice.state, notice.reason, notice.leased_until = state, reason, None
    notice.settled_at = clock.now()
    _keep(notice, "state", "reason", "leased_until", "settled_at")


def _keep(notice: Notice, *fields: str) -> None:
    """Write these down; nothing when the row went meanwhile with its person's account."""
    values = {field: getattr(notice, field) for field in fields}
    Notice.objects.filter(pk=notice.pk).update(**values)
