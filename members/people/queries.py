"""What everybody is told about the server itself."""

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from .models import Person


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
