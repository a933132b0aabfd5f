"""Whom a programme reaches, and whom it does not: as peernet.lib.suppression lets it out."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from evaluation.indicators.queries import Pair
from members.organisations.models import BodyKind, Size
from networks.seats.models import Part
from peernet.lib.suppression import count, gathered
from sessions.meetings.models import Why

REGIONS = 8  # by name; more would not fit either
REACHED: dict[str, dict[str, Any]] = {
    "kind": {**dict(BodyKind.choices), "": lazy("Not known")},
    "size": {**dict(Size.choices), "": lazy("Not known")},
    "part": {**dict(Part.choices), "": lazy("As themselves")},
}


def regions(raw: dict[str, Pair]) -> list[tuple[str, int, int]]:
    """Regions with the most people first, the rest last; "" is where nobody wrote a region. With
    the rest alone there is nothing to tell."""
    named, rest = gathered(raw, REGIONS)
    rows = sorted(named.items(), key=lambda row: (not row[0], -row[1][0], row[0]))
    found = [(name or _("Region not known"), *pair) for name, pair in rows]
    return [*found, (_("Other places"), *rest)] if rest and found else found


def reach(raw: dict[str, dict[str, Pair]]) -> dict[str, list[tuple[str, int, int]]]:
    """Kinds, sizes and parts in their own order, the rest last. Nothing of what nobody told of
    any organisation, and nothing where all is rest."""
    found = {}
    for by, labels in REACHED.items():
        named, rest = gathered(raw[by], len(raw[by]))
        some = [(str(label), *named[key]) for key, label in labels.items() if key in named]
        if any(named):
            found[by] = [*some, (_("All others"), *rest)] if rest else some
    return found


def kept_away(raw: dict[str, int]) -> list[tuple[str, int | None]]:
    """Each reason with how many people gave it; nothing when so few gave any that all is hidden.
    For coordinators no less: nobody was to be told who said what. There is no total beside them
    from which a hidden one would follow."""
    named = [(str(Why(key).label), count(raw.get(key, 0))) for key in Why.values]
    return named if any(people is not None for _reason, people in named) else []
