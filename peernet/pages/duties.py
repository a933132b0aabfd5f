"""What each role may do, in words: made from the door's own tables and from the abilities that the
views themselves ask for. The help page shows it, and docs/guides/roles.md is written from it
(`manage.py roles`); tests/peernet/pages/test_roles.py holds both against the door.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, get_resolver
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from networks.membership.door import ABILITIES, CLOSED_ABILITIES, FUNDER_ABILITIES
from networks.membership.models import Role

# Each ability of the door, as a person would say it.
WORDS: dict[str, str | Promise] = {
    "view": lazy("See the network: who is in it, its sessions, asks and talk"),
    "take_part": lazy("Take part: write, answer, come to sessions, ask and offer"),
    "facilitate": lazy("Lead: attendance, notes, writing to those who come, tidying threads"),
    "coordinate": lazy("Look after it: people, roles, rooms, sessions, grants, surveys"),
    "see_figures": lazy("See the figures"),
    "reopen": lazy("Open the network again"),
    "view_programme": lazy("See the programme’s page"),
    "fund": lazy("Agree, for the funder, to show a network’s figures"),
    "operate": lazy("See that mail and jobs run, and open a closed network"),
    "open_network": lazy("Open a new network"),
}


@dataclass(frozen=True)
class Row:
    """An ability, and which of the part's roles have it."""

    ability: str
    says: str
    may: tuple[bool, ...]


@dataclass(frozen=True)
class Part:
    """One of the door's tables: its roles as columns, its abilities as rows."""

    title: str
    roles: tuple[str, ...]
    rows: tuple[Row, ...]


def table() -> list[Part]:
    """The door's tables, in words."""
    return [
        _part(_("In a network"), ABILITIES),
        _part(_("In a network that was closed"), CLOSED_ABILITIES),
        _named(_("For a funder"), _("Sits for the funder"), FUNDER_ABILITIES),
        _named(_("For this server"), _("Operator"), {"operate"}),
    ]


def _part(title: str, abilities: Mapping[str, Collection[str]]) -> Part:
    asked = [one for one in WORDS if any(one in may for may in abilities.values())]
    rows = tuple(
        Row(one, str(WORDS[one]), tuple(one in may for may in abilities.values())) for one in asked
    )
    return Part(title, tuple(str(Role(role).label) for role in abilities), rows)


def _named(title: str, who: str, abilities: Collection[str]) -> Part:
    rows = [Row(one, str(WORDS[one]), (True,)) for one in WORDS if one in abilities]
    return Part(title, (who,), tuple(rows))


def guarded() -> dict[str, list[str]]:
    """The addresses behind each ability, by their own word for it."""
    found: dict[str, list[str]] = {}
    for route, pattern in _addresses(get_resolver().url_patterns):
        if ability := _ability(pattern.callback):
            found.setdefault(ability, []).append(route)
    return found


def _ability(view: object) -> str:
    """What the door before the view asks for; decorators may stand outside it."""
    while view is not None:
        if ability := getattr(view, "ability", ""):
            return ability
        view = getattr(view, "__wrapped__", None)
    return ""


def _addresses(patterns: list, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route, one
        else:
            yield from _addresses(one.url_patterns, route)


def guide() -> str:
    """The table as Markdown, with every address behind each ability."""
    made = "Written by `manage.py roles` from the one door; change the door, not this page."
    lines = ["# Who may do what", "", made, ""]
    for part in table():
        lines += [f"## {part.title}", "", "| | " + " | ".join(part.roles) + " |",
                  "|---" * (len(part.roles) + 1) + "|"]  # fmt: skip
        lines += [
            f"| {row.says} | " + " | ".join("yes" if yes else "-" for yes in row.may) + " |"
            for row in part.rows
        ]
        lines.append("")
    lines += ["## What stands behind each ability", ""]
    for ability, routes in sorted(guarded().items()):
        lines += [f"**{ability}** ({WORDS[ability]})", ""]
        lines += [f"- `/{route}`" for route in sorted(routes)] + [""]
    return "\n".join(lines).rstrip() + "\n"
