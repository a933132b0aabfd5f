import re
import uuid

import pytest
from django import forms as django_forms
from django.http import QueryDict

from peernet.lib import forms
from peernet.lib.errors import Refused


class Note(forms.Form):
    name = django_forms.CharField(max_length=10)
    about = django_forms.CharField(widget=django_forms.Textarea, required=False)
    kind = django_forms.ChoiceField(choices=[("a", "A")], widget=django_forms.RadioSelect)
    day = django_forms.DateField(widget=forms.DateInput, required=False)


def note(**data):
    return Note({"name": "Ann", "kind": "a"} | data)


def html(form):
    return str(form)


def test_a_text_is_the_same_however_its_letters_were_typed():
    form = note(name="Rene\u0301")
    assert form.is_valid()
    assert form.cleaned_data["name"] == "Ren\u00e9"


def test_characters_nobody_sees_are_dropped():
    form = note(about="\ufeffone\x07\u202e two\vthree\r\nfour\tfive")
    assert form.is_valid()
    assert form.cleaned_data["about"] == "one two\nthree\r\nfour\tfive"


def test_a_character_that_cannot_be_kept_is_said_beside_its_field():
    form = note(name="An\x00n")
    assert not form.is_valid()
    assert form.errors["name"] == [
        "“Name” held a character that cannot be kept. Look at it, then send it again."
    ]
    assert 'value="Ann"' in html(form)
    assert "\x00" not in html(form)


def test_a_posted_list_stays_a_list():
    data = QueryDict("kind=a&kind=b\x00")
    form = Note(data)
    assert form.data.getlist("kind") == ["a", "b"]


def test_too_long_is_said_in_numbers_and_nothing_is_cut_off():
    form = note(name="x" * 40)
    assert form.errors["name"] == ["Use 10 characters or fewer. You wrote 40."]
    assert "x" * 40 in html(form)
    assert "maxlength" not in html(form)


def test_a_text_without_a_limit_of_its_own_has_one():
    assert "about" in note(about="x" * (forms.LONGEST_TEXT + 1)).errors
    assert "about" not in note(about="x" * forms.LONGEST_TEXT).errors


f = django_forms
SENTENCES = [
    (f.CharField(label="Name"), "", "Fill in “Name”."),
    (f.CharField(label="100% sure"), "", "Fill in “100% sure”."),
    (f.CharField(error_messages={"required": "Who?"}), "", "Who?"),
    (f.EmailField(), "no", "Enter an email address like name@example.org."),
    (
        f.URLField(assume_scheme="https"),
        "//",
        "Enter a whole web address, like https://example.org.",
    ),
    (f.IntegerField(label="Hours"), "ten", "Enter a whole number for “Hours”, like 12."),
    (f.IntegerField(min_value=15), "3", "Enter 15 or more."),
    (f.DecimalField(label="Sum"), "x", "Enter an amount for “Sum” in figures, like 1500 or 12.50."),
    (f.DateField(label="Day"), "31/02", "Enter a real date for “Day”, with day, month and year."),
    (f.TimeField(label="Start"), "25", "Enter a time for “Start” like 10:30."),
    (f.ChoiceField(label="5%", choices=[("a", "A")]), "b", "Choose one of the answers shown."),
    (f.BooleanField(label="I agree"), "", "Tick “I agree” to go on."),
]


@pytest.mark.parametrize(("field", "value", "sentence"), SENTENCES)
def test_each_field_says_what_to_do(field, value, sentence):
    form = type("One", (forms.Form,), {"it": field})({"it": value})
    assert form.errors["it"] == [sentence]


def test_words_follow_a_label_that_a_form_changes_when_it_is_made():
    class Late(forms.Form):
        it = django_forms.CharField()

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["it"].label = "Your town"

    assert Late({}).errors["it"] == ["Fill in “Your town”."]


def test_one_form_does_not_change_the_words_of_the_next():
    first, second = note(about="x" * 30_000), note(about="x" * 30_000)
    assert len(first.errors["about"]) == len(second.errors["about"]) == 1
    second.full_clean()
    assert len(second.errors["about"]) == 1


def test_the_key_stays_with_a_form_that_comes_back():
    first = Note()
    key = re.search(r'name="once" value="([^"]+)"', html(first))[1]
    assert uuid.UUID(key)
    assert f'name="once" value="{key}"' in html(note(name="", once=key))
    assert Note().once != key


def test_a_key_that_was_tampered_with_is_replaced():
    assert uuid.UUID(note(once="'; drop").once)


def test_a_refusal_is_shown_in_the_summary():
    form = note()
    assert form.is_valid()
    forms.add_refusal(form, Refused("This series ended with its grant on 30 April."))
    assert "There is a problem" in html(form)
    assert "This series ended with its grant on 30 April." in html(form)


def test_the_summary_leads_to_each_field_in_order_and_takes_the_focus():
    page = html(Note({}))
    assert re.findall(r'<a href="#(\w+)">', page) == ["id_name", "id_kind_0"]
    for target in ("id_name", "id_kind_0"):
        assert f'id="{target}"' in page
    assert re.search(r'class="summary"\s[^>]*tabindex="-1"\s+autofocus', page)


def test_a_field_is_tied_to_its_hint_and_its_error():
    page = html(Note({}))
    assert 'aria-describedby="id_name_error"' in page
    assert 'id="id_name_error"' in page
    assert 'aria-invalid="true"' in page
    assert "(optional)" in page
    assert " required" not in page


def test_a_date_is_given_to_the_browser_as_it_wants_it():
    page = html(Note(initial={"day": "2026-12-01"}))
    assert 'type="date"' in page
    assert 'value="2026-12-01"' in page


def test_a_form_does_not_save():
    with pytest.raises(TypeError):
        forms.ModelForm.save(None)
