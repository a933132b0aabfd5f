"""What the sweep means: words met by whom they are not for, and words that nobody met."""

from .crawl import Met
from .fields import CODE, MADE, NEVER, SECRET, TABLE
from .paint import Canary

# Where what is said in a trusted room may be met: on the pages of that room and thread, by those
# who read there, and in somebody's own words given back to them.
IN_THE_ROOM = {
    "room", "thread", "thread_new", "thread_rename", "thread_move", "thread_close", "thread_reopen",
    "thread_pin", "thread_unpin", "thread_mute", "thread_unmute", "thread_follow", "post_edit",
    "post_delete", "post_restore", "file", "file_small", "own_archive", "room_readers", "room_read",
    "who_sees",  # of a thread there, to who reads it
    "charter", "charter_edit",  # what the room adds to the house rules
}  # fmt: skip


def leaks(met: Met) -> list[str]:
    """A sentence for each word that somebody met and should not have."""
    found = []
    for (word, role), places in met.seen.items():
        for canary in met.by_word[word]:
            wrong = [one for one in places if not _fits(canary, role, one)]
            if wrong:
                at = ", ".join(sorted({f"{one.channel} {one.name} {one.what}" for one in wrong}))
                found.append(f"{role} met {' = '.join(sorted({*canary.stands}))} in: {at[:200]}")
    return sorted(found)


def _fits(canary: Canary, role: str, place) -> bool:
    if role not in canary.allowed:
        return False
    if canary.trusted:
        return place.channel in ("page", "file") and place.name in IN_THE_ROOM
    return True


def unseen(met: Met) -> list[str]:
    """Fields of which nobody of an audience that the table names met a single word."""
    promised: dict[tuple[str, str], bool] = {}
    for canary in met.canaries:
        for label, audience, role in canary.audiences:
            key = (label, audience)
            promised[key] = promised.get(key, False) or (canary.word, role) in met.seen
    declared = {
        (f"{label}.{name}", audience)
        for label, said in TABLE.items()
        for name, audiences in said.fields.items()
        if audiences not in (NEVER, CODE, MADE)
        for audience in {*audiences.split()} - {SECRET}
    }
    return sorted(
        f"{label} is declared for {audience}, who never met one"
        for label, audience in declared
        if not promised.get((label, audience))
    )


def pairs(met: Met, roles: list[str]) -> int:
    """How many (word, role) pairs were looked at."""
    return len({one.word for one in met.canaries}) * len(roles)
