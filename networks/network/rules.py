"""A network's address, colours and first house rules. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peernet.lib.errors import Refused

LONGEST_SLUG = 40  # short enough to say on the phone
# Words that look like a page of ours or speak with our voice.
RESERVED = {
    "about", "accounts", "admin", "api", "demo", "help", "networks", "new", "operator",
    "peernet", "settings", "support", "system",
}  # fmt: skip
SMALL_WORDS = {"a", "and", "at", "for", "in", "of", "on", "or", "the", "to", "with"}
COLOURS = [
    (1, gettext_lazy("Teal")),
    (2, gettext_lazy("Rust")),
    (3, gettext_lazy("Blue")),
    (4, gettext_lazy("Plum")),
    (5, gettext_lazy("Olive")),
    (6, gettext_lazy("Rose")),
    (7, gettext_lazy("Fern")),
    (8, gettext_lazy("Indigo")),
]


def slugs(name: str) -> Iterator[str]:
    """Addresses for a network of this name, best first: "libraries", "libraries-2", …"""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", "")) or [""]
    while len("-".join(words)) > LONGEST_SLUG and len(words) > 1:
        words.pop()
    while len(words) > 1 and words[-1] in SMALL_WORDS:
        words.pop()
    base = "-".join(words)[:LONGEST_SLUG]
    if base in RESERVED or base.isdigit() or len(base) < 2:
        base = f"{base}-network".strip("-")
    yield base
    for number in range(2, 100):
        yield f"{base}-{number}"


def first_charter() -> str:
    """House rules to begin with, for a coordinator to make their own."""
    return _(
        "**We are here to help each other.** Ask for what you need. Offer what you have.\n\n"
        "- What somebody says here stays here, unless they say that you may pass it on.\n"
        "- Share what went wrong as freely as what went well.\n"
        "- Listen first. Ask before you give advice.\n"
        "- Come when you said you would, or tell us in time that you cannot.\n"
        "- Be kind, also when you disagree.\n\n"
        "If something is not right, tell a coordinator. They will listen."
    )


# A correction that asks nobody anew: a typing mistake, a name; not another promise.
MOST_CORRECTED = 12  # words taken out or put in


def check_correction(old: str, new: str) -> None:
    """Raises Refused when more differs between the two texts than in a small correction."""
    changed = corrected(old.split(), new.split())
    if changed > MOST_CORRECTED:
        raise Refused(
            _("%(n)s words differ. That is more than a small correction (%(most)s words), so "
              "everybody must be asked to accept the new text.")
            % {"n": changed, "most": MOST_CORRECTED}
        )  # fmt: skip


def corrected(old: list[str], new: list[str]) -> int:
    """How many words were taken out or put in."""
    steps = SequenceMatcher(None, old, new).get_opcodes()
    return sum(max(b - a, d - c) for kind, a, b, c, d in steps if kind != "equal")
