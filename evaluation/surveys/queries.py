"""Who is asked, who has answered, and what a survey's page shows of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from members.people.models import Alias, Person
from members.people.queries import numbers_of
from networks.funding.models import Grant
from networks.membership.models import CohortSpell
from networks.membership.queries import members
from networks.network.models import Network
from peernet.lib import clock, suppression, tokens

from . import rules
from .models import Answered, Item, ItemKind, NoMore, Response, Study, Wave

# --- Marks -----------------------------------------------------------------------------------


def response_mark(study: Study, person: Person) -> str:
    """What stands for the person beside their answers; "" once the study has ended."""
    return _mark(study, person.pk, "response")


def marks(study: Study, person: Person, purpose: str) -> list[str]:
    """The marks for a purpose, with those of accounts that were merged into the person's."""
    return [_mark(study, number, purpose) for number in numbers_of(person)]


def answered_mark(study: Study, person_pk: int) -> str:
    """What stands for the person where it is noted that they have answered."""
    return _mark(study, person_pk, "answered")


def _mark(study: Study, person_pk: int, purpose: str) -> str:
    if study.key is None:
        return ""
    return rules.mark(bytes(study.key), settings.SECRET_KEY, purpose, person_pk)


# --- Who is asked ----------------------------------------------------------------------------


def asked(wave: Wave) -> QuerySet[Person]:
    """Who was a member (or in its cohort) when the round opened, and has an account still."""
    return members(wave.study.network, cohort=wave.study.cohort, at=wave.opened_at)


def not_answered(wave: Wave) -> QuerySet[Person]:
    """Who was asked, is a member still, has not answered and may be written to about it."""
    done = set(wave.done.values_list("mark", flat=True))
    still = members(wave.study.network, cohort=wave.study.cohort).values("pk")
    here = asked(wave).filter(pk__in=still)
    here = here.exclude(pk__in=NoMore.objects.filter(study=wave.study).values("person"))
    merged = Alias.objects.filter(into__in=here).values_list("into", "pk")
    numbers = [*here.values_list("pk", "pk"), *merged]
    answered = {pk for pk, number in numbers if answered_mark(wave.study, number) in done}
    return Person.objects.filter(pk__in={pk for pk, _number in numbers} - answered)


def has_answered(wave: Wave, person: Person) -> bool:
    """Whether the person has sent their answers; False once that cannot be told any more."""
    return wave.done.filter(mark__in=marks(wave.study, person, "answered")).exists()


def wants_no_more(study: Study, person: Person) -> bool:
    """Whether the person wants no more mail about the study."""
    return NoMore.objects.filter(study=study, person=person).exists()


def waiting_for(person: Person, networks: Iterable[Network]) -> list[Wave]:
    """Open rounds that ask the person and that they have not answered, the first to close first."""
    rows = Wave.objects.filter(
        study__network__in=[one.pk for one in networks], opened_at__isnull=False, closed_at=None
    )
    rows = rows.filter(_was_member(person))
    found = list(rows.distinct().select_related("study__network").order_by("closes_on", "pk"))
    numbers = numbers_of(person) if found else []
    own = {w.pk: {answered_mark(w.study, number) for number in numbers} for w in found}
    every = Answered.objects.filter(mark__in=set().union(*own.values()))
    done = set(every.values_list("mark", flat=True))
    # A mark is the same in every round of a study, of which one at a time is open.
    return [wave for wave in found if not own[wave.pk] & done]


def _was_member(person: Person) -> Q:
    here = Q(
        study__network__memberships__person=person,
        study__network__memberships__since__lte=F("opened_at"),
    )
    still = Q(study__network__memberships__until=None)
    inside = CohortSpell.objects.filter(cohort=OuterRef("study__cohort"), person=person)
    theirs = Q(study__cohort=None) | Exists(inside.at(OuterRef("opened_at")))
    return here & (still | Q(study__network__memberships__until__gt=F("opened_at"))) & theirs


# --- Links in mails ----------------------------------------------------------------------------


def token_for(wave: Wave, person: Person) -> str:
    """What a link to answer carries: the round and the person, good for that and nothing else."""
    return tokens.make("survey", wave.pk, person.pk, person.token_version)


def named_by(token: str) -> tuple[Wave, Person] | tuple[None, None]:
    """The round and person that a link names; (None, None) for a link that is void or not ours."""
    ids = tokens.read("survey", token)
    if ids is None or len(ids) != 3:
        return None, None
    wave_pk, person_pk, version = ids
    person = Person.objects.filter(pk=person_pk, token_version=version, is_active=True).first()
    wave = Wave.objects.select_related("study__network").filter(pk=wave_pk).first()
    return (wave, person) if wave and person else (None, None)


def why_closed(wave: Wave | None, person: Person | None) -> str:
    """Why a link to answer opens nothing any more, in a sentence for its reader; "" if it does."""
    if wave is None or person is None:
        return _("This link does not work any more. Sign in: a survey that is open is on Home.")
    network = wave.study.network
    if network.closed_at or not members(network).filter(pk=person.pk).exists():
        return _("You are not in this network any more, so there is nothing to answer.")
    if wave.closed_at:
        return _("This survey has closed. Thank you for looking.")
    if wave.opened_at is None:
        return _("This survey is not open yet.")
    if not asked(wave).filter(pk=person.pk).exists():
        return _("This survey asks those who were here when it opened. The next one asks you too.")
    return ""


def mine(wave: Wave, person: Person) -> Response | None:
    """The person's own answers so far."""
    return wave.responses.filter(mark=response_mark(wave.study, person)).first()


# --- What a coordinator sees -------------------------------------------------------------------


def studies(network: Network) -> QuerySet[Study]:
    """The network's surveys, newest first, with the state of each (see `shown_state`)."""
    rows = Study.objects.filter(network=network).annotate(
        rounds=Count("waves"),
        closes=Max("waves__closes_on", filter=Q(waves__closed_at=None)),
        open_now=Count("waves", filter=Q(waves__opened_at__isnull=False, waves__closed_at=None)),
    )
    return rows.order_by("-pk")


@dataclass(frozen=True)
class Rate:
    """How many of those asked have answered."""

    answered: int
    asked: int


def rate(wave: Wave) -> Rate:
    """The one figure that is shown while a round is open; exact, for the coordinator."""
    if wave.closed_at:
        return Rate(wave.answered or 0, wave.asked or 0)
    return Rate(wave.done.count(), asked(wave).count())


@dataclass(frozen=True)
class Result:
    """One question as it may be shown: a number is None where it is withheld."""

    item: Item
    n: int | None = None
    groups: list[tuple[Any, int | None]] = field(default_factory=list)
    mean: float | None = None
    median: float | None = None
    order: list[tuple[str, float, int | None]] = field(default_factory=list)  # words, rank, top
    agreement: float | None = None
    change: rules.Change | None = None
    words: list[str] = field(default_factory=list)


def results(wave: Wave, items: Sequence[Item]) -> list[Result]:
    """What a closed round adds up to, for the coordinator; empty below five answers."""
    if not wave.closed_at or (wave.answered or 0) < rules.K:
        return []
    return [_result(wave, item, rules.K) for item in items]


def _result(wave: Wave, item: Item, k: int) -> Result:
    found = wave.figures["items"].get(item.uid, {"n": 0})
    if found["n"] < k:
        return Result(item)
    n = suppression.count(found["n"])
    change = _change(wave.figures["change"].get(item.uid), k)
    if item.kind == ItemKind.TEXT:
        return Result(item, n, words=_words(wave, item))
    if item.kind == ItemKind.RANKING:
        order = [
            (item.options[code], rank, _alone(found["top"][code], found["n"]))
            for code, rank in sorted(found["ranks"].items(), key=lambda pair: pair[1])
        ]
        return Result(item, n, order=order, agreement=found["agreement"])
    labels = [label for label, _values in rules.GROUPS[item.kind]]
    parts = suppression.breakdown(dict(enumerate(found["groups"])), found["n"]).parts
    groups = [(label, parts[at]) for at, label in enumerate(labels)]
    return Result(item, n, groups, found["mean"], found["median"], change=change)


def _alone(some: int, everybody: int) -> int | None:
    """How many of all did, when neither they nor the others are too few."""
    return suppression.breakdown({"did": some, "did not": everybody - some}, everybody).parts["did"]


def _change(found: dict[str, Any] | None, k: int) -> rules.Change | None:
    if not found or found["pairs"] < k:
        return None
    counts = suppression.breakdown(dict(enumerate(found["counts"])), found["pairs"]).parts
    numbers = {name: found.get(name) for name in ("mean", "low", "high")}
    return rules.Change(
        suppression.count(found["pairs"]), counts[0], counts[1], counts[2], **numbers
    )


def _words(wave: Wave, item: Item) -> list[str]:
    """What people wrote, in no order: the keys are random, and nothing else orders them."""
    rows = wave.responses.filter(sent=True, answers__has_key=item.uid).order_by("pk")
    return [row.answers[item.uid] for row in rows]


def previous(wave: Wave) -> Wave | None:
    """The round before, with which this one is paired."""
    return wave.study.waves.filter(number=wave.number - 1, closed_at__isnull=False).first()


@dataclass(frozen=True)
class FunderSurvey:
    """The last closed round of one network's survey, as the funder may see it."""

    network: Network
    title: str
    closed_on: date
    answered: int | None  # people, rounded
    asked: int | None
    results: list[Result]
    before: date | None  # when the round closed that `change` compares with


def for_funder(grants: Mapping[Network, Sequence[Grant]]) -> list[FunderSurvey]:
    """Surveys that these networks share with their funder: of each the last closed round.

    `grants`: those whose figures both sides agreed to share (funding.queries.shared_grants), by
    network. Only rounds that began when both had agreed: who answered before was told of other
    funders, or of none. Only rounds that ten people or more answered; of those, questions that
    ten answered, as means and never a distribution or a word. By the network's name; three queries.
    """
    rows = last_rounds(grants).select_related("study__network")
    last = list(rows.prefetch_related("study__items"))
    befores = Wave.objects.filter(_since_agreed(grants), study__in=[w.study_id for w in last])
    closed = {(one.study_id, one.number): one.closes_on for one in befores}
    found = [_for_funder(one, closed.get((one.study_id, one.number - 1))) for one in last]
    return sorted(found, key=lambda one: (one.network.name, one.closed_on))


def last_rounds(grants: Mapping[Network, Sequence[Grant]]) -> QuerySet[Wave]:
    """The rounds that `for_funder` tells of."""
    rows = Wave.objects.filter(
        _since_agreed(grants), study__shared=True, closed_at__isnull=False,
        answered__gte=rules.K_FUNDER,
    )  # fmt: skip
    return rows.order_by("study", "-number").distinct("study")


def _since_agreed(grants: Mapping[Network, Sequence[Grant]]) -> Q:
    """Rounds of each network that opened when the first of its grants was agreed on by both."""
    found = Q(pk__in=[])
    for network, some in grants.items():
        both = min(max(one.network_agreed_at, one.funder_agreed_at) for one in some)
        found |= Q(study__network=network, opened_at__gte=both)
    return found


def _for_funder(wave: Wave, before: date | None) -> FunderSurvey:
    items = [one for one in wave.study.items.all() if one.kind != ItemKind.TEXT]
    shown = [_result(wave, item, rules.K_FUNDER) for item in items]
    shown = shown if before else [replace(one, change=None) for one in shown]
    return FunderSurvey(
        wave.study.network, wave.study.title, wave.closes_on,
        suppression.count(wave.answered), suppression.count(wave.asked),
        [one for one in shown if one.n is not None],
        before if any(one.change for one in shown) else None,
    )  # fmt: skip


def funders_of(network: Network) -> list[str]:
    """Names of the funders that see the network's figures."""
    rows = Grant.objects.filter(
        network=network, network_agreed_at__isnull=False, funder_agreed_at__isnull=False
    )
    return list(rows.values_list("programme__funder__name", flat=True).distinct())


# --- What is due -------------------------------------------------------------------------------


def to_open(network_days: dict[str, date]) -> QuerySet[Wave]:
    """Rounds whose first day has come; `network_days` is today's date by zone."""
    waiting = Wave.objects.filter(opened_at=None, closed_at=None, study__network__closed_at=None)
    return waiting.filter(_by_zone(network_days, "opens_on__lte"))


def to_close(network_days: dict[str, date]) -> QuerySet[Wave]:
    """Open rounds whose last day is over."""
    return Wave.objects.filter(opened_at__isnull=False, closed_at=None).filter(
        _by_zone(network_days, "closes_on__lt")
    )


def to_remind(network_days: dict[str, date]) -> list[Wave]:
    """Open rounds whose reminder has fallen due and was not written yet."""
    rows = Wave.objects.filter(opened_at__isnull=False, closed_at=None, reminded=False)
    rows = rows.filter(study__network__closed_at=None).select_related("study__network")
    return [
        wave
        for wave in rows
        if rules.reminder_day(wave.opens_on, wave.closes_on)
        <= network_days[wave.study.network.zone]
    ]


def to_end() -> QuerySet[Study]:
    """Studies whose last round closed so long ago that no other one is to be expected."""
    rows = Study.objects.filter(ended_at=None, launched_at__isnull=False)
    rows = rows.exclude(waves__closed_at=None)
    return rows.annotate(last=Max("waves__closed_at")).filter(
        last__lt=clock.now() - rules.ENDS_AFTER
    )


def days_by_zone() -> dict[str, date]:
    """Today's date in every zone in which a network lives."""
    zones = Network.objects.order_by().values_list("zone", flat=True).distinct()
    return {zone: clock.today(zone) for zone in zones}


def _by_zone(days: dict[str, date], lookup: str) -> Q:
    found = Q(pk__in=[])
    for zone, day in days.items():
        found |= Q(**{lookup: day, "study__network__zone": zone})
    return found


def ends_by_itself(study: Study) -> date | None:
    """The day on which a study whose rounds are all closed ends by itself."""
    last = study.waves.aggregate(at=Max("closed_at"))["at"]
    return (last + rules.ENDS_AFTER + timedelta(days=1)).date() if last else None


# --- Own data ------------------------------------------------------------------------------------


Given = tuple[str, str, dict[str, str], list[tuple]]


def own_answers(person: Person) -> Given:
    """What the person answered in studies that have not ended, for their download: a name, a
    title, labels and rows (settings.OWN_DATA)."""
    labels = {
        "network": _("Network"), "survey": _("Survey"), "round": _("Round"),
        "question": _("Question"), "answer": _("Your answer"),
    }  # fmt: skip
    rows = [row for study in _with_key() for row in _own_rows(study, person)]
    return "evaluation.Response", _("Your answers to surveys that have not ended"), labels, rows


def _with_key() -> QuerySet[Study]:
    return Study.objects.filter(key__isnull=False).select_related("network").order_by("pk")


def _own_rows(study: Study, person: Person) -> Iterator[tuple]:
    own = marks(study, person, "response")
    rows = list(Response.objects.filter(wave__study=study, mark__in=own).select_related("wave"))
    items = {item.uid: item for item in study.items.all()} if rows else {}
    for row in sorted(rows, key=lambda row: row.wave.number):
        for uid, value in row.answers.items():
            answer = said_in_words(items[uid], value)
            yield study.network.name, study.title, row.wave.number, items[uid].text, answer


def said_in_words(item: Item, value: Any) -> str:
    """An answer as somebody reads it."""
    if item.kind == ItemKind.RANKING:
        return ", ".join(item.options[code] for code in value)
    return str(rules.SCALE_LABELS[value - 1]) if item.kind == ItemKind.SCALE else str(value)
