"""What differs between two texts, by lines and in them by words. Pure."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

SAME, GONE, NEW = "same", "gone", "new"
MOST_WORDS = (
    400  # compared word by word in one place; longer ones are shown as taken out and put in
)
PIECES = re.compile(r"\s+|[^\s]+")


class Piece(NamedTuple):
    """Some words of a text, and whether they were there before, went, or are new."""

    kind: str
    words: str


Line = list[Piece]


def changes(old: str, new: str) -> list[Line]:
    """Every line of both texts, in order, as pieces. What is not new, put together, is the old
    text; what is not gone, the new one."""
    return list(_lines(old.splitlines(), new.splitlines()))


def changed(old: str, new: str) -> list[Line]:
    """Only the lines in which something differs."""
    return [line for line in changes(old, new) if any(piece.kind != SAME for piece in line)]


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            yield from ([Piece(SAME, line)] for line in old[a:b])
            continue
        paired = min(b - a, d - c)
        for was, now in zip(old[a : a + paired], new[c : c + paired], strict=True):
            yield _pieces(was, now)
        yield from ([Piece(GONE, line)] for line in old[a + paired : b])
        yield from ([Piece(NEW, line)] for line in new[c + paired : d])


def _pieces(was: str, now: str) -> Line:
    old, new = PIECES.findall(was), PIECES.findall(now)
    if max(len(old), len(new)) > MOST_WORDS:
        return [Piece(GONE, was), Piece(NEW, now)]
    pieces: Line = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(SAME, "".join(old[a:b])))
        else:
            pieces.append(Piece(GONE, "".join(old[a:b])))
            pieces.append(Piece(NEW, "".join(new[c:d])))
    return [piece for piece in pieces if piece.words]
