"""Accounts: made once per address, and changed by the person they belong to."""

import logging
import smtplib
import uuid

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from members.audit.actions import note
from peernet.lib import mail
from peernet.lib.errors import Refused

from .models import Person

logger = logging.getLogger(__name__)


@transaction.atomic
def welcome(email: str, name: str = "") -> Person:
    """The account of this address; made when there is none, however many ask at once.

    The address counts as theirs only once they typed a code that was sent to it. `name` fills
    in a missing name, and changes none.
    """
    person = _account(email.strip().lower(), name.strip())
    if name.strip() and not person.name:
        person.name = name.strip()
        person.save(update_fields=["name"])
    return person


@transaction.atomic
def save_profile(
    person: Person,
    *,
    name: str,
    zone: str | None = None,
    language: str | None = None,
    quiet_hours: bool | None = None,
    by: Person,
) -> None:
    """Change what somebody is called, and when and how they are written to; None changes nothing.

    Raises Refused when it is not their own doing.
    """
    if person != by:
        raise Refused(_("Only they can change this."))
    said = {"name": name, "zone": zone, "language": language, "quiet_hours": quiet_hours}
    changes = {field: value for field, value in said.items() if value is not None}
    for field, value in changes.items():
        setattr(person, field, value)
    person.save(update_fields=list(changes))


@transaction.atomic
def choose_times(
    person: Person,
    *,
    weekly: bool,
    weekly_day: int | None = None,
    weekly_hour: int | None = None,
    quiet_hours: bool | None = None,
    by: Person,
) -> None:
    """Choose whether and when the weekly mail comes (0 is Monday; hours of the person's own
    clock), and whether there are quiet hours; None changes nothing.

    Raises Refused when it is not their own doing.
    """
    if person != by:
        raise Refused(_("Only they can change this."))
    said = {"weekly": weekly, "weekly_day": weekly_day, "weekly_hour": weekly_hour}
    said |= {"quiet_hours": quiet_hours}
    changes = {field: value for field, value in said.items() if value is not None}
    Person.objects.filter(pk=person.pk).update(**changes)
    person.refresh_from_db(fields=list(changes))
    note("mail.chosen", by=by, about_id=person.pk)


@transaction.atomic
def sign_out_everywhere(person: Person, *, by: Person) -> None:
    """End every session of the person's, on whatever device, and all links in mails they have.

    Raises Refused when it is not their own doing.
    """
    if person != by:
        raise Refused(_("Only they can change this."))
    Person.objects.filter(pk=person.pk).update(token_version=F("token_version") + 1)
    person.refresh_from_db(fields=["token_version"])
    note("person.signed_out", by=by, about_id=person.pk)


@transaction.atomic
def make_operator(email: str, *, by: Person | None) -> Person:
    """Let the person of this address run the platform; their account is made when new.

    `by` is None when it is done on the server itself.
    """
    person = welcome(email)
    if not person.is_operator:
        person.is_operator = True
        person.save(update_fields=["is_operator"])
        note("operator.made", by=by, about_id=person.pk)
    return person


def send_code(letter: mail.Letter, email: str, code: str) -> None:
    """Send a letter with a code at once, and record that it went, without its text.

    Raises Refused when the mail server does not take it. On a server without mail, a code for
    an operator is printed on the console, and nobody else gets one.
    """
    person = Person.objects.filter(email=email.lower()).first()
    about = person.pk if person else None
    if not settings.MAIL_IS_SET_UP:
        if person and person.is_operator:
            logger.warning("Mail is not set up. The operator's code is: %s", code)
        return
    message = mail.compose(letter, email, mail.message_id(f"code-{uuid.uuid4().hex}"))
    try:
        mail.post(message)
    except (smtplib.SMTPException, OSError) as broken:
        note("code.not_sent", by=None, about_id=about, fault=type(broken).__name__)
        raise Refused(
            _("We could not send the code. Check the address, wait a minute, then try again.")
        ) from broken
    note("code.sent", by=None, about_id=about)


def _account(email: str, name: str) -> Person:
    known = Person.objects.filter(email=email)
    if person := known.first():
        return person
    try:
        with transaction.atomic():
            person = Person.objects.create_user(email, name)
            # allauth sends codes to addresses that it knows.
            EmailAddress.objects.create(user=person, email=email, primary=True)
    except IntegrityError:
        # The other request has committed by now: the unique index made us wait for it.
        return known.get()
    note("person.welcomed", by=None, about_id=person.pk)
    return person
