"""Surveys: two networks that were asked twice, and one survey that is open now."""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from evaluation.surveys import actions, queries
from evaluation.surveys.models import Answered, Item, Response, Study, Wave
from members.people.models import Person
from networks.network.models import Network
from peernet.lib import clock

from . import story
from .sectors import SECTORS

SEED = 1938
TITLE = "How this network works for you"
WORDS = (
    "The half hour before the session is worth as much as the session.",
    "Please keep the notes short.",
    "I should like to visit two of the others.",
    "It kept me going last winter.",
    "More time for the small things that go wrong.",
    "I have used three ideas from here since we began.",
)


def tell() -> None:
    """Two rounds in two of the programme's networks, and an open one where the demo's member is."""
    dice = Random(SEED)
    for sector in (SECTORS[0], SECTORS[5]):
        _asked_twice(Network.objects.get(name=sector.name, demo=True), dice)
    _open_now(Network.objects.get(name=story.CARE, demo=True), dice)


def _asked_twice(place: Network, dice: Random) -> None:
    """Answers a little lower at first, a little higher after half a year."""
    today = clock.today(place.zone)
    study = _study(place)
    people = queries.asked(Wave(study=study)).order_by("pk")
    leanings = {person: dice.choice([-1, 0, 0, 1]) for person in people}
    for number, ago in ((1, 230), (2, 40)):
        wave = _wave(study, number, today - timedelta(days=ago))
        for person, leaning in leanings.items():
            if dice.random() < 0.9:
                _answer(wave, person, leaning + number - 1, dice)
        actions.close(wave, by=study.made_by)
        closed = _moment(wave.closes_on + timedelta(days=1), place)
        Wave.objects.filter(pk=wave.pk).update(closed_at=closed, reminded=True)


def _open_now(place: Network, dice: Random) -> None:
    """Open since three days: half of them have answered, and Amina has not."""
    study = _study(place)
    today = clock.today(place.zone)
    wave = actions.launch(study, today, today + timedelta(days=11), shared=True, by=study.made_by)
    for person in queries.asked(wave).order_by("pk"):
        if person.name not in ("Amina Begum", story.COORDINATOR) and dice.random() < 0.5:
            _answer(wave, person, dice.choice([-1, 0, 1]), dice)


def _study(place: Network) -> Study:
    lead = Person.objects.get(
        memberships__network=place, memberships__role="coordinator", memberships__until=None
    )
    return actions.open_study(place, TITLE, by=lead)


def _wave(study: Study, number: int, first: date) -> Wave:
    opened = _moment(first, study.network)
    Study.objects.filter(pk=study.pk).update(launched_at=opened, shared=True)
    return Wave.objects.create(
        study=study, number=number, opens_on=first, closes_on=first + timedelta(days=14),
        opened_at=opened,
    )  # fmt: skip


def _answer(wave: Wave, person: Person, leaning: int, dice: Random) -> None:
    said = {}
    for item in wave.study.items.all():
        if (value := _value(item, leaning, dice)) is not None:
            said[item.uid] = value
    mark = queries.response_mark(wave.study, person)
    Response.objects.create(wave=wave, mark=mark, answers=said, sent=True)
    Answered.objects.create(wave=wave, mark=queries.answered_mark(wave.study, person.pk))


def _value(item: Item, leaning: int, dice: Random) -> int | list[str] | str | None:
    if item.kind == "scale":
        return min(max(3 + leaning + dice.choice([-1, 0, 0, 1]), 1), 5)
    if item.kind == "number":
        return min(max(6 + leaning + dice.choice([-2, -1, 0, 1, 2]), 0), 10)
    if item.kind == "ranking":
        return sorted(item.options, key=lambda code: int(code[1:]) + dice.uniform(0, 5))
    return dice.choice(WORDS) if dice.random() < 0.6 else None


def _moment(day: date, place: Network) -> datetime:
    return datetime.combine(day, time(9), ZoneInfo(place.zone))
