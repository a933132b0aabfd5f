"""What people tell about themselves, and to whom. Pure.

Who may see something is one of five levels, each wider than the one before; how near a reader
stands to somebody is a number on the same scale. One is seen where the level reaches the reader.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peernet.lib import places
from peernet.lib.errors import Refused

ME, COORDINATORS, NETWORK, LINKED, EVERYBODY = range(5)
LEVELS: list[tuple[int, Any]] = [
    (ME, _("Only me")),
    (COORDINATORS, _("Coordinators of my networks")),
    (NETWORK, _("People in my networks")),
    (LINKED, _("Linked networks too")),
    (EVERYBODY, _("Everybody, without signing in")),
]
# As whom somebody can look at their own page: its word in the address, and the words of its tab.
VIEWS: dict[str, tuple[int, Any]] = {
    "member": (NETWORK, _("A member")),
    "coordinator": (COORDINATORS, _("A coordinator")),
    "linked": (LINKED, _("A linked network")),
    "everybody": (EVERYBODY, _("Everybody")),
}


@dataclass(frozen=True)
class Field:
    """One thing to tell. `first`: who sees it unless they choose; `least`: the narrowest choice."""

    code: str
    label: Any
    hint: Any = ""
    first: int = NETWORK
    least: int = ME
    longest: int = 120


EMAIL, PHONE, PLACE, ABOUT = "email", "phone", "place", "about"
PRONOUNS, LANGUAGES, LINK = "pronouns", "languages", "link"
FIELDS = (
    Field(PLACE, _("Place"), _("The nearest town or borough. Nothing finer is ever kept."),
          longest=60),
    Field(ABOUT, _("About you"), _("A line or two: what you do, and what you are working on."),
          longest=400),
    Field(PRONOUNS, _("Pronouns"), _("For example: she/her, they/them."), longest=40),
    Field(LANGUAGES, _("Languages"), _("For example: English, Welsh, British Sign Language."),
          longest=160),
    Field(LINK, _("A page about you"), _("A whole web address, like https://example.org."),
          longest=200),
    Field(PHONE, _("Phone number"), _("Shown as it stands. To be rung only after you agreed, use "
          "“Somebody to ring” instead."), first=COORDINATORS, longest=30),
    Field(EMAIL, _("Email address"), _("The one we write to. Coordinators see it: they need it to "
          "run sessions."), first=COORDINATORS, least=COORDINATORS, longest=0),
)  # fmt: skip
BY_CODE = {field.code: field for field in FIELDS}
PEOPLE_A_PAGE = 50


def shows(level: int, view: int) -> bool:
    """Whether what has this level is seen by somebody who stands this near (ME is nearest)."""
    return view <= level


def choices(field: Field) -> list[tuple[int, Any]]:
    """The levels that one may choose for it."""
    return [(level, words) for level, words in LEVELS if level >= field.least]


def known_place(typed: str) -> str:
    """The name of the place that was typed, as the list writes it; "" for nothing typed. Raises
    Refused, with the nearest names, for one that is not on it."""
    found = places.find(typed)
    if typed and found is None:
        said = {"typed": typed, "alike": ", ".join(places.alike(typed))}
        if not said["alike"]:
            raise Refused(
                gettext("We do not know “%(typed)s”. Name the nearest bigger town.") % said
            )
        raise Refused(
            gettext("We do not know “%(typed)s”. Do you mean %(alike)s? Else name the nearest "
                    "bigger town.") % said
        )  # fmt: skip
    return found.name if found else ""
