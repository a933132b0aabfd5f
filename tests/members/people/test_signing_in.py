import re

import pytest
from django.core import mail
from django.urls import reverse

from members.people.models import Person
from tests import cast

pytestmark = pytest.mark.django_db
LOGIN, CONFIRM = "/accounts/login/", "/accounts/login/code/confirm/"


def code_in(letter):
    return re.search(r"\b\d{6}\b", letter.body)[0]


def ask(client, email, onward=""):
    return client.post(LOGIN, {"login": email, "next": onward} if onward else {"login": email})


def test_somebody_signs_in_with_the_code_from_the_mail(client):
    ann = cast.person(email="ann@example.org")
    asked = ask(client, " Ann@Example.org ")
    assert asked.url == CONFIRM
    (letter,) = mail.outbox
    assert letter.to == ["ann@example.org"]
    answer = client.post(CONFIRM, {"code": code_in(letter)})
    assert answer.status_code == 302
    assert client.get("/you/").status_code == 200
    assert ann.emailaddress_set.get().verified
