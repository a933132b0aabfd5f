"""From a sheet of people to what would happen to each of its rows. Pure: no database, no files."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peernet.lib import addresses

Rows = list[list[str]]
Columns = dict[str, int]  # our field -> position in the file, from 0

FIELDS = ("email", "name", "first_name", "last_name", "organisation", "region", "role")
# Headings as people write them, without capitals, spaces and signs.
HEADINGS = {
    "email": """email emailaddress emailaddresses emails mail mailaddress emailid workemail
        contactemail primaryemail youremail ebost cyfeiriadebost cyfeiriadebostgwaith""",
    "name": """name fullname yourname contact contactname person member membername participant
        attendee delegate displayname enw enwllawn""",
    "first_name": "firstname forename forenames givenname first fname christianname enwcyntaf",
    "last_name": "lastname surname familyname last lname secondname cyfenw",
    "organisation": """organisation organization organisationname organizationname org company
        companyname charity charityname group groupname business businessname communitybusiness
        employer nameoforganisation nameoforganization sefydliad enwsefydliad enwrsefydliad grwp
        cwmni elusen""",
    "region": "region area regionarea rhanbarth ardal",
    "role": "role networkrole memberrole rol rôl",
}  # fmt: skip
EXACT = {word: name for name, words in HEADINGS.items() for word in words.split()}
# What a longer heading must hold: "What is your email address?". The first that fits wins.
PARTS = [
    ("email", ("email", "ebost")),
    ("first_name", ("firstname", "forename", "givenname")),
    ("last_name", ("lastname", "surname", "familyname")),
    ("organisation", ("organisation", "organization", "charityname", "companyname", "sefydliad")),
    ("name", ("fullname", "yourname", "contactname")),
]
TOP = 15  # rows in which the headings are looked for: titles may stand above them
LONGEST_NAME, LONGEST_ORGANISATION, LONGEST_REGION = 120, 160, 80


class State(StrEnum):
    """What becomes of one row of the file; each row has exactly one."""

    INVITE = "invite"
    MEMBER = "member"
    INVITED = "invited"
    TWICE = "twice"
    BAD = "bad"
    NO_ADDRESS = "no_address"
    HEADING = "heading"
    ABOVE = "above"  # a title over the headings
    BLANK = "blank"


PEOPLE = (
    State.INVITE, State.MEMBER, State.INVITED, State.TWICE, State.BAD, State.NO_ADDRESS,
)  # fmt: skip
HERE = (State.MEMBER, State.INVITED)
PROBLEMS = (State.BAD, State.NO_ADDRESS, State.TWICE)
REFUSED = "refused"  # found on inviting: somebody who cannot be invited again today


@dataclass(frozen=True)
class Known:
    """What is there already: addresses in small letters, and names of organisations."""

    members: frozenset[str] = frozenset()
    invited: frozenset[str] = frozenset()
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One row of the file and what becomes of it. `number` counts from 1, as the sheet does."""

    number: int
    state: State
    email: str = ""  # or, for a bad address, what the cell holds
    name: str = ""
    organisation: str = ""  # as it will be known here
    written: str = ""  # the organisation as the file writes it
    region: str = ""
    role: str = "member"
    notes: tuple[str, ...] = ()  # sentences: why not, or what to know
    twin: int | None = None  # the number of the earlier row with the same address


class Invitee(NamedTuple):
    """What is needed of a line to invite somebody: all that is kept of it once that is agreed."""

    number: int  # of its row
    email: str
    name: str
    role: str
    organisation: str
    region: str  # of the organisation, should it be new


@dataclass(frozen=True)
class Body:
    """An organisation of those to be invited: `name` as it will be known here."""

    name: str
    key: str
    written: tuple[str, ...]  # other ways in which the file writes it
    people: int
    is_new: bool
    is_apart: bool  # somebody said that it is not the one it looks like


# --- Reading ---------------------------------------------------------------------------------


def listed_addresses(text: str) -> Rows | None:
    """ "Ann Lee <ann@x.org>; bob@y.org" as one row for each; None when it is a table."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not any(line.count("@") > 1 for line in lines):
        return None
    pieces = [piece for line in lines for piece in _pieces(line)]
    with_sign = sum("@" in piece for piece in pieces)
    if with_sign * 2 <= len(pieces) or any(_is_heading(_split(line)) for line in lines[:TOP]):
        return None
    return [[piece] for piece in pieces]


def guess_heading(rows: Rows) -> int | None:
    """The position of the row with the columns' names; None when there is none.

    Recognised by its words; else the row before the first address, if it has a name for that
    column too.
    """
    above = None
    for at, row in enumerate(rows[:TOP]):
        if any("@" in cell for cell in row):
            column = next(i for i, cell in enumerate(row) if "@" in cell)
            named = above is not None and column < len(rows[above]) and rows[above][column]
            return above if named else None
        if _is_heading(row):
            return at
        above = at if row else above
    return None


def guess_columns(rows: Rows, heading: int | None) -> Columns:
    """Which of our fields is in which column: by its name, or for addresses by its content."""
    names = rows[heading] if heading is not None else []
    body = [row for row in rows[0 if heading is None else heading + 1 :] if row]
    found = _by_name(names)
    counts = Counter(i for row in body for i, cell in enumerate(row) if "@" in cell)
    named = [i for i, cell in enumerate(names) if heading_field(cell) == "email" and counts[i]]
    candidates = named or list(counts)
    if candidates:
        email = max(candidates, key=lambda i: (counts[i], i == found.get("email"), -i))
        found = {name: i for name, i in found.items() if i != email} | {"email": email}
    if heading is None and (name := _first_words(body, found.get("email"))) is not None:
        found["name"] = name
    return found


def heading_field(cell: str) -> str | None:
    """The field that a heading names, in English or Welsh; None when we do not know it."""
    word = "".join(filter(str.isalnum, re.sub(r"\([^()]*\)|\[[^][]*\]", "", cell).casefold()))
    if word in EXACT:
        return EXACT[word]
    return next((name for name, parts in PARTS if any(p in word for p in parts)), None)


def _is_heading(cells: list[str]) -> bool:
    kinds = {heading_field(cell) for cell in cells} - {None}
    return not any("@" in cell for cell in cells) and ("email" in kinds or len(kinds) > 1)


def _by_name(names: list[str]) -> Columns:
    """The first column for each field; one with the plain name before one that only holds it."""
    found: Columns = {}
    by_plainness = sorted(range(len(names)), key=lambda i: (len(names[i]), names[i], i))
    for i in by_plainness:
        if (name := heading_field(names[i])) and name not in found:
            found[name] = i
    return found


def _first_words(body: Rows, email: int | None) -> int | None:
    """The first column of words, in a file without headings: most likely the names."""
    for i in range(max(map(len, body), default=0)):
        cells = [row[i] for row in body if i < len(row) and row[i]]
        if i != email and cells and sum(cell[0].isalpha() for cell in cells) * 2 > len(cells):
            return i
    return None


def _pieces(line: str) -> list[str]:
    """One piece per person, where addresses are listed with semicolons, commas or spaces."""
    found = []
    for part in re.split(r"[;\t]", line):
        if part.count("@") > 1:
            found += re.findall(r'(?:"[^"]*"|[^,"])+', part)
        else:
            found.append(part)
    words = [word for part in found for word in part.split()]
    if "<" not in line and all("@" in word for word in words):
        found = words
    return [piece.strip() for piece in found if piece.strip(" ,;")]


def _split(line: str) -> list[str]:
    return [cell.strip(' "') for cell in re.split(r"[;,\t|]", line)]


# --- Organisations ---------------------------------------------------------------------------

ENDINGS = {"ltd", "limited", "cic", "cio", "plc", "llp", "cyf"}
ENDING_WORDS = re.compile(r"\b(community interest company|company limited by guarantee)$")


def folded(name: str) -> str:
    """The same for names that most likely mean one organisation: without capitals, accents,
    signs, a "The" in front and a "Ltd" behind; "&" is "and"."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("&", " and ")
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", plain).replace("'", "").replace("’", "")
    words = ENDING_WORDS.sub("", " ".join(re.sub(r"[\W_]+", " ", plain).split())).split()
    kept = words[1:] if words[:1] == ["the"] else list(words)
    while kept and kept[-1] in ENDINGS:
        kept.pop()
    return " ".join(kept or words) or name.casefold().strip()


def bodies(lines: Iterable[Line], known: Known, apart: Iterable[str] = ()) -> list[Body]:
    """The organisations of those who will be invited, new ones first, by name."""
    here = {name.casefold() for name in known.organisations}
    groups: dict[str, list[Line]] = {}
    for line in lines:
        if line.state is State.INVITE and line.organisation:
            groups.setdefault(line.organisation.casefold(), []).append(line)
    found = [
        Body(
            name=group[0].organisation,
            key=folded(group[0].written),
            written=tuple(sorted({one.written for one in group if one.written.casefold() != key})),
            people=len(group),
            is_new=key not in here,
            is_apart=folded(group[0].written) in apart,
        )
        for key, group in groups.items()
    ]
    return sorted(found, key=lambda body: (not body.is_new, body.name.casefold()))


# --- The plan --------------------------------------------------------------------------------

ROLES = {
    "member": "member", "aelod": "member",
    "facilitator": "facilitator", "hwylusydd": "facilitator",
    "coordinator": "coordinator", "cydlynydd": "coordinator",
}  # fmt: skip


def plan(
    rows: Rows,
    *,
    heading: int | None,
    columns: Columns,
    known: Known,
    apart: Iterable[str] = (),
    same: Mapping[str, str] | None = None,
) -> list[Line]:
    """One line for each row of the file, in its order, with what becomes of it.

    `apart` holds folded names of organisations that are not the one they look like, `same` those
    of others with the name of the one that each is.
    """
    names = _by_any_name(known.organisations) | dict(same or {})
    kept_apart = set(apart)
    seen: dict[str, int] = {}
    lines = []
    for at, row in enumerate(rows):
        number = at + 1
        if not row:
            lines.append(Line(number, State.BLANK))
        elif heading is not None and at <= heading:
            lines.append(Line(number, State.HEADING if at == heading else State.ABOVE))
        else:
            lines.append(_person(number, _cells(row, columns), known, seen, names, kept_apart))
    return lines


def counts(lines: Iterable[Line]) -> dict[str, int]:
    """How many rows of people there are in each state; states without any are left out."""
    found = Counter(line.state for line in lines)
    return {state.value: found[state] for state in PEOPLE if found[state]}


def sentence(found: dict[str, int]) -> str:
    """ "14 rows: 10 to invite, 2 already members, 1 twice in this file, 1 with a bad address"."""
    total = sum(found.values())
    rows = ngettext("%(n)s row", "%(n)s rows", total) % {"n": f"{total:,}"}
    words = {
        State.INVITE: lambda n: _("%(n)s to invite"),
        State.MEMBER: lambda n: ngettext("%(n)s already a member", "%(n)s already members", n),
        State.INVITED: lambda n: _("%(n)s already invited"),
        State.TWICE: lambda n: _("%(n)s twice in this file"),
        State.BAD: lambda n: ngettext("%(n)s with a bad address", "%(n)s with bad addresses", n),
        State.NO_ADDRESS: lambda n: _("%(n)s without an address"),
    }
    parts = [words[s](found[s]) % {"n": f"{found[s]:,}"} for s in PEOPLE if s in found]
    return f"{rows}: {', '.join(parts)}" if parts else rows


def _cells(row: list[str], columns: Columns) -> dict[str, str]:
    return {
        name: " ".join(row[i].split()) if (i := columns.get(name, len(row))) < len(row) else ""
        for name in FIELDS
    }


def _person(
    number: int,
    cells: dict[str, str],
    known: Known,
    seen: dict[str, int],
    names: dict[str, str],
    apart: set[str],
) -> Line:
    """What becomes of one person; remembers the address and the organisation for later rows."""
    address = addresses.read(cells["email"])
    name = _name(cells) or address.name
    written = cells["organisation"][:LONGEST_ORGANISATION].strip()
    line: dict[str, Any] = {"number": number, "name": name[:LONGEST_NAME].strip()}
    line["written"] = written
    if address.fault:
        return Line(state=State.BAD, email=cells["email"], notes=(address.fault,), **line)
    if not address.email:
        return Line(state=State.NO_ADDRESS, notes=(_("There is no address in this row."),), **line)
    line["email"] = address.email
    twin = seen.setdefault(address.email, number)
    if twin != number:
        note = _("The same address is in row %(row)s.") % {"row": twin}
        return Line(state=State.TWICE, twin=twin, notes=(note,), **line)
    if address.email in known.members:
        return Line(state=State.MEMBER, **line)
    if address.email in known.invited:
        return Line(state=State.INVITED, **line)
    role, notes = _role(cells["role"])
    if not line["name"]:
        line["name"] = address.email.partition("@")[0][:LONGEST_NAME]
        notes += (_("There is no name, so we write to “%(name)s”.") % {"name": line["name"]},)
    if len(name) > LONGEST_NAME or len(cells["organisation"]) > LONGEST_ORGANISATION:
        notes += (_("We cut off the end of what was very long."),)
    return Line(
        state=State.INVITE, role=role, notes=notes, organisation=_body(written, names, apart),
        region=cells["region"][:LONGEST_REGION], **line,
    )  # fmt: skip


def _name(cells: dict[str, str]) -> str:
    """The whole name, of one column or of two."""
    whole, first, last = cells["name"], cells["first_name"], cells["last_name"]
    if whole and last and not first and not whole.casefold().endswith(last.casefold()):
        return f"{whole} {last}"
    return whole or f"{first} {last}".strip()


def _body(written: str, names: dict[str, str], apart: set[str]) -> str:
    """The organisation's name as it is known, here or from an earlier row."""
    key = folded(written)
    if not written or key in apart:
        return written
    return names.get(written.casefold()) or names.setdefault(key, written)


def _by_any_name(organisations: Iterable[str]) -> dict[str, str]:
    """Names by what they fold to, and by themselves: "Hope" is Hope, though there is a Hope Ltd."""
    alike = {folded(name): name for name in organisations}
    return alike | {name.casefold(): name for name in organisations}


def _role(written: str) -> tuple[str, tuple[str, ...]]:
    """The role to invite to, and what to know: a list never makes a coordinator."""
    word = "".join(filter(str.isalpha, written.casefold()))
    role = ROLES.get(word)
    if role == "coordinator":
        return "member", (
            _("A list cannot make somebody coordinator. Change the role when they have joined."),
        )
    if word and role is None:
        note = _("We know no role “%(role)s”, so they are invited as a member.")
        return "member", (note % {"role": written[:40]},)
    return role or "member", ()
