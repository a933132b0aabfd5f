"""Nothing of anybody's gets into the logs: not by an exception, a path, a task or a mail server."""

import json
import logging

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from members.people.models import Person
from peernet.lib.logs import Line
from peernet.pages import views
from tests import cast

CANARY = "canary@example.org"


@pytest.fixture
def written():
    """The lines that the process writes."""
    lines = []
    handler = logging.Handler()
    handler.setFormatter(Line())
    handler.emit = lambda record: lines.append(handler.format(record))
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


def only(lines):
    (line,) = lines
    assert "canary" not in line.lower()
    assert "\n" not in line
    return json.loads(line)


@pytest.mark.django_db
def test_an_exception_is_told_by_its_type_and_place_without_its_words(written):
    cast.person(email=CANARY)
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        Person.objects.create(email=CANARY)
    assert CANARY in str(broken.value), "this test no longer sees what it guards against"
    logging.getLogger("peernet.x").error("saving failed", exc_info=broken.value)
    said = only(written)
    assert said["says"] == "saving failed"
    assert said["fault"] == ["IntegrityError", "UniqueViolation"]
    assert any("test_logs.py" in place for place in said["where"])


@pytest.mark.django_db
def test_a_page_that_fails_is_told_by_its_name_and_not_by_its_path(written, monkeypatch):
    def fail(*_args, **_words):
        raise ValueError(CANARY)

    monkeypatch.setattr(views.health, "report", fail)
    client = Client()
    client.raise_request_exception = False
    assert client.get("/healthz", {"q": CANARY}).status_code == 500
    said = only(written)
    assert (said["page"], said["method"], said["says"]) == (
        "healthz",
        "GET",
        "Internal Server Error: healthz",
    )
    assert said["fault"] == ["ValueError"]


@pytest.mark.django_db
def test_a_refused_form_does_not_tell_the_token_in_its_address(written):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/join/canary-token/", {"name": CANARY}).status_code == 403
    assert only(written)["level"] == "WARNING"


def test_a_task_that_fails_does_not_tell_what_it_was_given(written):
    told = dict.fromkeys(("exc", "traceback", "args", "kwargs", "return_value"), CANARY)
    told |= {"name": "tick", "id": "1", "description": "raised unexpected"}
    logging.getLogger("celery.app.trace").error(
        "Task %(name)s[%(id)s] %(description)s: %(exc)s\n%(traceback)s", told
    )
    assert only(written)["says"] == "Task tick[1] raised unexpected:"


@pytest.mark.parametrize("odd", ["two\nlines", "\x00", "🦜", '"}'])
def test_any_words_stay_one_line(written, odd):
    logging.getLogger("peernet.x").warning("%s", odd)
    assert only(written)["says"] == odd
