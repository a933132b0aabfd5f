"""How each model goes into the archive of a whole network, said beside the model and nowhere else.

The packer of networks/archives works from these declarations; a model that leads to a network and
has none fails the build (tests/networks/archives/test_declared.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise


@dataclass(frozen=True)
class Portable:
    """`at`: lookups from a row to its network, any of them. `fields`: what of it goes in.

    `room` and `said`: lookups to the room in which it was said and to the moment. Such a row is in
    clear only when the coordinator may read it there, sealed when others may, and left out
    altogether when it was said in a trusted room. `where`: which rows. `only`: a function
    (dotted) of (network, person) that says which, as a Q. `through`: of a field, the function
    (dotted, of network, person and field) that says of which rows it is given. `made`: a name, and
    the function (dotted) of a row's key that makes its value. `words`: of a field with codes, the
    dictionary (dotted) of their words. `file`: the field that holds a stored file. `why`: it stays
    out altogether, because …
    """

    at: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    title: str | Promise = ""
    room: str = ""
    said: str = ""
    where: Mapping[str, object] = field(default_factory=dict)
    only: str = ""
    through: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    why: str = ""


def rows(
    *fields: str,
    at: str | tuple[str, ...] = "network",
    title: str | Promise,
    room: str = "",
    said: str = "",
    where: Mapping[str, object] | None = None,
    only: str = "",
    through: Mapping[str, str] | None = None,
    made: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    file: str = "",
) -> Portable:
    """Rows of this model go into their network's archive, with these fields.

    Raises ValueError when something was said in a room and not when: it could not be told then who
    may read it.
    """
    if bool(room) != bool(said):
        raise ValueError("Say both where it was said, and when.")
    ways = (at,) if isinstance(at, str) else at
    return Portable(
        ways, fields, title, room, said, where or {}, only, through or {}, made or {}, words or {},
        file,
    )  # fmt: skip


def left_out(why: str) -> Portable:
    """No row of this model goes into a network's archive, and here is why."""
    return Portable(why=why)
