"""How long an ask or an offer stands, how it can end, and what a tag looks like. Pure."""

import unicodedata
from collections.abc import Iterable
from datetime import timedelta

ENTRIES_A_PAGE = 25
ON_THE_FRONT_PAGE = 3
IN_WEEKLY = 3  # of one network
ASKS_IN_WEEKLY = 3  # of somebody's own, for which the weekly mail looks for what fits
WEEKS, LONGEST_WEEKS = 4, 12  # how long it stands unless somebody says otherwise, and at most
WARNED = timedelta(days=4)  # so long before it runs out its poster is asked once
MOST_TAGS, LONGEST_TAG = 6, 30
SUGGESTED_TAGS = 12
RECENT = 300  # the newest so many are looked through for tags to suggest: no more, however many
MOST_HELPERS = 20  # of those who wrote in the thread, to choose from who met it
MONTHS = 12  # shown to coordinators
MOST_SUGGESTED = 3
LOOKED_THROUGH = 300  # of the other kind, the newest, when one looks for what fits
ALIKE = 0.5  # so much must two tags or topics have in common: trigrams, "roof" and "roofs"
MOST_TOPICS, LONGEST_TOPIC = 5, 40
MOST_TERMS = 12  # words of one that are compared with people's topics
# Words that any ask or offer may say: that two of them do means nothing. Stems, as compared.
COMMON = (
    "anybodi anyon ask avail borrow bring day find free friday give good great hand help hour "
    "idea join know lend like littl look make mani member mile monday money month morn much "
    "need new offer old one peopl place pleas put question run saturday share shop somebodi "
    "someon somewher spare start still sunday take talk tell thank thing think thursday time "
    "togeth tri tuesday two three four use want way wednesday week weekend well without work "
    "would year advic community communiti other us who local next first small big second"
)

OPEN, TALK, MET, WITHDRAWN = "open", "talk", "met", "withdrawn"
STANDING = (OPEN, TALK)
# Each of the four ways in which it can end, and the state that it leaves.
ENDS = {
    "met_here": MET,
    "met_elsewhere": MET,
    "not_needed": WITHDRAWN,
    "not_met": WITHDRAWN,
}


def terms(title: str, tags: Iterable[str]) -> list[str]:
    """What somebody's topics are compared with: the tags, and the longer words of the title."""
    words = [word.strip(".,;:!?’'\"()").lower() for word in title.split()]
    return list(dict.fromkeys([*tags, *(word for word in words if len(word) > 3)]))[:MOST_TERMS]


def tags_of(text: str) -> list[str]:
    """The tags that somebody typed, with commas between: in small letters, each once, without the
    "#" that other places want. "Roof, #Mini bus" is ["roof", "mini bus"]."""
    parts = unicodedata.normalize("NFC", text).lower().replace("\n", ",").split(",")
    return list(dict.fromkeys(filter(None, (_tag(part) for part in parts))))


def _tag(part: str) -> str:
    return " ".join(part.replace("#", " ").split()).strip(" .;:")


def too_many(tags: Iterable[str]) -> bool:
    return len(list(tags)) > MOST_TAGS


def too_long(tags: Iterable[str]) -> str:
    """The first tag that is too long, or ""."""
    return next((tag for tag in tags if len(tag) > LONGEST_TAG), "")
