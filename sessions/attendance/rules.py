"""What Zoom's participants files say, and whom they name. Pure; no time in here has a zone.

The layouts are those of features-sessions.md 3.4: Z1 (one row per connection), Z2 (the meeting's
own row above Z1 or Z3), Z3 (one row per person, totals only). Z4 is Z1 in other capitals.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

from django.utils.translation import gettext as _

from peernet.lib.errors import Refused
from peernet.lib.files import called

Span = list[int]  # [from, until] in seconds of the file's own clock

NAME = {"name (original name)", "name"}
EMAIL = {"user email", "email"}
JOIN, LEAVE = {"join time"}, {"leave time"}
MINUTES, TOTAL = {"duration (minutes)"}, {"total duration (minutes)"}
LONGEST = 7 * 24 * 60  # minutes; more is not a length of time but some other number
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 -- the file's clock has no zone; only lengths matter
DATES = ("%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%b %d, %Y", "%d %b %Y")
TIMES = ("%I:%M:%S %p", "%H:%M:%S")
# A full minute is often written without its seconds, in the same file that has them elsewhere.
WITHOUT_SECONDS = re.compile(r"(?<![:\d])(\d{1,2}:\d\d)(?![:\d])")
FORMATS = [f"{day} {time}" for day, time in product(DATES, TIMES)]


@dataclass(frozen=True)
class Shown:
    """One person as the file shows them; `lines` of its rows were theirs, `minutes` together."""

    name: str
    email: str
    lines: int
    minutes: int | None
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A participants file: its layout, its people, its rows of data, the day it began."""

    layout: str
    people: tuple[Shown, ...]
    lines: int
    day: date | None


@dataclass(frozen=True)
class Known:
    """Somebody who could have been there: proven addresses only, lower case."""

    pk: int
    name: str
    emails: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Match:
    """Whom somebody in a file seems to be: surely (`pk`, told `by` email or name), or perhaps."""

    pk: int | None = None
    by: str = ""
    near: tuple[int, ...] = ()


# --- Reading ---------------------------------------------------------------------------------


def read(rows: Sequence[Sequence[str]], filename: str = "") -> Sheet:
    """The people in the rows of a participants file. Every row of data belongs to one of them.

    Raises Refused, naming the file and what it seems to be instead, or the row that is damaged.
    """
    top, columns = _header(rows, filename)
    lines = [
        (number, row)
        for number, row in enumerate(rows[top + 1 :], start=top + 2)
        if any(row) and [fold(cell) for cell in row] != [fold(cell) for cell in rows[top]]
    ]
    if not lines:
        raise Refused(_("%(file)s names nobody: it has no rows.") % {"file": called(filename)})
    has_meeting = any("meeting id" in map(fold, row) for row in rows[:top])
    if "join" in columns:
        people, day = _connections(lines, columns, filename)
        layout = "Z2" if has_meeting else "Z1"
    else:
        people, day = _totals(lines, columns, filename), None
        layout = "Z2" if has_meeting else "Z3"
    return Sheet(layout, tuple(people), len(lines), day)


def _header(rows: Sequence[Sequence[str]], filename: str) -> tuple[int, dict[str, int]]:
    """Where the table of people begins, and the position of each column we read."""
    for number, row in enumerate(rows[:30]):
        words = [fold(cell) for cell in row]
        if any(word in NAME for word in words):
            columns = _columns(words)
            if {"join", "leave"} <= columns.keys() or "total" in columns:
                return number, columns
    raise Refused(f"{_seems(rows) % {'file': called(filename)}} {_right_file()}")


def _columns(words: list[str]) -> dict[str, int]:
    """Our field -> position. Wide layouts name the host's address first, left of the name."""
    first = next(i for i, word in enumerate(words) if word in NAME)
    wanted = {"email": EMAIL, "join": JOIN, "leave": LEAVE, "minutes": MINUTES, "total": TOTAL}
    found = {"name": first}
    for field, names in wanted.items():
        places = [i for i, word in enumerate(words) if word in names and i > first]
        if places:
            found[field] = places[0]
    return found


def _seems(rows: Sequence[Sequence[str]]) -> str:
    """What a file that is no participants file looks like, as a sentence."""
    words = {fold(cell) for row in rows[:30] for cell in row}
    if words & {"meeting summary", "1. summary", "2. participants", "user action"}:
        return _("%(file)s looks like a file from Microsoft Teams, which we cannot read yet.")
    if {"first name", "last name", "time joined"} <= words:
        return _("%(file)s looks like a file from Google Meet, which we cannot read yet.")
    if "registration time" in words:
        return _("%(file)s looks like Zoom’s list of people who registered, not of who came.")
    if {"meeting id", "topic"} <= words:
        return _("%(file)s looks like Zoom’s list of meetings, without the people in them.")
    if words & {"email", "e-mail", "email address", "user email"}:
        return _("%(file)s looks like a list of people, not a record of a meeting.")
    return _("%(file)s does not look like a participants file.")


def _right_file() -> str:
    return _(
        "In Zoom, open Reports, then Usage, press the number of participants, and choose Export."
    )


def _cell(row: Sequence[str], columns: dict[str, int], field: str) -> str:
    place = columns.get(field, len(row))
    return row[place] if place < len(row) else ""


def _connections(
    lines: list[tuple[int, Sequence[str]]], columns: dict[str, int], filename: str
) -> tuple[list[Shown], date | None]:
    """Z1: rows that name the same person are one person, and overlapping time counts once."""
    form = _time_format(lines, columns)
    people: dict[tuple, list[tuple[str, str, Span | None, int | None]]] = {}
    for number, row in lines:
        name, email = _who(row, columns)
        stated = _number(_cell(row, columns, "minutes"), number, filename)
        span = _span(row, columns, form, stated, number, filename)
        # Nameless rows are kept apart: nothing says that they are one person.
        key = ("email", email) if email else ("name", fold(name)) if name else ("row", number)
        people.setdefault(key, []).append((name, email, span, stated))
    first = min((s[0] for seen in people.values() for _n, _e, s, _m in seen if s), default=None)
    day = None if first is None else (EPOCH + timedelta(seconds=first)).date()
    return [_merged(seen) for seen in people.values()], day


def _merged(seen: list[tuple[str, str, Span | None, int | None]]) -> Shown:
    spans = union(span for _n, _e, span, _m in seen if span)
    # A row without times can only say "at least so long".
    loose = [stated for _n, _e, span, stated in seen if not span and stated is not None]
    sums = [*loose, *([length(spans)] if spans else [])]
    name = max((name for name, _e, _s, _m in seen), key=len)
    minutes = max(sums, default=None)
    return Shown(name, seen[0][1], len(seen), minutes, tuple((start, end) for start, end in spans))


def _totals(
    lines: list[tuple[int, Sequence[str]]], columns: dict[str, int], filename: str
) -> list[Shown]:
    """Z3: each row is a person; only the same address twice is surely the same one."""
    people: dict[tuple, Shown] = {}
    for number, row in lines:
        name, email = _who(row, columns)
        stated = _number(_cell(row, columns, "total"), number, filename)
        key = ("email", email) if email else ("row", number)
        before = people.get(key, Shown(name, email, 0, None))
        longest = max((m for m in (before.minutes, stated) if m is not None), default=None)
        people[key] = Shown(before.name or name, email, before.lines + 1, longest)
    return list(people.values())


def _who(row: Sequence[str], columns: dict[str, int]) -> tuple[str, str]:
    name, email = _cell(row, columns, "name")[:200], _cell(row, columns, "email").casefold()
    return name, email if "@" in email and len(email) <= 254 else ""


def _number(text: str, number: int, filename: str) -> int | None:
    """Whole minutes; None when the cell is empty."""
    if not text:
        return None
    plain = text.replace(",", "")
    if not (plain.isascii() and plain.isdigit()) or int(plain) > LONGEST:
        raise Refused(
            _("Row %(row)s of %(file)s is damaged: “%(cell)s” is not a number of minutes.")
            % {"row": number, "file": called(filename), "cell": text[:40]}
        )
    return int(plain)


def _span(
    row: Sequence[str],
    columns: dict[str, int],
    form: str | None,
    stated: int | None,
    number: int,
    filename: str,
) -> Span | None:
    joined, left = _cell(row, columns, "join"), _cell(row, columns, "leave")
    if not joined:
        return None
    start, end = _moment(joined, form), _moment(left, form)
    if start is None or (left and end is None):
        raise Refused(
            _("Row %(row)s of %(file)s is damaged: “%(cell)s” is not a time we can read.")
            % {"row": number, "file": called(filename), "cell": (left if start else joined)[:40]}
        )
    if end is None or not 0 <= end - start <= LONGEST * 60:  # still there, or the clocks went back
        return None if stated is None else [start, start + stated * 60]
    return [start, end]


def _time_format(lines: list[tuple[int, Sequence[str]]], columns: dict[str, int]) -> str | None:
    """How the file writes its times. 03/04/2026 may be March or April: the reading under which
    the meeting is shortest is right, and lengths come out the same in any case."""
    cells = [_cell(row, columns, field) for _n, row in lines for field in ("join", "leave")]
    stamps = [cell for cell in cells if cell]
    best: tuple[int, str] | None = None
    for form in FORMATS:
        if not stamps or _moment(stamps[0], form) is None:
            continue
        read_as = [moment for cell in stamps if (moment := _moment(cell, form)) is not None]
        # Rows no reading fits are refused later, by their number: the best reading reads most.
        badness = (len(stamps) - len(read_as)) * 10**12 + max(read_as) - min(read_as)
        if best is None or badness < best[0]:
            best = badness, form
    return best[1] if best else None


def _moment(text: str, form: str | None) -> int | None:
    whole = WITHOUT_SECONDS.sub(r"\1:00", " ".join(text.upper().split()))
    try:
        read_as = datetime.strptime(whole, form or "")  # noqa: DTZ007
    except ValueError:
        return None
    return int((read_as - EPOCH).total_seconds())


# --- Time ------------------------------------------------------------------------------------


def union(spans: Iterable[Sequence[int]]) -> list[Span]:
    """The same time without overlaps, in order."""
    joined: list[Span] = []
    for start, end in sorted(map(tuple, spans)):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return joined


def length(spans: Iterable[Sequence[int]]) -> int:
    """Minutes in spans that do not overlap; a minute begun counts, as in Zoom's own files."""
    return -(-sum(end - start for start, end in spans) // 60)


def together(parts: Iterable[tuple[int | None, Sequence[Sequence[int]]]]) -> int | None:
    """Minutes of one person whom one file shows several times (laptop and phone, say).

    Known times are joined, overlaps once; a total without times counts only when it is longer.
    """
    parts = list(parts)
    timed = [span for _minutes, spans in parts for span in spans]
    loose = [minutes for minutes, spans in parts if not spans and minutes is not None]
    return max([*loose, *([length(union(timed))] if timed else [])], default=None)


# --- Who is who ------------------------------------------------------------------------------


def fold(text: str) -> str:
    """The same name whatever its capitals, accents, apostrophes and spaces."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def names(shown: str) -> set[str]:
    """What "Nick (Real Name)" may be called, folded: all of it, the nick, the real name."""
    nick, _bracket, rest = shown.partition("(")
    found = {fold(shown), fold(nick), fold(rest.rpartition(")")[0] or rest)}
    return found - {""}


def match(people: Sequence[Shown], roll: Sequence[Known]) -> list[Match]:
    """For each person in the file, in order, who of the roll they are: an address decides first,
    then a name that only one of the roll and only one in the file has. Equal names, on either
    side, decide nothing: a person has to."""
    by_email = {email: known.pk for known in roll for email in known.emails}
    by_name: dict[str, set[int]] = {}
    for known in roll:
        by_name.setdefault(fold(known.name), set()).add(known.pk)
    by_name.pop("", None)
    found = [
        {by_email[p.email]} if p.email in by_email else _called(p.name, by_name) for p in people
    ]
    claims = Counter(pk for pks in found for pk in pks)
    return [
        Match(min(pks), "email")
        if person.email in by_email
        else Match(min(pks), "name")
        if len(pks) == 1 and claims[min(pks)] == 1
        else Match(near=tuple(sorted(pks)) or _near(person.name, roll, claims))
        for person, pks in zip(people, found, strict=True)
    ]


def _called(shown: str, by_name: dict[str, set[int]]) -> set[int]:
    return {pk for name in names(shown) for pk in by_name.get(name, ())}


def _near(shown: str, roll: Sequence[Known], claims: Counter) -> tuple[int, ...]:
    """Up to five of the roll who share a word of the name; those not found elsewhere first."""
    words = {word.strip("().,") for word in fold(shown).split()}
    words = {word for word in words if len(word) > 1}
    some = [known for known in roll if words & set(fold(known.name).split())]
    return tuple(known.pk for known in sorted(some, key=lambda known: claims[known.pk])[:5])
