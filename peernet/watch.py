"""The watch beside the beat: it notices that the beat or the worker has stopped, tells those who
run the platform, and does the work meanwhile. It needs neither broker nor worker itself."""

import logging
import smtplib
import threading
import uuid
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, close_old_connections
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices import actions
from members.people.queries import operators
from peernet.lib import clock, mail, pages, words
from peernet.pages import health

logger = logging.getLogger(__name__)
EVERY = 60  # seconds
AGAIN = timedelta(hours=1)  # at most this often about the same job
OWN_PROOF = "heartbeat"  # of the beat: if we rang it ourselves, nobody would see that it is dead


class Watch:
    """Looks once a minute. `since`: when it began; what is older than that is not held against a
    job, for the whole server may have been off."""

    def __init__(self, since: datetime | None = None) -> None:
        self.since = since
        self.known: list[tuple[str, str]] = []  # address, language: for when there is no database
        self.told_at: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` is set. Nothing ends it: it is the last one awake."""
        while not stop.is_set():
            close_old_connections()
            try:
                self.look()
            except Exception as fault:
                logger.error("the watch could not look: %s", type(fault).__name__)
            stop.wait(EVERY)

    def look(self) -> None:
        """One look: tell of jobs that are late, and do all jobs while any is."""
        if self.since:
            self.since = min(self.since, clock.now())  # the clock may have been put back
        try:
            late = [job.name for job in health.jobs(self.since) if job.late]
            self.known = list(operators().values_list("email", "language"))
        except Error as broken:
            logger.error("the watch cannot read the database: %s", type(broken).__name__)
            self._tell_of_database()
            return
        actions.beat("watch")
        self._tell_of(late)
        if late:
            sweep(but=(OWN_PROOF,))

    def _tell_of(self, late: list[str]) -> None:
        new = [job for job in late if actions.first_in(AGAIN, _told(job))]
        if not new:
            return
        logger.error("late by five periods: %s", ", ".join(new))
        if self._send(lambda: _late(new)):
            note("watch.told", by=None, jobs=" ".join(new))
        else:
            actions.forget_beats(_told(job) for job in new)  # so that the next look tries again

    def _tell_of_database(self) -> None:
        now = clock.now()
        if self.told_at and now - self.told_at < AGAIN:
            return
        if self._send(_no_database):
            self.told_at = now

    def _send(self, write: Callable[[], tuple[str, str]]) -> bool:
        """Write to every operator directly, past the outbox; whether one mail went."""
        if not settings.MAIL_IS_SET_UP:
            return True  # the log has said it, and nothing else can
        went = [_post(email, language, write) for email, language in self.known]
        return any(went)


def jobs() -> Iterator[tuple[str, Callable[[], None]]]:
    """Every job of the beat. The outbox last: it then sends what the others have written."""
    rung = settings.CELERY_BEAT_SCHEDULE.items()
    for name, job in sorted(rung, key=lambda one: one[0] == "outbox"):
        yield name, import_string(job["task"])


def sweep(but: Collection[str] = ()) -> None:
    """Do every job of the beat once, here. One that fails does not hold up the others."""
    for name, job in jobs():
        if name in but:
            continue
        try:
            job()
        except Exception as fault:
            logger.error("job %s failed: %s", name, type(fault).__name__)


def _told(job: str) -> str:
    return f"told:{job}"


def _late(late: list[str]) -> tuple[str, str]:
    text = _(
        "These jobs are five periods late: %(jobs)s. The beat or the worker has probably stopped: "
        "look at their logs and start them again. Until then the watch does their work once a "
        "minute, so no message is lost."
    )
    return _("PeerNet: a job is late"), text % {"jobs": words.listed(late)}


def _no_database() -> tuple[str, str]:
    return _("PeerNet: the database does not answer"), _(
        "The watch cannot read the database, so nobody can use PeerNet and no mail goes out. "
        "See that PostgreSQL runs, that its disk is not full, and that DATABASE_URL is right."
    )


def _post(email: str, language: str, write: Callable[[], tuple[str, str]]) -> bool:
    with translation.override(language):
        subject, text = write()
        look = mail.links((_("Look at the server's health"), pages.address("operate")))
        why = _("You get this because you run this platform.")
        letter = mail.Letter(subject=subject, blocks=(mail.para(text), look), why=why)
        name = f"watch-{uuid.uuid4().hex}"
        try:
            mail.post(mail.compose(letter, email, mail.message_id(name)))
        except (smtplib.SMTPException, OSError) as broken:
            logger.error("the watch could not write to an operator: %s", type(broken).__name__)
            return False
    return True
