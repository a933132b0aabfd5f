"""What every page shows around its own content. No view passes these names: in Django's Jinja2
backend a context processor would overwrite the view's (jinja2.md, trap 2)."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from members.people.queries import banner
from networks.membership.door import rights
from networks.network.models import Network
from peernet.lib.pages import undo_offered

from .about import foot


def shell(request: HttpRequest) -> dict[str, Any]:
    """The names that base.html uses. Read only when a page prints them, so that a fragment
    pays for none of it."""
    frame = SimpleLazyObject(lambda: Frame(request))
    return {
        "me": getattr(request, "user", None),
        "notices": get_messages(request),
        # Django's own is masked anew wherever it is printed: a list has it in each of its rows.
        "csrf_input": _later(lambda: csrf_input(request)),
        "undoable": _later(lambda: undo_offered(request)),
        "here": _later(lambda: frame.here),
        "nav": _later(lambda: frame.nav),
        "switch": _later(lambda: frame.switch),
        "banner": _later(banner),
        "foot": _later(foot),
        "source_url": settings.SOURCE_URL,
    }


def _later(make: Callable[[], Any]) -> Any:
    return SimpleLazyObject(make)


class Frame:
    """Where the reader is, and where they can go from here."""

    def __init__(self, request: HttpRequest) -> None:
        self.path = request.path
        self.person = request.user if request.user.is_authenticated else None
        mine = rights(self.person).networks if self.person else ()
        self.networks = [place for place in mine if not place.closed_at]
        self.here = self._here(getattr(request, "network", None), request.session.get("here"))

    def _here(self, visited: Network | None, last: int | None) -> dict[str, Any] | None:
        """The network being visited, or on a page outside networks the one visited last."""
        places = {place.pk: place for place in self.networks}
        place = visited or places.get(last) or next(iter(places.values()), None)
        return place and {
            "pk": place.pk,
            "name": place.name,
            "slug": place.slug,
            "accent": place.accent,
            "url": place.get_absolute_url(),
            "closed_at": place.closed_at,
        }

    @property
    def switch(self) -> list[dict[str, Any]]:
        """The way between networks, for those in two or more."""
        if len(self.networks) < 2:
            return []
        return [
            {
                "label": place.name,
                "url": place.get_absolute_url(),
                "accent": place.accent,
                "current": bool(self.here and place.pk == self.here["pk"]),
            }
            for place in self.networks
        ]

    @property
    def nav(self) -> list[dict[str, Any]]:
        """The same few places on every page; Run for who looks after the network (ux.md 3)."""
        if not self.person:
            return []
        places = [self._place("home", _("Home"), "house", "h")]
        if self.here:
            slug = self.here["slug"]
            places += [
                self._place("talk", _("Talk"), "messages-square", "t", slug),
                self._place("sessions", _("Sessions"), "calendar-days", "s", slug),
                self._place("people", _("People"), "users-round", "p", slug)
                | ({"current": True} if self._among_organisations(slug) else {}),
            ]
            if rights(self.person).roles.get(self.here["pk"]) == "coordinator":
                places.append(self._place("run", _("Run"), "list-checks", "r", slug))
        if self.person.is_operator:
            places.append(self._place("operate", _("Operate"), "activity", "o"))
        places.append(self._place("you", _("You"), "circle-user-round", "y"))
        return places

    def _among_organisations(self, slug: str) -> bool:
        return self.path.startswith(reverse("organisations", args=[slug]))

    def _place(self, name: str, label: str, icon: str, key: str, *args: str) -> dict[str, Any]:
        url = reverse(name, args=args)
        inside = self.path == url if url == "/" else self.path.startswith(url)
        return {"url": url, "label": label, "icon": icon, "key": key, "current": inside}
