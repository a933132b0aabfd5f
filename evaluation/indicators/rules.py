"""What each figure counts. Pure: the definitions in words, periods, and money by days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Indicator:
    """A figure and its definition. Whoever changes what it counts raises `version`."""

    id: str
    version: int
    name: Any  # lazy words, like the rest
    says: Any  # what it tells, in one sentence
    formula: Any
    numerator: Any
    denominator: Any  # "" when it is no rate
    source: Any
    interval: Any
    withheld: Any  # who is protected, and how


WITHHELD = _(
    "A number of fewer than 5 is not shown, and neither is a number that would give one away. "
    "Numbers that are shown are rounded to the nearest 5, so they may not add up."
)
WITHHELD_SURVEY = _(
    "Nothing below 5 answers, and for funders nothing below 10. Numbers of people are rounded to "
    "the nearest 5, and one that would give another away is not shown. Nothing is shown of a round "
    "that is open; how many have answered, coordinators see exactly."
)
PUBLIC = _("Nothing: it counts no people.")
BY_MONTH = _("Calendar months in the network’s own time zone; the current month so far.")

INDICATORS = {
    row.id: row
    for row in [
        Indicator(
            "sessions-held", 1, _("Sessions held of those due"),
            _("How often the network met, out of the times it was meant to meet."),
            _("sessions held ÷ sessions due"),
            _("Sessions noted as held, by a participants file or by a facilitator’s ticks."),
            _(
                "Sessions whose end has passed. A session called off at least 24 hours before it "
                "was to begin is not due. One called off later, one that did not happen, one "
                "nobody confirmed, and one nobody has noted anything about are due and not held."
            ),
            _("The network’s own list of sessions, single ones and those of a rhythm."),
            BY_MONTH, PUBLIC,
        ),
        Indicator(
            "people-taking-part", 1, _("People taking part"),
            _("How many different people came to at least one session."),
            _("number of different people"),
            _(
                "Members with an account who were at a session that was held. Each is counted "
                "once a month, once a network, and once in the whole. Coordinators and "
                "facilitators count too. Guests do not: we cannot tell one from another."
            ),
            "",
            _("Zoom’s participants files as checked by a facilitator, and facilitators’ ticks."),
            BY_MONTH, WITHHELD,
        ),
        Indicator(
            "organisations-taking-part", 1, _("Organisations taking part"),
            _("How many different organisations had somebody at a session."),
            _("number of different organisations"),
            _(
                "For each person taking part, the organisation whose seat in the network they "
                "held on that day, or, without a seat, those they belonged to on that day."
            ),
            "",
            _("Attendance as above, with the dated seats and affiliations of its people."),
            BY_MONTH, WITHHELD,
        ),
        Indicator(
            "members-on-roll", 1, _("Members"),
            _("How many different people belonged to the network during a month."),
            _("number of different people"),
            _(
                "People whose membership covers some part of the month, in whatever role: "
                "members, facilitators and coordinators."
            ),
            "",
            _("The network’s dated memberships."),
            BY_MONTH, WITHHELD,
        ),
        Indicator(
            "funding-left", 1, _("Funding left"),
            _("How much of the grants would be left if they were spent evenly, day by day."),
            _("for each grant: amount × days left ÷ all its days"),
            _("Days from today until the last funded day, both included."),
            _("Days from the first funded day until the last, both included."),
            _("Grants as the network recorded them and the funder agreed to them."),
            _("Today, in the network’s own time zone."), PUBLIC,
        ),
        Indicator(
            "survey-answered", 1, _("Members who answered a survey"),
            _("How many of those asked sent their answers before the round closed."),
            _("answers sent ÷ members asked"),
            _("Answers that were sent. Those begun and not sent do not count, and are deleted."),
            _(
                "Everybody who was a member when the round opened, also those who left during "
                "it; not those who joined later."
            ),
            _("The survey’s own round, as it stood when it closed."),
            _("From the day the round opened until it closed."), WITHHELD_SURVEY,
        ),
        Indicator(
            "survey-average", 1, _("Average answer to a survey’s question"),
            _("What people answered on average, from 1 to 5 or from 0 to 10."),
            _("sum of the answers ÷ number of answers"),
            _("1 is “I disagree strongly” and 5 “I agree strongly”; 0 to 10 as pressed."),
            _("Answers to that question. Who skipped it is not among them."),
            _("Answers sent in that round."),
            _("One round."), WITHHELD_SURVEY,
        ),
        Indicator(
            "survey-order", 1, _("What matters most to members"),
            _("In which order people put what a network may be for."),
            _("for each: sum of its places ÷ number of answers; the lowest comes first"),
            _(
                "Places from 1. Agreement is Kendall’s W = 12 S ÷ (m² (n³ − n)): m people, n "
                "things, S the squared distances of their sums of places from the mean sum."
            ),
            _("Whole orders. Each person sees the things in another order at first."),
            _("Answers sent in that round."),
            _("One round."), WITHHELD_SURVEY,
        ),
        Indicator(
            "survey-change", 1, _("Change between two rounds of a survey"),
            _("How the same people’s answers differ. It does not tell what made them differ."),
            _("sum of (answer now − answer before) ÷ pairs, with its 95% interval"),
            _(
                "For each person who answered that question in both rounds, the difference. The "
                "interval is mean ± t × s ÷ √pairs, t of Student with pairs − 1 degrees of freedom."
            ),
            _("Pairs: people who answered in both rounds. Below 10 pairs no average is shown."),
            _("Two rounds of one survey, paired by a key that is deleted when the survey ends."),
            _("A round, and the one before it."), WITHHELD_SURVEY,
        ),
    ]
}  # fmt: skip


def months(first: date, last: date) -> list[date]:
    """The first day of every month from that of `first` to that of `last`, both included."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(start, end + 1)]


def back(month: date, by: int) -> date:
    """The first day of the month that lies `by` months before."""
    n = month.year * 12 + month.month - 1 - by
    return date(n // 12, n % 12 + 1, 1)


@dataclass(frozen=True)
class Left:
    """Money not yet due to be spent, in whole pounds, of `amount`; `until` the last funded day."""

    amount: Decimal = Decimal(0)
    left: Decimal = Decimal(0)
    until: date | None = None


def funding_left(grants: Iterable[tuple[Decimal, date, date]], today: date) -> Left:
    """Of grants (amount, first day, last day, both included): what even spending leaves today."""
    amount, left, until = Decimal(0), Decimal(0), None
    for sum_granted, starts_on, ends_on in grants:
        days = (ends_on - starts_on).days + 1
        ahead = min(max((ends_on - today).days + 1, 0), days)
        amount += sum_granted
        left += sum_granted * ahead / days
        until = ends_on if until is None else max(until, ends_on)
    return Left(amount, left.quantize(Decimal(1)), until)
