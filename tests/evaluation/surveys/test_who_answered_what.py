"""Nobody can be told from their answers: not by a column, an order, a time, a log or a list."""

import json
import logging
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import serializers
from django.db import connection, models

from evaluation.surveys import actions, queries
from evaluation.surveys.models import Answered, Response, Study, Wave
from evaluation.surveys.tasks import tick_surveys
from members.audit.models import AuditEntry
from members.notices.models import Notice
from members.notices.tasks import tick_outbox
from members.privacy.actions import erase
from members.privacy.queries import parts
from peernet.lib import clock
from tests import cast
from tests.evaluation.surveys.around import again, answer, fill, launch, members_of
from tests.sessions.around import words

pytestmark = pytest.mark.django_db
SECRET = "I shall leave in June"


@pytest.mark.parametrize("model", [Response, Answered])
def test_no_column_leads_to_a_person_and_none_holds_a_time(model):
    leads_to = {field.related_model for field in model._meta.fields if field.is_relation}
    assert leads_to == {Wave}
    assert {f.related_model for f in Wave._meta.fields if f.is_relation} == {Study}
    # A study leads on to whoever made it and to its network: the same for every answer.
    assert not [
        field.name
        for field in model._meta.fields
        if isinstance(field, models.DateField | models.TimeField | models.AutoField)
    ]
    assert not model._meta.related_objects, "what points at it might point at a person too"


def test_keys_are_random_and_no_mark_stands_in_both_tables(place, dan):
    people = members_of(place, 8)
    wave = launch(place, dan)
    for one in people:
        fill(wave, one)
    for model in (Response, Answered):
        keys = [row.pk for row in model.objects.all()]
        assert all(key.version == 4 for key in keys)
    marks = [set(m.objects.values_list("mark", flat=True)) for m in (Response, Answered)]
    assert not marks[0] & marks[1]


def test_closing_leaves_no_order_in_which_answers_came(place, dan):
    people = members_of(place, 12)
    wave = launch(place, dan)
    for n, one in enumerate(people):
        fill(wave, one, words=f"{n:02}")
    before = physical(wave)
    actions.close(wave, by=dan)
    after = physical(wave)
    assert len({number for _said, number in before}) == 12, "this test sees no order to hide"
    assert sorted(said for said, _x in after) == [f"{n:02}" for n in range(12)]
    assert [said for said, _x in after] != [said for said, _x in before]
    assert len({number for _said, number in after}) == 1, "one transaction wrote them all"


def physical(wave):
    """The answers as they lie in the table, each with the transaction that wrote it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT answers->>'words', xmin::text FROM evaluation_response "
            "WHERE wave_id = %s ORDER BY ctid",
            [wave.pk],
        )
        return cursor.fetchall()


def test_after_closing_nothing_tells_who_answered(place, dan, ann, travel):
    people = [ann, *members_of(place, 8)]
    wave = launch(place, dan)
    for one in people[:6]:
        fill(wave, one)
    travel(clock.now() + timedelta(days=6))
    tick_surveys()
    tick_outbox()
    actions.close(wave, by=dan)
    assert not Answered.objects.exists()
    assert not Notice.objects.filter(kind="survey_reminder").exists()
    letters = Notice.objects.filter(kind="survey")
    assert {(one.state, one.reason) for one in letters} == {("sent", "")}
    assert letters.count() == 10


def test_what_was_not_sent_is_deleted_when_it_closes(place, dan, ann):
    wave = launch(place, dan)
    answer(wave, ann, words=SECRET, send=False)
    actions.close(wave, by=dan)
    assert not Response.objects.exists()
    assert again(wave).answered == 0


def test_when_the_study_ends_its_key_is_gone_and_no_mark_can_be_made_again(place, dan, ann):
    wave = launch(place, dan)
    answer(wave, ann, words=SECRET)
    mark = Response.objects.get().mark
    study = Study.objects.get(pk=wave.study_id)
    assert queries.response_mark(study, ann) == mark
    actions.close(wave, by=dan)
    actions.end(study, by=dan)
    ended = Study.objects.get(pk=study.pk)
    assert ended.key is None
    assert queries.response_mark(ended, ann) == ""
    assert Response.objects.get().mark == mark  # there still, and nobody's
    erase(ann, by=ann)
    assert Response.objects.count() == 1


def test_a_copy_of_the_database_alone_names_nobody(place, dan, ann, settings):
    wave = launch(place, dan)
    answer(wave, ann)
    settings.SECRET_KEY = "somebody else's, who has only the database"
    assert Response.objects.get().mark != queries.response_mark(wave.study, ann)


def test_no_log_no_trail_and_no_notice_names_who_answers(place, dan, ann, caplog, client):
    trail = AuditEntry.objects.count()
    wave = launch(place, dan)
    launched = AuditEntry.objects.count()
    caplog.set_level(logging.DEBUG)
    notices = serializers.serialize("json", Notice.objects.order_by("pk"))
    answer(wave, ann, words=SECRET)
    assert launched == trail + 2
    assert AuditEntry.objects.count() == launched
    assert serializers.serialize("json", Notice.objects.order_by("pk")) == notices
    told = [r for r in caplog.records if r.name not in ("django.db.backends", "asyncio")]
    assert not [r for r in told if SECRET in r.getMessage()]
    assert not [r for r in told if str(wave.pk) + "-" + str(ann.pk) in r.getMessage()]


def test_answering_moves_nothing_but_the_two_rows(place, dan, ann):
    """A time or counter elsewhere would tell when, and so who."""
    wave = launch(place, dan)
    before = everything()
    answer(wave, ann)
    after = everything()
    changed = {label for label in before if before[label] != after[label]}
    assert changed == {"evaluation.Response", "evaluation.Answered"}


def plain(value):
    return bytes(value).hex() if isinstance(value, memoryview) else str(value)


def everything():
    found = {}
    for model in apps.get_models():
        rows = model._base_manager.order_by("pk")
        found[model._meta.label] = json.dumps(list(rows.values()), default=plain)
    return found


def test_what_we_sent_counts_the_reminded_and_names_nobody(place, dan, ann, signed_in, travel):
    launch(place, dan)
    tick_outbox()
    travel(clock.now() + timedelta(days=6))
    tick_surveys()
    tick_outbox()
    Notice.objects.filter(kind="survey_reminder").update(state="failed", settled_at=clock.now())
    page = words(signed_in(dan).get(f"/n/{place.slug}/sent/"))
    assert "A survey opened" in page
    assert "Reminder of a survey" not in page
    assert "2 messages are not in this list" in page
    assert "did not arrive" not in words(signed_in(dan).get(f"/n/{place.slug}/run/"))
    run = cast.person("Olu Works", is_operator=True)
    mail = words(signed_in(run).get("/operate/mail/?state=failed"))
    assert ("Reminder of a survey" in mail, ann.email in mail) == (True, False)


def test_every_drop_has_the_same_words(place, dan, ann, travel):
    people = members_of(place, 3)
    wave = launch(place, dan)
    travel(clock.now() + timedelta(days=6))
    tick_surveys()
    answer(wave, ann)
    actions.no_more(wave.study, people[0], by=people[0])
    tick_outbox()
    dropped = Notice.objects.filter(kind="survey_reminder", state="dropped")
    assert dropped.count() == 2
    assert {one.reason for one in dropped} == {"It no longer applied."}


def test_their_own_answers_are_in_their_download_and_nobody_elses(place, dan, ann):
    wave = launch(place, dan)
    answer(wave, ann, words="Mine")
    answer(wave, dan, words=SECRET)
    given = str([part for part in parts(ann) if part.rows])
    assert "Mine" in given
    assert "Sharing what works" in given
    assert SECRET not in given


def test_erasing_a_person_deletes_their_answers_while_they_can_be_found(place, dan, ann):
    people = members_of(place, 6)
    wave = launch(place, dan)
    for one in [*people, ann]:
        fill(wave, one, words=SECRET if one == ann else "")
    actions.close(wave, by=dan)
    numbers = again(wave).figures
    open_one = launch(place, dan, study=wave.study)
    answer(open_one, ann, words=SECRET)
    erase(ann, by=ann)
    assert SECRET not in everything()["evaluation.Response"]
    assert not Answered.objects.exists()
    assert again(wave).figures == numbers, "a changed figure would tell what they had answered"


def test_answers_are_deleted_after_two_years_and_the_figures_stay(place, dan, travel):
    wave = launch(place, dan)
    answer(wave, dan)
    actions.close(wave, by=dan)
    travel(clock.now() + timedelta(days=729))
    tick_surveys()
    assert Response.objects.count() == 1
    travel(clock.now() + timedelta(days=2))
    tick_surveys()
    assert not Response.objects.exists()
    assert again(wave).figures is not None


def test_a_study_ends_by_itself_long_after_its_last_round(place, dan, travel):
    wave = launch(place, dan)
    actions.close(wave, by=dan)
    travel(clock.now() + timedelta(days=399))
    tick_surveys()
    assert Study.objects.get().key is not None
    travel(clock.now() + timedelta(days=2))
    tick_surveys()
    assert Study.objects.get().key is None
    assert AuditEntry.objects.get(deed="survey.ended").actor_id is None
