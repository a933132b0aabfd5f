"""What may be added to a post, what a file is called, and how long one waits."""

import unicodedata
import uuid
from datetime import timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peernet.lib import words
from peernet.lib.forms import tidy
from peernet.lib.kinds import KINDS, Kind

WAITS = timedelta(hours=24)  # a file whose form came back and was never sent again
UNSURE = timedelta(hours=1)  # a file on the disk without a row may be one that is just coming in
LONGEST_NAME = 100
LONGEST_ALT = 300
HIGHEST = 320  # CSS pixels
NOT_IN_NAMES = str.maketrans(dict.fromkeys('/\\:*?"<>|\r\n\t', " "))


class Sizes(NamedTuple):
    """What a form says beforehand: the largest file (bytes), how many, and all of them together."""

    file: int
    files: int
    post: int


def called(name: str, kind: Kind) -> str:
    """A name that is safe in every folder and ends as its content does: "plan.pdf"."""
    name = tidy(name).translate(NOT_IN_NAMES)
    name = "".join(c for c in name if unicodedata.category(c) != "Cf")
    stem, _dot, ending = name.rpartition(".")
    if ending.strip().lower() not in kind.endings:
        stem, ending = name, kind.endings[0]
    stem = " ".join(stem.split()).strip(". ")
    return f"{stem[:LONGEST_NAME].rstrip('. ') or _('File')}.{ending.strip().lower()}"


def shown(name: str) -> str:
    """A name as a sentence says it, before anything is known of the file."""
    clean = " ".join(tidy(name).split())
    return f"{clean[:40]}…{clean[-12:]}" if len(clean) > 60 else clean or _("A file without a name")


def fitted(width: int, height: int) -> tuple[int, int]:
    """How large a small picture stands in a page: not so high that it hides what was said."""
    high = min(height, HIGHEST)
    return max(1, round(width * high / height)), high


def place(ending: str) -> str:
    """Where a file is stored: a name that nobody can guess, and nothing of its own."""
    name = uuid.uuid4().hex
    return f"files/{name[:2]}/{name}.{ending}"


def what_may_be_added(sizes: Sizes) -> str:
    """The limits, for the form."""
    return _("%(kinds)s. Up to %(file)s each and %(count)s to a post.") % {
        "kinds": kinds()[:1].upper() + kinds()[1:],
        "file": words.size(sizes.file),
        "count": ngettext("%(n)s file", "%(n)s files", sizes.files) % {"n": sizes.files},
    }


def kinds() -> str:
    """What is on the list, in words."""
    return _(
        "pictures (JPEG, PNG, WebP, GIF), PDF, Word, Excel, PowerPoint, OpenDocument, text and CSV"
    )


def label(code: str, name: str) -> str:
    """What people call this kind of file; of texts, a table by its ending."""
    return "CSV" if code == "text" and name.endswith(".csv") else str(KINDS[code].label)


def one_of(words: str, number: int, count: int) -> str:
    """What a picture shows, when one sentence was written for several."""
    if count == 1 or not words:
        return words
    return _("%(words)s (%(n)s of %(all)s)") % {"words": words, "n": number, "all": count}
