"""Every word of a Jinja2 template reaches the translators."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.template import TemplateSyntaxError

PAGE = """{% extends "base.html" %}
{% block main %}
{{ _("Plain") }}
{{ ui.button(_("Inside a call"), kind="main") }}
{% trans %}A block{% endtrans %}
{% trans name=x %}
  Hello {{ name }},
  on two lines
{% endtrans %}
{% trans n=3 %}{{ n }} person{% pluralize %}{{ n }} people{% endtrans %}
{{ ngettext("%(num)s reply", "%(num)s replies", 2) }}
{{ pgettext("month", "May") }}
{# Translators: the verb #}
{{ _("Open") }}
{% call ui.card(_("In a call block")) %}{{ _("It's “quoted”") }}{% endcall %}
{% endblock %}
"""


@pytest.fixture
def catalogue(tmp_path, monkeypatch, settings):
    monkeypatch.chdir(tmp_path)
    settings.LOCALE_PATHS = [str(tmp_path / "locale")]
    (tmp_path / "locale").mkdir()
    (tmp_path / "templates").mkdir()

    def make(source):
        (tmp_path / "templates/page.html").write_text(source)
        call_command("makemessages", locale=["cy"], verbosity=0)
        return (tmp_path / "locale/cy/LC_MESSAGES/django.po").read_text()

    return make


def test_every_way_of_saying_a_word_is_found(catalogue):
    text = catalogue(PAGE)
    for word in [
        "Plain",
        "Inside a call",
        "A block",
        "Hello %(name)s, on two lines",
        "%(n)s person",
        "%(num)s reply",
        "May",
        "Open",
        "In a call block",
        "It's “quoted”",
    ]:
        assert f'msgid "{word}"' in text, word
    assert 'msgid_plural "%(n)s people"' in text
    assert 'msgid_plural "%(num)s replies"' in text
    assert 'msgctxt "month"' in text


def test_a_word_is_shown_with_its_place_and_its_note(catalogue):
    text = catalogue(PAGE)
    assert re.search(r'#: templates/page.html:4\nmsgid "Inside a call"', text)
    assert "#. Translators: the verb" in text


def test_a_broken_template_is_named(catalogue):
    with pytest.raises((TemplateSyntaxError, CommandError), match=r"templates/page.html:2"):
        catalogue("\n{% if %}")
