"""Accounts: made once per address, and changed by the person they belong to."""

import logging
import smtplib
import uuid

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError, RestrictedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.audit.actions import note
from members.notices.actions import tell, tell_address, write_again
from peernet.lib import mail
from peernet.lib.errors import Refused
from peernet.lib.smtp import Unanswered

from . import queries
from .models import Person

logger = logging.getLogger(__name__)
TAKEN = gettext_lazy(
    "This address has an account of its own. If that is yours, too, you can bring the two accounts "
    "together: the way is below."
)


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
    by: Person,
) -> None:
    """Change what somebody is called, and how they read words and times; None changes nothing.

    Raises Refused when it is not their own doing.
    """
    _own(person, by)
    said = {"name": name, "zone": zone, "language": language}
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
    _own(person, by)
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

    Raises Refused when the mail server does not take it within seconds. Without mail, a code for
    an operator is printed on the console, and nobody else gets one.
    """
    person = queries.whose(email)
    about = person.pk if person else None
    if not settings.MAIL_IS_SET_UP:
        if person and person.is_operator:
            logger.warning("Mail is not set up. The operator's code is: %s", code)
        return
    message = mail.compose(letter, email, mail.message_id(f"code-{uuid.uuid4().hex}"))
    try:
        mail.post_at_once(message)
    except Unanswered:
        logger.warning("the mail server did not say whether it took a code")  # it may well come
    except mail.Busy as busy:
        note("code.not_sent", by=None, about_id=about, fault="Busy")
        raise Refused(
            _("Many codes are on their way just now. Wait a minute, then try again.")
        ) from busy
    except (smtplib.SMTPException, OSError) as broken:
        note("code.not_sent", by=None, about_id=about, fault=type(broken).__name__)
        raise Refused(
            _("We could not send the code. Check the address, wait a minute, then try again.")
        ) from broken
    note("code.sent", by=None, about_id=about)


# --- Addresses -----------------------------------------------------------------------------------


@transaction.atomic
def give_way(email: str, *, by: Person) -> None:
    """Remove the account that began when somebody typed this address and never its code: `by`
    has shown by now that the address is theirs.

    An account that anything else holds on to stays, and so the address stays with it.
    """
    unused = Person.objects.filter(email=email.lower(), last_login=None, is_operator=False)
    unused = unused.exclude(pk=by.pk).exclude(emailaddress__verified=True)
    for person in unused.select_for_update(no_key=True):
        try:
            with transaction.atomic():
                person.delete()
        except (ProtectedError, RestrictedError):
            continue
        note("person.merged", by=by, about_id=by.pk)


@transaction.atomic
def address_added(*, by: Person) -> None:
    """Record that a further address was shown to be theirs, and tell them."""
    tell_of_change("address.added", by=by)


@transaction.atomic
def write_to(address: EmailAddress, *, by: Person) -> None:
    """Make one of somebody's addresses the one that we write to; the one before is told.

    Raises Refused when it is not theirs, not confirmed, or the main address of another account.
    """
    person = _locked(address, by)
    before = person.email
    if address.email == before:
        return
    if not address.verified:
        raise Refused(_("Confirm this address first, with the code we send to it."))
    try:
        with transaction.atomic():
            EmailAddress.objects.filter(user=person).update(primary=False)
            EmailAddress.objects.filter(pk=address.pk).update(primary=True)
            Person.objects.filter(pk=person.pk).update(email=address.email.lower())
    except IntegrityError as taken:
        raise Refused(TAKEN) from taken
    by.email = address.email.lower()
    write_again(person)
    tell_of_change("address.main", by=by, also=before)


@transaction.atomic
def remove_address(address: EmailAddress, *, by: Person) -> None:
    """Take one of somebody's addresses away; it is told once, and then never written to.

    Raises Refused when it is not theirs, or is the one that we write to.
    """
    person = _locked(address, by)
    if address.email.lower() == person.email.lower():
        raise Refused(_("We write to this address. Choose another one for that first."))
    address.delete()
    tell_of_change("address.removed", by=by, also=address.email)


def tell_of_change(deed: str, *, by: Person, also: str = "") -> None:
    """Record a change in how somebody signs in, and write to them that it was made: whoever gets
    into an account cannot do so quietly. `also`: an address they no longer read mail at, perhaps.
    """
    entry = note(deed, by=by, about_id=by.pk)
    tell(Person.objects.filter(pk=by.pk), "account_changed", entry.pk)
    if also:
        tell_address(also, "account_changed", entry.pk)


def _locked(address: EmailAddress, by: Person) -> Person:
    person = Person.objects.select_for_update(no_key=True).get(pk=address.user_id)
    _own(person, by)
    return person


def _own(person: Person, by: Person) -> None:
    if person != by:
        raise Refused(_("Only they can change this."))


def _account(email: str, name: str) -> Person:
    if person := queries.whose(email):
        return person
    try:
        with transaction.atomic():
            person = Person.objects.create_user(email, name)
            # allauth sends codes to addresses that it knows.
            EmailAddress.objects.create(user=person, email=email, primary=True)
    except IntegrityError:
        # The other request has committed by now: the unique index made us wait for it.
        return Person.objects.get(email=email)
    note("person.welcomed", by=None, about_id=person.pk)
    return person
