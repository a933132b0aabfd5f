"""Time zones as people look for them; and what a session calls things."""

from collections.abc import Iterable

Choice = tuple[str, str]
DEVICE = "device"  # the key in a session: which row of members/access is this browser's


def zone_choices(zones: Iterable[str], home: str) -> list[Choice | tuple[str, list[Choice]]]:
    """The choices of a select: `home` first, then each part of the world with its places by name.

    `zones` are IANA names; "America/Argentina/Salta" is shown as "Argentina, Salta" in "America".
    """
    parts: dict[str, list[Choice]] = {}
    for zone in sorted(zones, key=_place):
        parts.setdefault(zone.partition("/")[0], []).append((zone, _place(zone)))
    return [(home, _place(home)), *sorted(parts.items())]


def _place(zone: str) -> str:
    return zone.partition("/")[2].replace("/", ", ").replace("_", " ") or zone
