"""What every page shows around its own content. No view passes these names: in Django's Jinja2
backend a context processor would overwrite the view's (jinja2.md, trap 2)."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from members.people.queries import banner
from networks.membership.door import rights
from networks.network.models import Network
from peernet.lib.pages import undo_offered
from peernet.lib.rendered import Rendering

from .about import foot

SCRIPTS, NAV, FOOT = (Rendering("_shell.html", name) for name in ("scripts", "nav", "foot"))


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
        "foot": _later(lambda: FOOT.once(foot(), settings.SOURCE_URL)),
        "scripts": _later(SCRIPTS.once),
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
    def nav(self) -> Markup:
        """The same few places on every page; Run for who looks after the network (ux.md 3)."""
        if not self.person:
            return Markup()
        slug = self.here["slug"] if self.here else ""
        runs = bool(self.here) and rights(self.person).roles.get(self.here["pk"]) == "coordinator"
        places = _places(get_language(), slug, runs, self.person.is_operator)
        inside = (number for number, place in enumerate(places) if place.holds(self.path))
        return NAV.once(places, tuple(inside))


class Place(NamedTuple):
    """A place in the menu; `key`: what leads there on a keyboard."""

    url: str
    label: str
    icon: str
    key: str
    also: str = ""  # an address that lies in it too

    def holds(self, path: str) -> bool:
        if self.url == "/":
            return path == self.url
        return path.startswith((self.url, self.also) if self.also else self.url)


@lru_cache(5_000)
def _places(language: str, slug: str, runs: bool, operates: bool) -> tuple[Place, ...]:
    """`slug`: of the network one is in, "" for none. The words are in the language."""
    wanted = [("home", _("Home"), "house", "h")]
    if slug:
        wanted += [
            ("talk", _("Talk"), "messages-square", "t"),
            ("sessions", _("Sessions"), "calendar-days", "s"),
            ("people", _("People"), "users-round", "p"),
        ]
        if runs:
            wanted.append(("run", _("Run"), "list-checks", "r"))
    if operates:
        wanted.append(("operate", _("Operate"), "activity", "o"))
    wanted.append(("you", _("You"), "circle-user-round", "y"))
    inside = {"talk", "sessions", "people", "run"}
    also = {"people": "organisations"}
    return tuple(
        Place(
            reverse(name, args=[slug] if name in inside else []), *rest,
            reverse(also[name], args=[slug]) if name in also else "",
        )
        for name, *rest in wanted
    )  # fmt: skip
