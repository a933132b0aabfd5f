"""What is asked, what counts as an answer, and what the answers add up to. Pure."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from peernet.lib.errors import Refused
from peernet.lib.statistics import interval, kendall_w

SCALE, NUMBER, RANKING, TEXT = "scale", "number", "ranking", "text"
K, K_FUNDER = 5, 10  # people (decisions.md, Thresholds)
PAIRS = 10  # below it only counts
TOP = 3
LONGEST_ANSWER = 2_000
LONGEST_WORDING = 300
OPTIONS = (3, 10)  # of a ranking: at least, at most
SHORTEST, LONGEST = 3, 90  # days that a survey is open
REMIND_AFTER = timedelta(days=5)
SMALL = 10  # asked: fewer than these may recognise each other's answers
ENDS_AFTER = timedelta(days=400)  # after its last round a survey ends by itself
KEPT = timedelta(days=730)  # single answers; the figures made of them stay

# The scale from 1 to 5, and the three groups in which its answers are counted.
SCALE_LABELS = [
    lazy("I disagree strongly"), lazy("I disagree"), lazy("In between"), lazy("I agree"),
    lazy("I agree strongly"),
]  # fmt: skip
GROUPS: dict[str, list[tuple[Any, range]]] = {
    SCALE: [
        (lazy("Agree"), range(4, 6)), (lazy("In between"), range(3, 4)),
        (lazy("Disagree"), range(1, 3)),
    ],
    NUMBER: [(lazy("8 to 10"), range(8, 11)), (lazy("5 to 7"), range(5, 8)),
             (lazy("0 to 4"), range(5))],
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A question of the ready-made baseline. `uid` stays the same whatever its wording."""

    uid: str
    kind: str
    text: Any
    options: tuple[Any, ...] = ()


BASELINE = [
    Question("learning", SCALE, lazy("I pick up things here that I use in my own work.")),
    Question(
        "support", SCALE, lazy("When something is hard, there is somebody here I can turn to.")
    ),
    Question(
        "connections",
        SCALE,
        lazy("In the last three months I got to know people here whom I can ask for advice."),
    ),
    Question(
        "collaboration",
        SCALE,
        lazy("I work together with people from other organisations in this network."),
    ),
    Question(
        "sustainability", SCALE, lazy("What we have here would go on if the funding stopped.")
    ),
    Question(
        "motivation",
        NUMBER,
        lazy("How much do you want to work together with others in this network?"),
    ),
    Question(
        "purposes",
        RANKING,
        lazy("What should this network be for? Put what matters most to you at the top."),
        (
            lazy("Sharing what works"), lazy("Learning something new"),
            lazy("Support when things are hard"), lazy("Getting to know people"),
            lazy("Doing something together"), lazy("Being heard by those who decide"),
        ),
    ),
    Question("words", TEXT, lazy("Is there anything else you would like to say?")),
]  # fmt: skip


# --- Who answers, and who cannot be told -------------------------------------------------------


def mark(key: bytes, pepper: str, purpose: str, person: int) -> str:
    """What stands for a person in one study: the same each time, and nothing without `key`.

    `pepper` is kept outside the database, so that a copy of the database alone names nobody.
    Marks for two purposes cannot be told to be the same person's.
    """
    said = f"{purpose}:{person}".encode()
    return hmac.new(key + pepper.encode(), said, hashlib.sha256).hexdigest()


# --- When ----------------------------------------------------------------------------------------


def check_days(opens: date, closes: date, today: date) -> None:
    """Raises Refused unless a survey may be open from `opens` to `closes`, both included."""
    if opens < today:
        raise Refused(_("Choose today or a later day to open it."))
    days = (closes - opens).days + 1
    if not SHORTEST <= days <= LONGEST:
        raise Refused(
            _("Leave it open for %(least)s to %(most)s days.")
            % {"least": SHORTEST, "most": LONGEST}
        )


def reminder_day(opens: date, closes: date) -> date:
    """When those who have not answered are reminded: five days on, and before the last day."""
    return min(opens + REMIND_AFTER, closes - timedelta(days=1))


# --- One answer ----------------------------------------------------------------------------------


def checked(kind: str, typed: Mapping[str, str], options: Sequence[str]) -> Any:
    """The answer to a question as it is kept; None when it was skipped. Raises Refused.

    `typed` has "answer", or "order" (codes with commas) for a ranking of the codes `options`.
    """
    return CHECKS[kind](typed.get("order" if kind == RANKING else "answer", ""), options)


def _whole(low: int, high: int) -> Callable[[str, Sequence[str]], int | None]:
    def check(typed: str, _options: Sequence[str]) -> int | None:
        if not typed.strip():
            return None
        if not typed.isascii() or not typed.isdigit() or not low <= int(typed[:9]) <= high:
            raise Refused(_("Choose one of the answers shown."))
        return int(typed)

    return check


def _order(typed: str, options: Sequence[str]) -> list[str]:
    codes = typed.split(",")
    if sorted(codes) != sorted(options):
        raise Refused(_("The list was not whole. Here it is again: put it in your order."))
    return codes


def _words(typed: str, _options: Sequence[str]) -> str | None:
    said = typed.replace("\0", "").strip()
    if len(said) > LONGEST_ANSWER:
        raise Refused(
            _("Use %(most)s characters or fewer. You wrote %(n)s.")
            % {"most": LONGEST_ANSWER, "n": len(said)}
        )
    return said or None


CHECKS: dict[str, Callable[[str, Sequence[str]], Any]] = {
    SCALE: _whole(1, 5),
    NUMBER: _whole(0, 10),
    RANKING: _order,
    TEXT: _words,
}


def moved(order: Sequence[str], code: str, up: bool) -> list[str]:
    """The order with one code a place higher or lower; as it was at either end."""
    codes = list(order)
    if code in codes:
        at = codes.index(code)
        to = max(at - 1, 0) if up else min(at + 1, len(codes) - 1)
        codes.insert(to, codes.pop(at))
    return codes


def first_order(options: Sequence[str], mark: str) -> list[str]:
    """The order in which one person first sees the options, so that no option always leads."""
    return sorted(options, key=lambda code: hashlib.sha256(f"{mark}{code}".encode()).digest())


# --- What they add up to -------------------------------------------------------------------------

Answers = Mapping[str, Any]  # one person's: question's uid -> answer; what was skipped is missing
Asked = Sequence[tuple[str, str, Sequence[str]]]  # uid, kind, codes of the options


def figures(asked: Asked, answers: Iterable[Answers]) -> dict[str, dict[str, Any]]:
    """What everybody's answers add up to, by the question's uid, as it is kept for good.

    Exact numbers: whoever shows them sends them through peernet.lib.suppression. Nothing anybody
    wrote is among them.
    """
    everybody = list(answers)
    found = {}
    for uid, kind, options in asked:
        given = [one[uid] for one in everybody if one.get(uid) is not None]
        found[uid] = {"n": len(given)} | (_added(kind, given, options) if given else {})
    return found


def _added(kind: str, given: list[Any], options: Sequence[str]) -> dict[str, Any]:
    if kind == RANKING:
        return _ranked(given, options)
    if kind == TEXT:
        return {}
    groups = [sum(value in values for value in given) for _label, values in GROUPS[kind]]
    return {"groups": groups, "mean": fmean(given), "median": median(given)}


def _ranked(orders: list[list[str]], options: Sequence[str]) -> dict[str, Any]:
    ranks = [[order.index(code) + 1 for code in options] for order in orders]
    places = list(zip(*ranks, strict=True))
    return {
        "ranks": {code: fmean(its) for code, its in zip(options, places, strict=True)},
        "top": {
            code: sum(rank <= TOP for rank in its)
            for code, its in zip(options, places, strict=True)
        },
        "agreement": kendall_w(ranks),
    }


def change(asked: Asked, pairs: Iterable[tuple[Answers, Answers]]) -> dict[str, dict[str, Any]]:
    """For each question with a number: how the same people's answers differ, after less before.

    `pairs`: each person's answers of the round before and of this one. From ten pairs on with the
    mean and its 95 % interval (Student's t); below it only counts.
    """
    both = list(pairs)
    found: dict[str, dict[str, Any]] = {}
    for uid, kind, _options in asked:
        if kind not in GROUPS:
            continue
        moves = [
            after[uid] - before[uid]
            for before, after in both
            if before.get(uid) is not None and after.get(uid) is not None
        ]
        found[uid] = {"pairs": len(moves), "counts": _directions(moves)}
        if len(moves) >= PAIRS:
            low, high = interval(moves)
            found[uid] |= {"mean": fmean(moves), "low": low, "high": high}
    return found


def _directions(moves: Sequence[float]) -> list[int]:
    """How many moved up, stayed, moved down."""
    up, down = sum(move > 0 for move in moves), sum(move < 0 for move in moves)
    return [up, len(moves) - up - down, down]


@dataclass(frozen=True)
class Change:
    """How the same people's answers differ between two rounds. Counts are rounded or withheld."""

    pairs: int | None
    up: int | None
    same: int | None
    down: int | None
    mean: float | None = None
    low: float | None = None
    high: float | None = None
