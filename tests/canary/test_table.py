"""Every field that holds text says who may meet it; the table names no field that is gone."""

from django.apps import apps
from django.db import models

from . import fields
from .paint import declared_for, text_fields

KNOWN = {"members", "hosts", "coordinators", "owner", "colleagues", "funders", "operator", "holder",
         "asked", "former", "funded", "link", "linked", "proposed", "everybody",
         "signed_in"}  # fmt: skip


def undeclared(all_models):
    return [f"{model._meta.label}.{one.name}" for model in all_models
            for one in text_fields(model) if declared_for(model, one.name) is None]  # fmt: skip


def test_every_field_that_holds_text_says_who_may_meet_its_words():
    found = undeclared(apps.get_models())
    assert not found, f"say in tests/canary/fields.py who may meet: {found}"


def test_the_table_names_no_field_that_is_not_there():
    real = {f"{model._meta.label}.{one.name}"
            for model in apps.get_models() for one in text_fields(model)}  # fmt: skip
    said = {f"{label}.{name}" for label, row in fields.TABLE.items() for name in row.fields}
    assert said <= real, sorted(said - real)


def test_the_table_knows_its_audiences():
    for label, row in fields.TABLE.items():
        for name, audiences in row.fields.items():
            if audiences not in (fields.NEVER, fields.CODE, fields.MADE):
                assert {*audiences.split()} - {"="} <= KNOWN, f"{label}.{name}"


def test_a_new_text_field_without_a_line_is_found():
    """The guard's own test: a model as somebody may add it tomorrow."""

    class Whisper(models.Model):
        words = models.TextField()
        kind = models.CharField(max_length=4, choices=[("a", "A")])
        said = models.JSONField(default=dict)

        class Meta:
            app_label = "networks"
            managed = False

    try:
        assert undeclared([Whisper]) == ["networks.Whisper.words", "networks.Whisper.said"]
    finally:
        del apps.all_models["networks"]["whisper"]
        apps.clear_cache()
