"""Ways in for the people of the bench: made anew for each run, as only their digests are stored."""

from django.test import Client
from django.urls import NoReverseMatch, reverse

from members.people.models import Person
from networks.network.models import Network
from sessions.calendar.actions import make_address

from .size import COORDINATOR, READER, Size

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def made(size: Size) -> dict[str, str]:
    """Cookies of the reader, a coordinator and a funder; the address of a feed of 200 sessions."""
    reader = Person.objects.get(pk=READER)
    people = {"reader": reader.pk, "coordinator": COORDINATOR, "funder": size.funder}
    feed = make_address(reader, Network.objects.get(pk=1), by=reader)
    return {
        **{name: _cookie(Person.objects.get(pk=pk)) for name, pk in people.items()},
        "feed": reverse("calendar_feed", args=[feed]),
        "search": _search(),
    }


def _cookie(person: Person) -> str:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client.cookies["sessionid"].value


def _search() -> str:
    """The address of the search; empty as long as there is none."""
    try:
        return reverse("search")
    except NoReverseMatch:
        return ""
