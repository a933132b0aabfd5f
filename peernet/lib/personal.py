"""What each model holds about a person, said beside the model and nowhere else.

`download` and `erase` of members/privacy work from these declarations; a model without one
fails the build (tests/test_personal.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.functional import Promise

Erasure = Literal["delete", "blank", "keep"]


@dataclass(frozen=True)
class Merging:
    """What becomes of rows when two accounts of one person become one, where both may have one of
    the same thing, and the database allows but one. Nothing to say where nothing can clash: such
    rows move.

    `how`: "mine" (the first account's row stays), "earliest" or "latest" (by the field `by`),
    "joined" (spells: at each moment the row that `rank` puts first, and among equals the one that
    began first), "gone" (the second account's rows are deleted), "kept" (they stay as they are).
    `rank`: fields of a spell, each with its values from the first to the last. `changed`: the
    field and the value that say why a spell ended when the next follows at once. `began`: the
    field that says since when spells follow each other without a break.
    `apart`: fields of which no two may name the same person: rows between the two accounts go.
    """

    how: Literal["mine", "earliest", "latest", "joined", "gone", "kept"]
    by: str = ""
    rank: tuple[tuple[str, tuple[str, ...]], ...] = ()
    changed: tuple[str, str] | None = None
    began: str = ""
    apart: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declaration:
    """`about`: paths from a row to the Person it is about. `download`: fields they are given.
    `erase`: delete the row, blank its fields `blank`, or keep it, and `why`.

    `address`: fields with an address; the row is about whoever reads mail there, account or not.
    `did`: paths to the Person who made a row that is about somebody else: it stays when they go,
    and of it they are given `did_download` only. `title`: what people call such rows.
    `through`: of a field that they are given, the function (dotted, of person and field) that says
    of which rows they are.
    `merge`: see Merging; needed where two accounts may clash (tests/test_personal.py).
    """

    about: tuple[str, ...] = ()
    download: tuple[str, ...] = ()
    erase: Erasure = "keep"
    blank: tuple[str, ...] = ()
    why: str = ""
    address: tuple[str, ...] = ()
    did: tuple[str, ...] = ()
    did_download: tuple[str, ...] = ()
    title: str | Promise = ""
    through: Mapping[str, str] = field(default_factory=dict)
    merge: Merging | None = None


def nothing(why: str) -> Declaration:
    """This model says nothing about anybody, and here is why one can be sure."""
    return Declaration(why=why)


def about(
    *paths: str,
    download: tuple[str, ...],
    erase: Erasure,
    blank: tuple[str, ...] = (),
    why: str = "",
    address: tuple[str, ...] = (),
    did: tuple[str, ...] = (),
    did_download: tuple[str, ...] = (),
    title: str | Promise = "",
    through: Mapping[str, str] | None = None,
    merge: Merging | None = None,
) -> Declaration:
    """This model is about the people at the end of `paths` (for example "person" or "author").

    Raises ValueError when a field is to be blanked but not named, or a row kept without a reason.
    """
    if (erase == "blank") != bool(blank):
        raise ValueError("Name the fields to blank exactly when erasure blanks them.")
    if erase == "keep" and not why:
        raise ValueError("A row about a person that erasure keeps needs a reason.")
    if bool(did) != bool(did_download):
        raise ValueError("Say what of a row is given to the person who made it.")
    return Declaration(
        paths, download, erase, blank, why, address, did, did_download, title, through or {},
        merge,
    )  # fmt: skip
