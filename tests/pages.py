"""Every address of PeerNet, declared once: who gets what, and how it is looked at.

The authorization matrix (test_matrix.py), the page checks (test_pages.py) and the query counts
(test_query_counts.py) all read this table; an address that is not in it fails the build.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.world import ROLES, World

OK, LOGIN, NO, NOT, DONE = "200", "login", "403", "404", "done"  # DONE: 200, 302 or 422
Expected = dict[str, str]


def everybody(result: str = OK, **others: str) -> Expected:
    """The same for all eleven roles, but for those named."""
    return dict.fromkeys(ROLES, result) | others


def nobody(**others: str) -> Expected:
    """Signed out: to the sign-in. Signed in: as if it were not there. But for those named."""
    return dict.fromkeys(ROLES, NOT) | {"anonymous": LOGIN} | others


def signed_in(result: str = OK) -> Expected:
    return dict.fromkeys(ROLES, result) | {"anonymous": LOGIN}


def members(result: str = OK) -> Expected:
    """Whoever is in the network now."""
    return nobody(member=result, facilitator=result, coordinator=result)


def facilitators(result: str = OK) -> Expected:
    return nobody(member=NO, facilitator=result, coordinator=result)


def coordinators(result: str = OK) -> Expected:
    return nobody(member=NO, facilitator=NO, coordinator=result)


def funders(result: str = OK) -> Expected:
    return nobody(funder=result)


@dataclass(frozen=True)
class Page:
    """One address. `get` and `post` say who gets what (None: that method is not allowed there).

    `args` and `data` are made from the world. `other_args` name a thing of another network or an
    id that does not exist, which must both look the same. `look_as`: whose eyes the page checks
    use; None for what is not an HTML page. `grow`: adds n rows of what the page lists.
    """

    name: str
    get: Expected | None = None
    post: Expected | None = None
    args: Callable[[World], tuple] = lambda world: ()
    data: Callable[[World], dict[str, Any]] = lambda world: {}
    look_as: str | None = "coordinator"
    grow: Callable[[World, int], None] | None = None
    queries: int = 20
    spare: int = 0  # statements that a longer list may cost, for a reason given in `why`
    kilobytes: int = 60
    why: str = field(default="", compare=False)


def here(world: World) -> tuple:
    """The arguments of most addresses: the network's slug."""
    return (world.place.slug,)
