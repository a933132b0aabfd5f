from datetime import date
from decimal import Decimal

import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.urls import reverse
from jinja2 import UndefinedError


def shown(source, **context):
    return engines["jinja2"].from_string(source).template.render(**context)


@pytest.mark.parametrize("value", [None, 3.5, Decimal(3), date(2026, 12, 1), len, print], ids=str)
def test_a_page_refuses_to_print_what_nobody_means_to_read(value):
    with pytest.raises(TypeError, match="cannot print"):
        shown("{{ value }}", value=value)


@pytest.mark.parametrize("source", ["{{ nobody }}", "{{ me.nmae }}", "{% if nobody %}{% endif %}"])
def test_a_misspelt_name_is_an_error_that_says_which(source):
    with pytest.raises(UndefinedError, match=r"nobody|nmae"):
        shown(source, me=object())


def test_what_people_typed_is_escaped():
    assert shown("<p>{{ name }}</p>", name="<script>'x'") == "<p>&lt;script&gt;&#39;x&#39;</p>"


def test_a_text_mail_is_not_escaped():
    name = "account/messages/login_code_sent.txt"
    assert "o'neill@example.org" in render_to_string(name, {"recipient": "o'neill@example.org"})


def test_addresses_are_those_of_django():
    assert shown('{{ url("account_login") }}') == reverse("account_login")


def test_icons_are_hidden_from_screen_readers_and_need_no_style():
    svg = shown('{{ icon("house", 20) }}')
    assert 'aria-hidden="true"' in svg
    assert 'width="20"' in svg
    assert "style=" not in svg
