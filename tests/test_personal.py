"""Every model says what it holds about a person, and what download and erasure do with it."""

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from members.merging.queries import clashes
from members.people.models import Person
from members.privacy.rules import THIRD_PARTY
from peernet.lib.personal import Declaration

MODELS = [model for model in apps.get_models() if not model._meta.proxy]
OURS = {"members", "networks", "peer_sessions", "evaluation", "peernet"}


def declaration(model):
    if model._meta.app_label in OURS:
        return model.__dict__.get("personal")
    return THIRD_PARTY.get(model._meta.label)


def field_at(model, path):
    """The field at the end of a path such as "thread__title"."""
    field = None
    for name in path.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model or model
    return field


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_each_model_declares_what_it_holds_about_people(model):
    assert isinstance(declaration(model), Declaration), (
        f"{model._meta.label} does not say what it holds about a person: "
        "give it `personal = personal.about(…)` or `personal.nothing(…)`."
    )


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_what_is_declared_exists(model):
    said = declaration(model)
    for path in (*said.about, *said.did):
        if path != "self":
            field_at(model, path)
    for path in (*said.download, *said.blank, *said.address, *said.did_download):
        try:
            field_at(model, path)
        except FieldDoesNotExist:
            pytest.fail(f"{model._meta.label} declares {path}, which it does not have")


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_a_model_that_points_at_a_person_cannot_say_it_holds_nothing(model):
    pointing = [f.name for f in model._meta.fields if f.related_model is Person]
    if pointing:
        said = declaration(model)
        unsaid = {*pointing} - {*said.about, *said.did}
        assert not unsaid, f"{model._meta.label} points at people by {sorted(unsaid)}"


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_where_two_accounts_of_one_person_may_clash_it_is_said_what_stays(model):
    met, said = clashes(model), declaration(model).merge
    assert said or not met, (
        f"{model._meta.label} allows one row of {[clash.path for clash in met]} each: "
        "say which of two stays when accounts are merged (`merge=personal.Merging(…)`)."
    )
    if said and said.how not in ("gone", "kept"):
        assert met, f"{model._meta.label}: nothing can clash, so there is nothing to say"
        assert {clash.spells for clash in met} == {said.how == "joined"}
        for name in (said.by, said.began, *said.apart, *(name for name, _order in said.rank)):
            assert not name or field_at(model, name)
