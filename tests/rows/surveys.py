"""The pages of surveys: a coordinator's, and those that a mail's link opens."""

from datetime import timedelta

from evaluation.surveys import actions, queries
from evaluation.surveys.models import Study, Wave
from peernet.lib import clock
from tests.declared import DONE, Page, coordinators, everybody, here, members


def draft(world):
    """A survey that nobody was asked yet."""
    found = Study.objects.filter(network=world.place, launched_at=None).first()
    study = found or actions.open_study(world.place, "How it works", by=world["coordinator"])
    return world.place.slug, study.pk


def open_round(world):
    """A round that asks everybody here now."""
    rows = Wave.objects.filter(study__network=world.place, number=1, closed_at=None)
    wave = rows.filter(opened_at__isnull=False).first()
    if wave is None:
        study = actions.open_study(world.place, "How it is", by=world["coordinator"])
        today = clock.today(world.place.zone)
        days = (today, today + timedelta(days=14))
        wave = actions.launch(study, *days, shared=True, by=world["coordinator"])
    return wave


def launched(world):
    return world.place.slug, open_round(world).study_id


def one_round(world):
    return (*launched(world), 1)


def asked(world):
    return world.place.slug, open_round(world).pk


def link(*rest):
    return lambda world: (queries.token_for(open_round(world), world["member"]), *rest)


def more_studies(world, n):
    Study.objects.bulk_create(Study(network=world.place, title=f"Survey {i}") for i in range(n))


C, D = coordinators(), coordinators(DONE)
ROWS = [
    Page("surveys", get=C, args=here, grow=more_studies),
    Page("survey_new", get=C, post=D, args=here),
    Page("survey", get=C, args=launched),
    Page("survey_edit", get=C, post=D, args=draft),
    Page("survey_discard", post=D, args=draft),
    Page("survey_preview", get=C, args=lambda world: (*draft(world), 8)),
    Page("survey_launch", get=C, post=D, args=draft),
    Page("survey_end", get=C, post=D, args=launched),
    Page("survey_round", get=C, args=one_round),
    Page("survey_csv", get=C, args=one_round, look_as=None, why="a file for a spreadsheet"),
    Page("survey_close", post=D, args=one_round),
    Page("survey_take_back", post=D, args=one_round),
    Page("survey_answer", get=members(DONE), args=asked, look_as=None, why="leads to the survey"),
    Page("survey_by_mail", get=everybody(), args=link(), look_as="anonymous"),
    Page(
        "survey_question", get=everybody(), post=everybody(DONE), args=link(7),
        look_as="anonymous",
    ),
    Page("survey_send", get=everybody(), post=everybody(DONE), args=link(), look_as="anonymous"),
    Page("survey_stop", get=everybody(), post=everybody(DONE), args=link(), look_as="anonymous"),
]  # fmt: skip
