"""What a programme's page consists of, and the same as tables for a file. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.indicators.rules import Left, wilson
from peernet.lib import words
from peernet.lib.suppression import Breakdown

SURE = 50  # people; a share of fewer is not told in percent when both were rounded
SOON = timedelta(days=183)  # money that ends within this time is said to be at risk


@dataclass(frozen=True)
class Line:
    """A month, a network, or the whole. A count of people is None when it is withheld; with no
    session held there is nobody to count, and `met` is false; people of a month that is not
    `counted` yet are shown later."""

    of: Any  # the first day of a month, a Network, or None
    sessions: tuple[int, int]  # held, due
    taking_part: tuple[int | None, int | None]  # people, organisations
    met: bool
    counted: bool = True
    members: int | None = None
    money: Left = field(default_factory=Left)
    last: datetime | None = None  # the last session held
    lapsed: bool = False
    closed: bool = False  # the network ended, as it chose to

    @property
    def held(self) -> int:
        """Sessions held."""
        return self.sessions[0]

    @property
    def due(self) -> int:
        """Sessions due, those held among them."""
        return self.sessions[1]

    @property
    def people(self) -> int | None:
        """People taking part."""
        return self.taking_part[0]

    @property
    def organisations(self) -> int | None:
        """Organisations taking part."""
        return self.taking_part[1]


@dataclass(frozen=True)
class Rate:
    """So many of so many people, both None when they are withheld; each rounded to 5, unless
    they are shown to somebody who may read the rows."""

    part: int | None
    whole: int | None
    rounded: bool = True

    @property
    def percent(self) -> int | None:
        """The share in percent, of the numbers that are shown; None where rounding leaves too
        little of it: 7 of 8 people, shown as 5 of 10, are no half."""
        if self.part is None or not self.whole or (self.rounded and self.whole < SURE):
            return None
        return round(100 * self.part / self.whole)

    @property
    def range(self) -> tuple[int, int]:
        """Between which percents the share lies at 95 %, whatever was rounded away."""
        part, whole = self.part or 0, self.whole or 1
        slack = 2 if self.rounded else 0
        fewest, most = max(part - slack, 0), min(part + slack, whole - slack)
        return (
            round(100 * wilson(fewest, whole + slack)[0]),
            round(100 * wilson(most, whole - slack)[1]),
        )


@dataclass(frozen=True)
class Period:
    """Networks over some months before or after their money ended."""

    networks: int
    met: int
    sessions: tuple[int, int]  # held, due
    people: Rate
    attended: int | None  # percent, to the nearest 5; None when its people are withheld

    @property
    def held_percent(self) -> int | None:
        """Sessions held of those due, in percent; None when none was due."""
        held, due = self.sessions
        return round(100 * held / due) if due else None

    def compared(self, before: "Period") -> tuple[int | None, int | None, int | None]:
        """Sessions held, members taking part and sessions attended, each rate in percent of what
        it was before; None where either is not shown, or there was nothing to compare with."""
        mine = (self.held_percent, self.people.percent, self.attended)
        theirs = (before.held_percent, before.people.percent, before.attended)
        return tuple(
            None if now is None or not then else round(100 * now / then)
            for now, then in zip(mine, theirs, strict=True)
        )  # type: ignore[return-value]


@dataclass(frozen=True)
class Summary:
    """One programme as its funder may see it, at a moment; people up to a month's end."""

    at: datetime
    first: date
    counted: date  # the first month whose people are not shown yet
    next_on: date  # when they are
    months: list[Line]
    networks: list[Line]
    total: Line
    regions: list[tuple[str, int, int]] = field(default_factory=list)  # name, people, bodies
    # "kind", "size" or "part" -> name, people, organisations
    reach: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)
    kept_away: list[tuple[str, int | None]] = field(default_factory=list)  # reason, people
    several: Breakdown = field(default_factory=lambda: Breakdown({}, None))
    back: dict[int, Rate] = field(default_factory=dict)
    after: dict[int, tuple[Period, Period]] = field(default_factory=dict)
    surveys: list[Any] = field(default_factory=list)  # evaluation.surveys.queries.FunderSurvey

    @property
    def counted_to(self) -> date:
        """The last day up to which people are counted."""
        return self.counted - timedelta(days=1)

    @property
    def withheld(self) -> bool:
        """Whether something on the page is not shown."""
        lines = [*self.months, *self.networks, self.total]
        counted = [n for line in lines if line.met for n in (line.people, line.organisations)]
        counted += [line.members for line in self.months if line.counted]
        counted += [rate.part for rate in self.back.values()]
        counted += [people for _reason, people in self.kept_away]
        counted += [side.people.part for pair in self.after.values() for side in pair]
        return None in counted or self.several.withheld

    @property
    def lapsed(self) -> list[Line]:
        """The networks that no longer meet, though nobody closed them."""
        return [line for line in self.networks if line.lapsed]

    @property
    def closed(self) -> list[Line]:
        """The networks that have closed."""
        return [line for line in self.networks if line.closed]

    @property
    def ended(self) -> list[Line]:
        """The networks whose money has ended, that still meet."""
        today = self.at.date()
        over = [one for one in self.networks if (one.money.until or today) < today]
        return [one for one in over if not one.lapsed and not one.closed]

    @property
    def ending(self) -> list[Line]:
        """The networks whose money ends soon, the first to end first."""
        today = self.at.date()
        ends = [(one.money.until, one.of.name, one) for one in self.networks if one.money.until]
        return [one for day, _name, one in sorted(ends) if today <= day <= today + SOON]


@dataclass(frozen=True)
class Table:
    """One of the page's tables as a file: what it is called, its columns, rows, and figures."""

    heads: Sequence[str]
    rows: list[list[Any]]
    figures: tuple[str, ...]  # ids of indicators


TABLES = (
    "months", "networks", "regions", "organisations", "kinds", "reasons", "back", "after",
    "surveys",
)  # fmt: skip


def table(summary: Summary, name: str) -> Table:
    """The page's table of this name, one of TABLES, with the words that the page has."""
    return {
        "months": _months, "networks": _networks, "regions": _regions,
        "organisations": _organisations, "kinds": _kinds, "reasons": _reasons,
        "back": _back, "after": _after, "surveys": _surveys,
    }[name](summary)  # fmt: skip


def step_name(months: int) -> str:
    """How long after somebody first came."""
    if not months:
        return _("The next time round")
    return ngettext("%(n)s month later", "%(n)s months later", months) % {"n": months}


def after_name(months: int) -> str:
    """How long after the money ended."""
    return _("The first %(n)s months after") % {"n": months}


def _shown(number: int | None) -> int | str:
    return _("not shown") if number is None else number


def _people(line: Line, number: int | None) -> int | str:
    """As the page says it."""
    if not line.counted:
        return _("not counted yet")
    return _shown(number) if line.met else _("no session")


def _months(summary: Summary) -> Table:
    heads = [_("Month"), _("Sessions held"), _("Sessions due"), _("People"), _("Organisations"),
             _("Members")]  # fmt: skip
    rows = [
        [
            f"{line.of:%Y-%m}", line.held, line.due, _people(line, line.people),
            _people(line, line.organisations),
            _shown(line.members) if line.counted else _("not counted yet"),
        ]
        for line in summary.months
    ]  # fmt: skip
    return Table(heads, rows, ("sessions-held", "people-taking-part", "organisations-taking-part",
                               "members-on-roll"))  # fmt: skip


def _networks(summary: Summary) -> Table:
    heads = [_("Network"), _("Sessions held"), _("Sessions due"), _("Last session"), _("Standing"),
             _("People"), _("Organisations"), _("Granted in pounds"),
             _("Funding left in pounds"), _("Funded until")]  # fmt: skip
    rows = [
        [
            line.of.name, line.held, line.due, line.last.date() if line.last else "",
            _standing(line), _people(line, line.people),
            _people(line, line.organisations), f"{line.money.amount:.2f}",
            f"{line.money.left:.2f}", line.money.until,
        ]
        for line in summary.networks
    ]  # fmt: skip
    total = summary.total
    rows.append(
        [
            _("All networks"), total.held, total.due, "", "", _people(total, total.people),
            _people(total, total.organisations), f"{total.money.amount:.2f}",
            f"{total.money.left:.2f}", "",
        ]
    )  # fmt: skip
    return Table(heads, rows, ("sessions-held", "rhythm-kept", "people-taking-part",
                               "organisations-taking-part", "funding-left"))  # fmt: skip


def _regions(summary: Summary) -> Table:
    heads = [_("Region"), _("People"), _("Organisations")]
    return Table(heads, [list(row) for row in summary.regions], ("people-by-region",))


def _organisations(summary: Summary) -> Table:
    several, one = (summary.several.parts.get(key) for key in ("several", "one"))
    heads = [_("Organisations"), _("How many")]
    rows = [
        [_("Two or more people took part"), _people(summary.total, several)],
        [_("One person took part"), _people(summary.total, one)],
    ]
    return Table(heads, rows, ("organisations-with-several",))


def _kinds(summary: Summary) -> Table:
    names = {"kind": _("Kind"), "size": _("Size"), "part": _("Part")}
    heads = [_("By"), _("Which"), _("People"), _("Organisations")]
    rows = [
        [names[by], which, people, "" if by == "part" else bodies]
        for by, some in summary.reach.items()
        for which, people, bodies in some
    ]
    return Table(heads, rows, ("people-by-kind",))


def _reasons(summary: Summary) -> Table:
    rows = [[reason, _shown(people)] for reason, people in summary.kept_away]
    return Table([_("What kept them away"), _("People")], rows, ("kept-away",))


def _standing(line: Line) -> str:
    if line.closed:
        return _("closed")
    return _("lapsed") if line.lapsed else _("meets")


def _surveys(summary: Summary) -> Table:
    heads = [_("Network"), _("Survey"), _("Closed on"), _("Answered"), _("Asked"), _("Question"),
             _("Average"), _("Out of"), _("Change"), _("Change, from"), _("Change, to"),
             _("What matters most")]  # fmt: skip
    rows = [
        [
            one.network.name, one.title, one.closed_on, one.answered, one.asked, row.item.text,
            *_answers(row),
        ]
        for one in summary.surveys
        for row in one.results
        if row.mean is not None or row.order
    ]  # fmt: skip
    return Table(heads, rows, ("survey-answered", "survey-average", "survey-order",
                               "survey-change"))  # fmt: skip


def _answers(row: Any) -> list[Any]:
    if row.order:
        return ["", "", "", "", "", "; ".join(words for words, *_rest in row.order)]
    said = [f"{row.mean:.1f}", 5 if row.item.kind == "scale" else 10]
    change = row.change
    if change is None or change.mean is None:
        return [*said, _shown(None), "", "", ""]
    return [*said, *(f"{n:.1f}" for n in (change.mean, change.low, change.high)), ""]


def _back(summary: Summary) -> Table:
    heads = [_("After they first came"), _("Came back"), _("Of so many people"),
             _("Percent, from"), _("Percent, to")]  # fmt: skip
    rows = [
        [step_name(months), _shown(rate.part), _shown(rate.whole),
         *(rate.range if rate.part is not None else [_shown(None)] * 2)]
        for months, rate in summary.back.items()
    ]  # fmt: skip
    return Table(heads, rows, ("people-coming-back",))


def _after(summary: Summary) -> Table:
    heads = [_("Time"), _("Networks"), _("Networks that met"), _("Sessions held"),
             _("Sessions due"), _("Members who took part"), _("Of so many members"),
             _("Sessions attended, percent"), _("Held, percent of before"),
             _("Taking part, percent of before"), _("Attended, percent of before")]  # fmt: skip
    rows = []
    for months, (before, after) in summary.after.items():
        name = _("The 3 months before, of the same networks")
        rows.append([name, *_numbers(before), "", "", ""])
        compared = [_shown(part) for part in after.compared(before)]
        rows.append([after_name(months), *_numbers(after), *compared])
    return Table(heads, rows, ("after-funding",))


def _numbers(side: Period) -> list[Any]:
    people = [_shown(side.people.part), _shown(side.people.whole)]
    return [side.networks, side.met, *side.sessions, *people, _shown(side.attended)]


def notes(summary: Summary) -> list[list[str]]:
    """What has to be known with any of the tables, for the end of a file."""
    return [
        [_("As of"), words.day(summary.at)],
        [_("People counted to the end of"), words.month(summary.counted_to)],
        [_("Not shown"), _("Fewer than 5, or a number that would give one away.")],
        [_("Rounding"), _("Counts of people and organisations are rounded to the nearest 5.")],
    ]
