"""What each figure counts. Pure: the definitions in words, periods, and money by days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from math import sqrt
from typing import Any

from django.utils.translation import gettext_lazy as _

from sessions.cadence.rules import BadRule, dates, parse

SETTLED = 7  # days after a month's end in which its attendance may still be noted
RHYTHM = 21  # days, for a network that planned no rhythm (features-evaluation.md, E6)
STEPS = (0, 3, 6, 12)  # months after somebody first came; 0 is the next time round
AFTER = (3, 6, 12)  # months after a grant's last day


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
BY_MONTH = _(
    "Calendar months in the network’s own time zone. To funders, people are shown once the month "
    "is over and a week has passed to note who came; sessions are shown at once."
)
WHOLE = _("From the first funded day to the end of the last month that has been counted.")
RATES = _(
    "With fewer than 5 people who did, neither their number nor the rate is shown. Both numbers "
    "are rounded to the nearest 5, and the rate is worked out from what is shown: as a range "
    "that holds whatever was rounded away, and in one number only for 50 people or more."
)
CONTRIBUTED = _(
    "Came to a session that was held, led one, or wrote in an open room of Talk. What is written "
    "in trusted rooms never counts, and reading is no contribution."
)

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
            "asks-met", 1, _("Asks and offers met"),
            _("How often somebody got what they asked for, or gave what they offered."),
            _("number of asks and offers"),
            _(
                "Asks and offers whose poster said that they were met or taken up, here or "
                "elsewhere, in the month in which they said so. What was withdrawn or ran out is "
                "not counted as met, and what was moved to a trusted room not at all."
            ),
            "",
            _("The network’s own list of asks and offers. Only its coordinators see the numbers."),
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
            "organisations-taking-part", 2, _("Organisations taking part"),
            _("How many different organisations had somebody at a session."),
            _("number of different organisations"),
            _(
                "For each person taking part, the organisations whose seat in the network they "
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
            "people-by-region", 1, _("Where people come from"),
            _("From which regions people and organisations took part."),
            _("number of different people, and of organisations, by region"),
            _(
                "People taking part, each once, under the region of the organisation they last "
                "came for; organisations taking part under their own region. A region is what "
                "somebody wrote beside the organisation."
            ),
            "",
            _("Attendance, with the seats and affiliations of its people."),
            WHOLE,
            _(
                "A region is named only when 5 people and 5 organisations or more stand behind "
                "it. All others are added up as “Other places”. Numbers are rounded to 5."
            ),
        ),
        Indicator(
            "people-by-kind", 1, _("Which organisations people come from"),
            _("Whether many kinds of organisations take part, small ones and large ones."),
            _("number of different people, and of organisations, by kind, by size and by part"),
            _(
                "People taking part, each once, under the organisation they last came for, and "
                "under the part they then had in its place: lead, deputy or observer. Kind and "
                "size (by how many people it pays) are what a coordinator said of it."
            ),
            "",
            _("Attendance, with the seats and affiliations of its people."),
            WHOLE,
            _(
                "A kind, size or part is named only when 5 people and 5 organisations or more "
                "stand behind it. All others are added up. Numbers are rounded to 5."
            ),
        ),
        Indicator(
            "kept-away", 1, _("What keeps people away"),
            _("Why people could not come: the time, the way there, access, or something else."),
            _("number of different people by what kept them away"),
            _(
                "People who said no to a session and then what keeps them away. Each counts once "
                "for each reason. Whoever gave none is not among them."
            ),
            "",
            _("Answers to invitations. Who said what is shown to nobody, not to coordinators."),
            WHOLE, WITHHELD,
        ),
        Indicator(
            "organisations-with-several", 1, _("Organisations with two or more people"),
            _("How many organisations would stay in touch if one person left."),
            _("organisations with two or more people taking part ÷ organisations taking part"),
            _("Organisations from which at least two different people came to a session."),
            _("Organisations taking part."),
            _("Attendance, with the dated seats and affiliations of its people."),
            WHOLE, WITHHELD,
        ),
        Indicator(
            "rhythm-kept", 1, _("Rhythm kept"),
            _("Whether a network still meets about as often as it set out to."),
            _("days since the last session held, against twice the days of its rhythm"),
            _("Days from the last session that was held until today."),
            _(
                "The days between two sessions of its rhythm, the shortest if it has several; 21 "
                "if it planned none. A network that has not met for more than twice as long has "
                "lapsed."
            ),
            _("The network’s list of sessions and its rhythms."), _("Today."), PUBLIC,
        ),
        Indicator(
            "people-coming-back", 1, _("People who come back"),
            _("Of those who once came, how many still take part some time later."),
            _("people who contributed that much later ÷ people who first contributed then"),
            CONTRIBUTED,
            _(
                "People who contributed for the first time since the first funded day, and for "
                "whom that much later is over. Whoever has left since still counts here."
            ),
            _("Attendance, sessions led, and posts in open rooms; never their words."),
            _(
                "Windows of one rhythm each, from the first funded day: who first came in one is "
                "looked for in the single window that lies nearest to 3, 6 or 12 months later."
            ),
            RATES,
        ),
        Indicator(
            "after-funding", 1, _("After the money ended"),
            _("What is left of a network’s life 3, 6 and 12 months after its grant ended."),
            _("the same three rates after the last funded day ÷ in the 3 months before"),
            _(
                "Sessions held of those due; members who contributed of members on the roll; and "
                "sessions attended of those held while somebody was a member."
            ),
            _(
                "The same in the 3 months up to the last funded day, of the same networks. A "
                "network counts once the whole time after its last funded day is over."
            ),
            _("Sessions, attendance and memberships; grants of this programme only."),
            _("From the day after the last funded day, in the network’s own time zone."),
            RATES,
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


def counted_before(today: date) -> date:
    """The first day of the first month in which people are not shown to funders yet.

    A number that moved with each session would tell, from one visit to the next, who came (S4).
    """
    month = today.replace(day=1)
    return month if today.day > SETTLED else back(month, 1)


def counted_next(today: date) -> date:
    """The day on which the next month of people is shown to funders."""
    return back(counted_before(today), -1).replace(day=SETTLED + 1)


def rhythm_days(rule: str, first: datetime, zone: str) -> int:
    """How many days lie between two dates of the rhythm, on the average of a few."""
    try:
        some = list(islice(dates(parse(rule), first, zone), 7))
    except BadRule:
        return RHYTHM
    return round((some[-1] - some[0]) / timedelta(days=len(some) - 1)) if some[1:] else RHYTHM


def lapsed(last: datetime | None, since: datetime, rhythm: int, now: datetime) -> bool:
    """Whether nobody met for more than two rhythms (days), since then or since the start (E12)."""
    return now - max(last or since, since) > 2 * timedelta(days=rhythm)


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Between which shares, 0 to 1, the true one lies at 95 % (Wilson's interval)."""
    z = 1.959964
    share, spread = part / whole, z * z / whole
    middle = share + spread / 2
    half = z * sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


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
