"""What everybody is told about the server itself."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.audit.models import AuditEntry
from members.notices.models import Notice

from .models import Alias, Person


def operators() -> QuerySet[Person]:
    """Those who run the platform."""
    return Person.objects.filter(is_operator=True, is_active=True).order_by("pk")


def banner() -> str:
    """A sentence for the top of every page while the server cannot do its work; else ""."""
    if settings.MAIL_IS_SET_UP:
        return ""
    return _(
        "Mail is not set up on this server, so no code and no invitation can be sent. "
        "An operator's sign-in code is shown on the server's console."
    )


def whose(email: str) -> Person | None:
    """The person of this address: whoever has shown that they read mail there, whether or not it
    is the one we write to; else whose account began with it."""
    shown = EmailAddress.objects.filter(email=email.lower(), verified=True)
    if address := shown.select_related("user").first():
        return address.user
    return Person.objects.filter(email=email.lower()).first()


def addresses_of(person: Person) -> QuerySet[EmailAddress]:
    """The addresses that the person has confirmed: the one we write to first."""
    return EmailAddress.objects.filter(user=person, verified=True).order_by("-primary", "email")


def letters_about_changes(person: Person) -> QuerySet[Notice]:
    """What we wrote about changes to the person's account, also to addresses since removed."""
    changes = AuditEntry.objects.filter(about_id=person.pk).values("pk")
    return Notice.objects.filter(kind="account_changed", about_id__in=changes)


def numbers_of(person: Person) -> list[int]:
    """The number of the person's account, and those of accounts that were merged into it."""
    return [person.pk, *person.aliases.order_by("pk").values_list("pk", flat=True)]


def aliases(numbers: Iterable[int | None]) -> dict[int, int]:
    """From numbers of merged accounts, among these, to those of the accounts they are now."""
    return dict(Alias.objects.filter(pk__in=[n for n in numbers if n]).values_list("pk", "into"))
