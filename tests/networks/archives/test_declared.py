"""Every model says how it goes into the archive of a network, or why it does not."""

import pytest
from django.apps import apps
from django.utils.module_loading import import_string

from members.people.models import Person
from networks.network.models import Network
from peernet.lib.portable import Portable
from tests.test_personal import OURS, field_at

MODELS = [model for model in apps.get_models() if model._meta.app_label in OURS]


def leads_to_a_network(model, seen=()):
    """Whether a row is of one network: by its keys, or by a plain number of one."""
    if model is Network:
        return True
    if model is Person or model in seen:  # a person is in many
        return False
    names = {field.name for field in model._meta.fields}
    further = (field.related_model for field in model._meta.fields if field.related_model)
    return "network_id" in names or any(leads_to_a_network(o, (*seen, model)) for o in further)


def test_what_the_guard_takes_for_a_thing_of_a_network():
    names = {model.__name__ for model in MODELS if leads_to_a_network(model)}
    assert {"Post", "AuditEntry", "Wave", "AgreedAction", "SealedRoom"} <= names
    assert not {"Person", "Organisation", "Device", "Archive", "Funder"} & names


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_each_model_that_leads_to_a_network_says_how_it_goes_into_its_archive(model):
    said = model.__dict__.get("portable")
    if leads_to_a_network(model):
        assert isinstance(said, Portable), (
            f"{model._meta.label} does not say how it goes into a network's archive: give it "
            "`portable = portable.rows(…)` or `portable.left_out(why)`."
        )
    if said:
        assert bool(said.at) != bool(said.why), "It goes in, or it says why not."


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_what_is_declared_exists(model):
    said = model.__dict__.get("portable") or Portable()
    ways = [*said.fields, *said.where, said.room, said.said, said.file]
    for path in filter(None, ways):
        field_at(model, path.removesuffix("__isnull").removesuffix("__in"))
    dotted = [said.only, *said.through.values(), *said.made.values(), *said.words.values()]
    for name in filter(None, dotted):
        assert import_string(name) is not None
