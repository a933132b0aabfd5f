"""What the rewritten code asks: is this condition the one that is off?"""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

off_now: int | None = None
reached: set[int] = set()
seconds = 0.0  # that the last test took, by itself


def off(site: int) -> bool:
    """Whether the condition is switched off; remembers that somebody came by."""
    reached.add(site)
    return site == off_now


def yes(site: int, value: Any) -> Any:
    """The value; True in place of a no while the condition is off. A no stays what it is: of `one
    and one.pk` somebody may want the None."""
    return value or off(site) or value


def kept(sites: dict[str, int], /, **named: Any) -> dict[str, Any]:
    """The named arguments, without the one that is off."""
    return {
        name: value for name, value in named.items() if name not in sites or not off(sites[name])
    }


def everything(sites: dict[str, int], /, **named: Any) -> Any:
    """Q with the named arguments, without the one that is off; what nothing narrows is true of all
    rows. (Django leaves an empty Q out, and that would take a right away, not a condition.)"""
    left = kept(sites, **named)
    query = import_module("django.db.models").Q
    return query(**left) if left else ~query(pk__in=[])


def narrowed(site: int, rows: Any, way: str, *args: Any, **named: Any) -> Any:
    """`rows.way(…)`, or the rows as they are."""
    return rows if off(site) else getattr(rows, way)(*args, **named)


def either(site: int, strict: Callable, loose: Callable) -> Callable:
    """A decorator that stands as `strict`, and as `loose` while it is off."""

    def stand(view: Callable) -> Callable:
        tight, wide = strict(view), loose(view)

        @wraps(tight)
        def enter(*args: Any, **named: Any) -> Any:
            return (wide if off(site) else tight)(*args, **named)

        return enter

    return stand


def anybody(view: Callable) -> Callable:
    """In place of a decorator that asks for somebody: nobody is asked."""
    return view


def anybody_signed_in(view: Callable) -> Callable:
    """In place of `operators_page`."""
    return _door().signed_in(view)


def any_network(view: Callable) -> Callable:
    """In place of `network_page("view")`: every network, for everybody signed in."""
    return _any(view, "Network")


def any_programme(view: Callable) -> Callable:
    """In place of `programme_page(…)`: every programme, for everybody signed in."""
    return _any(view, "Programme")


def _any(view: Callable, model: str) -> Callable:
    @anybody_signed_in
    @wraps(view)
    def enter(request: Any, slug: str, *args: Any, **named: Any) -> Any:
        found = getattr(_door(), model).objects.get(slug=slug)
        request.network = found
        return view(request, found, *args, **named)

    return enter


def _door() -> Any:
    """Imported late: this module is there before Django is."""
    return import_module("networks.membership.door")
