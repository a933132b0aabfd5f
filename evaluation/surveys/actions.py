"""Opening a survey, asking, answering, closing; and forgetting who said what."""

from collections.abc import Mapping, Sequence
from datetime import date
from random import SystemRandom
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import forget as forget_notices
from members.notices.actions import tell, withdraw
from members.people.models import Person
from networks.network.models import Cohort, Network
from peernet.lib import clock
from peernet.lib import once as doubled
from peernet.lib.errors import Refused

from . import queries, rules
from .models import Answered, Item, NoMore, Response, Study, Wave

Wording = Mapping[str, tuple[str, Sequence[str]]]  # uid -> words, lines of a ranking
OVER = "It no longer applied."  # the same for every reason: none may tell who has answered


@transaction.atomic
def open_study(
    network: Network,
    title: str,
    *,
    cohort: Cohort | None = None,
    by: Person,
    key: UUID | None = None,
) -> Study:
    """A new survey with the ready-made questions, for nobody but the coordinator to see yet.
    `cohort`: only its people are asked."""
    said = {"network": network, "title": title.strip(), "cohort": cohort, "made_by": by}
    study, new = doubled.create(Study, key, **said)
    if new:
        Item.objects.bulk_create(
            Item(
                study=study, uid=one.uid, kind=one.kind, position=at, text=str(one.text),
                options={f"o{n}": str(words) for n, words in enumerate(one.options, start=1)},
            )
            for at, one in enumerate(rules.BASELINE, start=1)
        )  # fmt: skip
        note("survey.opened", by=by, network_id=network.pk, about_id=study.pk)
    return study


@transaction.atomic
def edit(study: Study, title: str, wording: Wording, *, by: Person) -> None:
    """Keep the questions named in `wording` (uid -> words, options), in their order, and only
    those. Raises Refused once the survey was launched, and when no question is left."""
    study = _locked(study)
    if study.launched_at:
        raise Refused(_("The survey was launched: its words stay, so that rounds compare."))
    if not wording:
        raise Refused(_("Keep one question at least."))
    Study.objects.filter(pk=study.pk).update(title=title.strip())
    for item in study.items.all():
        if item.uid not in wording:
            item.delete()
            continue
        item.text, lines = wording[item.uid]
        item.options = {f"o{n}": line for n, line in enumerate(lines, start=1)}
        item.save(update_fields=["text", "options"])
    note("survey.edited", by=by, network_id=study.network_id, about_id=study.pk)


@transaction.atomic
def discard(study: Study, *, by: Person) -> None:
    """Throw away a survey nobody was asked yet. Raises Refused for any other."""
    study = _locked(study)
    if study.launched_at:
        raise Refused(_("The survey was launched already: end it instead."))
    note("survey.discarded", by=by, network_id=study.network_id, about_id=study.pk)
    study.delete()


@transaction.atomic
def launch(study: Study, opens: date, closes: date, *, shared: bool = False, by: Person) -> Wave:
    """Ask everybody, from `opens` to `closes` (days in the network's zone, both included).

    The first time `shared` says whether the funder sees totals; later rounds keep what was said
    then. Raises Refused.
    """
    study = _locked(study)
    if study.ended_at:
        raise Refused(_("This survey has ended. Open a new one."))
    if study.waves.filter(closed_at=None).exists():
        raise Refused(_("A round is under way. The next one can follow when it has closed."))
    today = clock.today(study.network.zone)
    rules.check_days(opens, closes, today)
    if study.launched_at is None:
        study.launched_at, study.shared = clock.now(), shared
        study.save(update_fields=["launched_at", "shared"])
    number = study.waves.count() + 1
    wave = Wave.objects.create(study=study, number=number, opens_on=opens, closes_on=closes)
    note("survey.launched", by=by, network_id=study.network_id, about_id=study.pk, round=number)
    return _open(wave) if opens == today else wave


@transaction.atomic
def save(wave: Wave, person: Person, item: Item, typed: Mapping[str, str], *, by: Person) -> None:
    """Keep one answer, or that the question was skipped; until they are sent. Raises Refused."""
    value = rules.checked(item.kind, typed, list(item.options))
    response = _own(wave, person)
    said = {uid: answer for uid, answer in response.answers.items() if uid != item.uid}
    response.answers = said if value is None else said | {item.uid: value}
    response.save(update_fields=["answers"])


@transaction.atomic
def skip(wave: Wave, person: Person, item: Item, *, by: Person) -> None:
    """Take back what was answered to one question. Raises Refused."""
    response = _own(wave, person)
    response.answers.pop(item.uid, None)
    response.save(update_fields=["answers"])


@transaction.atomic
def send(wave: Wave, person: Person, *, by: Person) -> None:
    """Hand the answers in, for good; handing them in again is nothing. Raises Refused."""
    if queries.has_answered(wave, person):
        return
    response = _own(wave, person)
    if not response.answers:
        raise Refused(_("You have skipped every question. Answer one at least, then send."))
    response.sent = True
    response.save(update_fields=["sent"])
    mark = queries.answered_mark(wave.study, person.pk)
    Answered.objects.get_or_create(wave=wave, mark=mark)


def _own(wave: Wave, person: Person) -> Response:
    """The person's answers, held until the transaction ends; the round cannot close meanwhile."""
    now = Wave.objects.select_for_update(no_key=True, of=("self",)).select_related("study__network")
    wave = now.get(pk=wave.pk)
    if no := queries.why_closed(wave, person):
        raise Refused(no)
    if queries.has_answered(wave, person):
        raise Refused(_("You have sent your answers already. Thank you."))
    mark = queries.response_mark(wave.study, person)
    return Response.objects.get_or_create(wave=wave, mark=mark)[0]


@transaction.atomic
def no_more(study: Study, person: Person, *, by: Person) -> None:
    """No more mail about this survey; they may still answer."""
    NoMore.objects.get_or_create(study=study, person=person)
    waves = list(study.waves.values_list("pk", flat=True))
    mine = Person.objects.filter(pk=person.pk)
    withdraw(waves, "survey", "survey_reminder", reason=OVER, people=mine)


@transaction.atomic
def close(wave: Wave, *, by: Person | None = None) -> None:
    """End a round: what was sent is added up, and nothing tells any more who answered.

    `by` is None when its last day is over. Closing twice is nothing. Raises Refused before it
    has opened.
    """
    wave = Wave.objects.select_for_update(of=("self",)).select_related("study").get(pk=wave.pk)
    if wave.closed_at:
        return
    if wave.opened_at is None:
        raise Refused(_("It has not opened yet. Take it back instead."))
    found = queries.rate(wave)
    wave.asked, wave.answered = found.asked, found.answered
    _mix(wave)
    wave.figures = _added_up(wave)
    wave.closed_at = clock.now()
    wave.save(update_fields=["asked", "answered", "figures", "closed_at"])
    wave.done.all().delete()
    forget_notices(wave.pk, "survey_reminder")
    withdraw(wave.pk, "survey", reason=OVER)
    network = wave.study.network_id
    note("survey.closed", by=by, network_id=network, about_id=wave.study_id, round=wave.number)


def _mix(wave: Wave) -> None:
    """Write what was sent anew, in a random order and at once; what was not sent is gone.

    Rows lie in a table in the order in which they came, each with the number of the transaction
    that wrote it: whoever reads the database and knows when somebody answered could tell.
    """
    rows = [
        Response(wave=wave, mark=row.mark, answers=row.answers, sent=True)
        for row in wave.responses.filter(sent=True)
    ]
    SystemRandom().shuffle(rows)
    wave.responses.all().delete()
    Response.objects.bulk_create(rows)


def _added_up(wave: Wave) -> dict[str, dict]:
    asked = [(item.uid, item.kind, list(item.options)) for item in wave.study.items.all()]
    after = dict(wave.responses.values_list("mark", "answers"))
    before = queries.previous(wave)
    earlier = dict(before.responses.values_list("mark", "answers")) if before else {}
    pairs = [(earlier[mark], after[mark]) for mark in after if mark in earlier]
    return {
        "items": rules.figures(asked, after.values()),
        "change": rules.change(asked, pairs) if before else {},
    }


@transaction.atomic
def take_back(wave: Wave, *, by: Person) -> None:
    """Take back a round that has not opened yet. Raises Refused once it has."""
    wave = Wave.objects.select_for_update(of=("self",)).select_related("study").get(pk=wave.pk)
    if wave.opened_at:
        raise Refused(_("It is open already: close it instead."))
    network, number = wave.study.network_id, wave.number
    note("survey.taken_back", by=by, network_id=network, about_id=wave.study_id, round=number)
    wave.delete()
    if not wave.study.waves.exists():
        Study.objects.filter(pk=wave.study_id).update(launched_at=None, shared=False)


@transaction.atomic
def end(study: Study, *, by: Person | None = None) -> None:
    """Delete the key, for good: no later round pairs with these, and nobody's answers can be
    found again. `by` is None when it happens by itself. Raises Refused while a round is open."""
    study = _locked(study)
    if study.ended_at:
        return
    if study.waves.filter(closed_at=None).exists():
        raise Refused(_("A round is under way. Close it, or take it back, first."))
    study.key, study.ended_at = None, clock.now()
    study.save(update_fields=["key", "ended_at"])
    note("survey.ended", by=by, network_id=study.network_id, about_id=study.pk)


def forget(person: Person) -> None:
    """Erase what the person answered, as far as it can still be found (settings.OWN_DATA).

    The numbers that closed rounds added up to stay. Of studies that have ended nothing can be
    found, by anybody.
    """
    for study in Study.objects.filter(key__isnull=False):
        Response.objects.filter(
            wave__study=study, mark__in=queries.marks(study, person, "response")
        ).delete()
        Answered.objects.filter(
            wave__study=study, mark__in=queries.marks(study, person, "answered")
        ).delete()


def merged(into: Person, old: Person) -> None:
    """Two accounts of one person become one (settings.MERGED): of a round under way, what the
    second wrote goes where the first has answered, or where it was not sent.

    All else stays under its own mark, which nobody could see change its owner: it is found by both
    numbers while it can be found at all.
    """
    for study in Study.objects.filter(key__isnull=False):
        mark = queries.response_mark(study, old)
        for response in Response.objects.filter(
            wave__study=study, wave__closed_at=None, mark=mark
        ).select_related("wave"):
            if not response.sent or queries.has_answered(response.wave, into):
                response.delete()
                response.wave.done.filter(mark=queries.answered_mark(study, old.pk)).delete()


# --- What the clock does -------------------------------------------------------------------------


def keep_time() -> None:
    """Open, remind and close what is due; end studies long over; delete answers past their time."""
    days = queries.days_by_zone()
    for wave in queries.to_open(days):
        _open(wave)
    for wave in queries.to_close(days):
        close(wave)
    for wave in queries.to_remind(days):
        _remind(wave)
    for study in queries.to_end():
        end(study)
    Response.objects.filter(wave__closed_at__lt=clock.now() - rules.KEPT).delete()


@transaction.atomic
def _open(wave: Wave) -> Wave:
    """Everybody who is a member now is asked, once."""
    rows = Wave.objects.select_for_update(of=("self",)).select_related("study__network")
    wave = rows.get(pk=wave.pk)
    if wave.opened_at:
        return wave
    wave.opened_at = clock.now()
    wave.save(update_fields=["opened_at"])
    people = queries.not_answered(wave)  # so far, all but those who want no mail about it
    tell(people, "survey", wave.pk, network_id=wave.study.network_id)
    return wave


@transaction.atomic
def _remind(wave: Wave) -> None:
    rows = Wave.objects.select_for_update(of=("self",)).select_related("study__network")
    wave = rows.get(pk=wave.pk)
    if wave.reminded or wave.closed_at:
        return
    wave.reminded = True
    wave.save(update_fields=["reminded"])
    network = wave.study.network_id
    tell(queries.not_answered(wave), "survey_reminder", wave.pk, network_id=network)


def _locked(study: Study) -> Study:
    rows = Study.objects.select_for_update(of=("self",)).select_related("network")
    return rows.get(pk=study.pk)
