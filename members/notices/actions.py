"""The outbox (mechanism 3): write it down, claim it, ask again, send it, keep the outcome."""

import logging
import smtplib
import time
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from traceback import format_tb
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.causes.actions import spread
from members.causes.models import Cause
from peernet.lib import clock, mail
from peernet.lib.errors import Refused
from peernet.lib.smtp import Unanswered

from .models import Heartbeat, Notice, NoticeState
from .notices import as_read_by, heard, kinds, waits_for_a_break, why_not
from .rules import LOOK_AGAIN, PUT_OFF, is_no_address, is_quiet, next_waking, retry_after

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
TRIES = 8  # with retry_after: about two hours of a mail server that says "later"
PASS = 20  # seconds; then the other jobs of the beat have their turn
HANGS_UP = 421
BATCH = 50_000  # notices written in one transaction by tell_each
ON_A_BREAK = "They are taking a break. It goes when they are back."
COLUMNS = """kind, about_id, version, "offset", network_id, due_at, channel, address, state,
attempts, doubtful, reason, created_at"""
FRESH = ("mail", "", "pending", 0, False, "")  # from `channel` to `reason`

# EXCEPT compares whole lists, whatever the planner takes the tables for; NOT EXISTS may look
# through one list for each row of the other. The order is the unique key's, which is then half as
# dear to keep.
EACH = f"""WITH chosen AS (
    SELECT * FROM ({{who}}) AS wanted (person, about, version, network)
    EXCEPT SELECT person_id, about_id, version, network_id FROM {Notice._meta.db_table}
        WHERE kind = %s AND "offset" = %s AND channel = 'mail' AND about_id = ANY(%s)
    ORDER BY network, about, person LIMIT %s
), written AS (
    INSERT INTO {Notice._meta.db_table} (kind, "offset", due_at, channel, address, state,
        attempts, doubtful, reason, created_at, about_id, version, network_id, person_id)
    SELECT {{row}}, about, version, network, person FROM chosen
    ON CONFLICT DO NOTHING RETURNING 1
) SELECT (SELECT count(*) FROM chosen), (SELECT count(*) FROM written)"""  # noqa: S608 -- names are constants, values are parameters


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
    row = (kind, about_id, version, offset, network_id, due or now, *FRESH, now)
    sql = f"""INSERT INTO {Notice._meta.db_table} ({COLUMNS}, person_id)
        SELECT {", ".join(["%s"] * len(row))}, recipient FROM ({who}) AS recipients (recipient)
        ORDER BY recipient ON CONFLICT DO NOTHING"""  # noqa: S608 -- names are constants, values are parameters
    with connection.cursor() as cursor:
        cursor.execute(sql, (*row, *who_params))
        return cursor.rowcount


def tell_of(cause: Cause) -> int:
    """Write the notices of what was announced (members.causes); returns how many."""
    if (hears := kinds()[cause.kind].hears) is None:
        raise LookupError(cause.kind)  # nobody can announce such a thing
    where = {"network_id": cause.network_id, "version": cause.version, "due": cause.due_at}
    return tell(hears(cause), cause.kind, cause.about_id, **where)


def tell_each(
    rows: QuerySet,
    about: Collection[int],
    kind: str,
    *,
    offset: int = 0,
    due: datetime | None = None,
) -> int:
    """As `tell`, about many things at once: `rows` are (person, about_id, version, network_id),
    all of them of the things in `about`. Returns how many were written.

    BATCH by batch, each in a transaction of its own unless the caller is in one. A worker that
    dies in between loses nothing: the next finds who has the notice already, and goes on.
    """
    now = clock.now()
    who, who_params = rows.order_by().query.sql_with_params()
    row = (kind, offset, due or now, *FRESH, now)
    params = (*who_params, kind, offset, list(about), BATCH, *row)
    total, found = 0, BATCH
    with connection.cursor() as cursor:
        while found == BATCH:
            cursor.execute(EACH.format(who=who, row=", ".join(["%s"] * len(row))), params)
            found, written = cursor.fetchone()
            total += written
    return total


def tell_address(
    address: str, kind: str, about_id: int, *, network_id: int | None = None, version: int = 0
) -> bool:
    """Write one notice to somebody who has no account yet. True when it is new."""
    _row, new = Notice.objects.get_or_create(
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


def revive(rows: QuerySet[Notice]) -> int:
    """Let notices that were dropped go after all, now that they are true again; returns how many.

    They keep their Message-ID: none of them has left.
    """
    return rows.filter(state=NoticeState.DROPPED).update(
        state=NoticeState.PENDING, due_at=clock.now(), reason="", attempts=0, settled_at=None
    )


def let_go(person: Any, network_id: int) -> int:
    """What waited for the end of somebody's break may go now, as far as it is still true; returns
    how many."""
    rows = Notice.objects.waiting().filter(person=person, network_id=network_id, reason=ON_A_BREAK)
    return rows.update(due_at=clock.now(), reason="")


def forget(about_id: int, *names: str) -> None:
    """Delete every notice of these kinds about this thing, also those that went: for kinds of
    which nobody is to know later who got them."""
    Notice.objects.filter(kind__in=names, about_id=about_id).delete()


def send_due(limit: int = 500) -> int:
    """Write the notices of what was announced. Then send what is due, one at a time, until nothing
    is, `limit` is reached or PASS is over; returns how many.

    Any number of workers may do this at once; one that dies loses nothing. While the mail server
    is in trouble, each pass asks it once and then leaves it alone.
    """
    spread(tell_of)
    if not settings.MAIL_IS_SET_UP:
        return 0
    mailer = get_connection(fail_silently=False)
    done, over = 0, time.monotonic() + PASS
    try:
        while done < limit and time.monotonic() < over and (notice := claim()):
            done += 1
            if not deliver(notice, mailer):
                break
    finally:
        mailer.close()
    return done


@transaction.atomic
def claim() -> Notice | None:
    """Take the oldest due notice for one minute; None when there is none that is free.

    A notice whose lease ran out may have gone, or not: it is sent again with the same Message-ID.
    One at which TRIES workers died stays as "perhaps sent": it may be what kills them.
    """
    now = clock.now()
    rows = Notice.objects.due(now).order_by("due_at", "pk")
    notice = rows.select_for_update(skip_locked=True).first()
    if notice is None:
        return None
    died = notice.state == NoticeState.LEASED
    if died and notice.attempts >= TRIES:
        _settle(notice, NoticeState.UNCERTAIN, "We did not hear whether the mail server took it.")
        return claim()
    notice.doubtful = notice.doubtful or died
    notice.state, notice.leased_until = NoticeState.LEASED, now + LEASE
    notice.attempts += 1
    notice.save(update_fields=["doubtful", "state", "leased_until", "attempts"])
    return notice


def deliver(notice: Notice, mailer: BaseEmailBackend | None = None) -> bool:
    """Ask again whether a claimed notice is still true, then send it; keep what came of it.

    False when the mail server itself is in trouble, so that nothing else can go now either.
    """
    try:
        message = _message(notice)
        if message is not None:
            mail.post(message, mailer)
            _settle(notice, NoticeState.SENT, "")
            Notice.objects.refused_to(notice.person_id, notice.address).update(refused=False)
    except Unanswered:
        if mailer:
            mailer.close()  # of no more use; the next letter opens another
        return _unanswered(notice)
    except smtplib.SMTPRecipientsRefused as refused:
        return _refused(notice, *next(iter(refused.recipients.values())))
    except smtplib.SMTPDataError as refused:
        return _refused(notice, refused.smtp_code, refused.smtp_error)
    except (smtplib.SMTPException, OSError) as broken:
        return _server_in_trouble(notice, broken)
    except DatabaseError:
        raise
    except Exception as fault:
        # A fault of ours in one letter must not hold up everybody else's. What it says may name
        # somebody, so that only where it happened is logged.
        where = "".join(format_tb(fault.__traceback__))
        what = (notice.pk, notice.kind, type(fault).__name__, where)
        logger.error("notice %s (%s) could not be written: %s\n%s", *what)
        _settle(notice, NoticeState.FAILED, "We could not write this message.")
    return True


@transaction.atomic
def retry(notice: Notice, *, by: Any) -> None:
    """Let a message that failed, or may not have gone, try again from the start.

    It keeps its Message-ID, so a mail program folds it if the first one arrived after all.
    Raises Refused when it is in any other state, or when `by` does not run the platform.
    """
    row = Notice.objects.select_for_update().get(pk=notice.pk)
    if not by.is_operator:
        raise Refused(_("Only an operator can do this."))
    if row.state not in (NoticeState.FAILED, NoticeState.UNCERTAIN):
        raise Refused(_("Only a message that failed can be sent again."))
    row.state, row.due_at, row.reason = NoticeState.PENDING, clock.now(), ""
    row.attempts, row.doubtful, row.refused, row.settled_at = 0, False, False, None
    row.save(
        update_fields=["state", "due_at", "reason", "attempts", "doubtful", "refused", "settled_at"]
    )
    note("notice.retried", by=by, network_id=row.network_id, about_id=row.pk, kind=row.kind)


def write_again(person: Any) -> None:
    """Whatever the mail server refused: the person reads mail at the address they have now."""
    Notice.objects.refused_to(person.pk).update(refused=False)


def beat(job: str) -> None:
    """Write down that a job ran to its end."""
    Heartbeat.objects.update_or_create(job=job, defaults={"at": clock.now()})


def _message(notice: Notice) -> EmailMultiAlternatives | None:
    """The mail as it is true now; None when it is not to go, or not yet, which is then kept."""
    kind = kinds().get(notice.kind)
    if kind is None:
        _settle(notice, NoticeState.FAILED, "This kind of message is no longer known.")
    elif waits_for_a_break(notice, kind, hears := heard(notice)):
        _hold_back(notice)
    elif reason := why_not(notice, kind, hears):
        _settle(notice, NoticeState.DROPPED, reason)
    elif kind.waits and notice.person.quiet_hours and is_quiet(clock.now(), notice.person.zone):
        _postpone(notice, next_waking(clock.now(), notice.person.zone))
    else:
        with as_read_by(notice):
            letter = kind.render(notice)
            return mail.compose(
                letter, _address(notice), mail.message_id(letter.name or notice.message_name)
            )
    return None


def doubt_all_due(reason: str) -> int:
    """Keep as "perhaps sent" what is due or on its way; an operator may have it sent again.

    Returns how many messages that was.
    """
    now = clock.now()
    moving = Q(state=NoticeState.PENDING, due_at__lte=now) | Q(state=NoticeState.LEASED)
    return Notice.objects.filter(moving).update(
        state=NoticeState.UNCERTAIN, reason=reason, leased_until=None, settled_at=now
    )


@transaction.atomic
def first_in(span: timedelta, name: str) -> bool:
    """True for one caller in each `span`, whoever and however many ask; kept like a beat."""
    now = clock.now()
    row, new = Heartbeat.objects.select_for_update().get_or_create(job=name, defaults={"at": now})
    if not new and now - row.at < span:
        return False
    Heartbeat.objects.filter(pk=row.pk).update(at=now)
    return True


def forget_beats(names: Iterable[str]) -> None:
    """As if these had never been written down."""
    Heartbeat.objects.filter(job__in=list(names)).delete()


def _address(notice: Notice) -> str:
    return notice.person.email if notice.person else notice.address


def _refused(notice: Notice, code: int, said: bytes | str) -> bool:
    """4xx means later (RFC 5321 4.2.1), 5xx means never; after 421 the server hangs up."""
    said = said.decode(errors="replace") if isinstance(said, bytes) else said
    if not 400 <= code < 500:
        why = f"The mail server refused the address ({code})."
        _settle(notice, NoticeState.FAILED, why, refused=is_no_address(code, said))
    elif notice.attempts >= TRIES:
        _settle(notice, NoticeState.FAILED, f"The mail server asked us to try later ({code}).")
    else:
        later = clock.now() + retry_after(notice.attempts)
        _postpone(notice, later, f"The mail server asked us to try later ({code}).")
    return code != HANGS_UP


def _unanswered(notice: Notice) -> bool:
    """The server has the letter and may deliver it. It gets it again, as the same Message-ID, but
    not for ever: one that always answers too late would deliver each of them."""
    why = "We did not hear whether the mail server took it."
    if notice.attempts >= TRIES:
        _settle(notice, NoticeState.UNCERTAIN, why)
    else:
        _postpone(notice, clock.now() + retry_after(notice.attempts), why)
    return True


def _server_in_trouble(notice: Notice, broken: Exception) -> bool:
    """No fault of this letter, so it is none of its tries, and stays due: /healthz sees it wait.

    However long the trouble lasts (away, a password that expired, our own address refused), it
    goes when that is over, if it is still true.
    """
    code = getattr(broken, "smtp_code", type(broken).__name__)
    logger.warning("the mail server is in trouble: %s", code)
    _record(
        notice, state=NoticeState.PENDING, attempts=notice.attempts - 1,
        leased_until=clock.now() + PUT_OFF,
        reason=f"The mail server cannot be used at the moment ({code}).",
    )  # fmt: skip
    return False


def _postpone(notice: Notice, due: datetime, reason: str = "") -> None:
    _record(notice, state=NoticeState.PENDING, due_at=due, reason=reason)


def _hold_back(notice: Notice) -> None:
    """Until they are back (let_go); looking is none of the letter's tries."""
    _record(
        notice, state=NoticeState.PENDING, attempts=notice.attempts - 1,
        due_at=clock.now() + LOOK_AGAIN, reason=ON_A_BREAK,
    )  # fmt: skip


def _settle(notice: Notice, state: NoticeState, reason: str, **more: Any) -> None:
    _record(notice, state=state, reason=reason, settled_at=clock.now(), **more)


def _record(notice: Notice, state: NoticeState, **changes: Any) -> None:
    """Keep what came of a claimed notice. Where its lease ran out and another worker took it,
    that one's word counts; but what was sent, was sent."""
    rows = Notice.objects.filter(pk=notice.pk)
    if state != NoticeState.SENT:
        rows = rows.filter(state=NoticeState.LEASED, attempts=notice.attempts)
    rows.update(**{"state": state, "leased_until": None} | changes)
