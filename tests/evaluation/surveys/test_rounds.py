"""Who is asked and reminded, when a round opens and closes, and what the coordinator sees."""

from datetime import date, timedelta

import pytest

from evaluation.surveys import actions
from evaluation.surveys.models import Item, Study, Wave
from evaluation.surveys.tasks import tick_surveys
from members.notices.models import Notice
from members.notices.tasks import tick_outbox
from networks.membership.models import Membership
from peernet.lib import clock
from peernet.lib.errors import Refused
from tests import cast
from tests.evaluation.surveys.around import again, answer, fill, launch, link, members_of
from tests.sessions.around import post, words

pytestmark = pytest.mark.django_db


def reminded():
    """Who was reminded since the last time."""
    tick_surveys()
    tick_outbox()
    return {one.to[0] for one in post() if "still open" in one.subject}


def test_everybody_is_asked_once_however_often_the_bell_rings(place, dan, ann):
    wave = launch(place, dan)
    for _ in range(3):
        tick_surveys()
        tick_outbox()
    assert sorted(one.to[0] for one in post()) == sorted([dan.email, ann.email])
    assert again(wave).is_open


def test_who_has_not_answered_is_reminded_once_and_nobody_else(place, dan, ann, travel, client):
    bo, cy, di = members_of(place, 3)
    wave = launch(place, dan)
    answer(wave, ann)
    answer(wave, bo, send=False)
    client.post(f"{link(wave, cy)}stop/")
    Membership.objects.filter(person=di).update(until=clock.now(), reason="left")
    assert reminded() == set()
    for days in (4, 5, 6, 7, 13):
        travel(wave.opened_at + timedelta(days=days))
        assert reminded() == ({dan.email, bo.email} if days == 5 else set())


@pytest.mark.parametrize("way", ["answers", "leaves", "stops", "closed"])
def test_a_reminder_that_waits_does_not_go_when_it_is_no_longer_true(
    place, dan, ann, travel, client, way
):
    wave = launch(place, dan)
    travel(clock.now() + timedelta(days=6))
    tick_surveys()
    if way == "answers":
        answer(wave, ann)
    elif way == "leaves":
        Membership.objects.filter(person=ann).update(until=clock.now(), reason="left")
    elif way == "stops":
        client.post(f"{link(wave, ann)}stop/")
    else:
        actions.close(wave, by=dan)
    tick_outbox()
    assert ann.email not in {one.to[0] for one in post() if "still open" in one.subject}


def test_every_mail_has_a_way_to_stop_that_a_get_does_not_take(place, dan, ann, client, travel):
    wave = launch(place, dan)
    stop = f"{link(wave, ann)}stop/"
    tick_outbox()
    assert all(f"{one.to[0]}" and "/stop/" in one.body for one in post())
    client.get(stop)
    travel(clock.now() + timedelta(days=6))
    assert ann.email in reminded()
    assert "we write to you no more about it" in words(client.post(stop))
    later = Wave.objects.get(pk=wave.pk)
    actions.close(later, by=dan)
    launch(place, dan, study=wave.study)
    assert not Notice.objects.filter(kind="survey", person=ann, state="pending").exists()


def test_quiet_hours_hold_the_reminder_back(place, dan, ann, travel):
    ann.quiet_hours = True
    ann.save()
    wave = launch(place, dan)
    travel(wave.opened_at.replace(hour=22) + timedelta(days=5))
    assert ann.email not in reminded()
    travel(wave.opened_at + timedelta(days=7))  # Monday morning
    assert ann.email in reminded()


def test_it_opens_on_its_day_and_closes_after_its_last_one(place, dan, ann, travel):
    study = actions.open_study(place, "How it works", by=dan)
    wave = actions.launch(study, date(2026, 3, 5), date(2026, 3, 10), by=dan)
    tick_surveys()
    assert again(wave).opened_at is None
    travel(clock.now() + timedelta(days=3))
    tick_surveys()
    assert again(wave).is_open
    answer(again(wave), ann)
    travel(clock.now() + timedelta(days=5, hours=14))  # 23:00 on the last day
    tick_surveys()
    assert again(wave).is_open
    travel(clock.now() + timedelta(hours=2))
    tick_surveys()
    closed = again(wave)
    assert (closed.is_open, closed.asked, closed.answered) == (False, 2, 1)


def test_a_coordinator_changes_the_words_looks_and_launches(place, dan, signed_in):
    browser = signed_in(dan)
    here = f"/n/{place.slug}/surveys/"
    page = browser.post(f"{here}new/", {"title": "How are we?"}, follow=True)
    study = Study.objects.get()
    assert "Nobody has been asked yet." in words(page)
    typed = form_of(study) | {"text-learning": "I learn\n things here.", "title": "How we are"}
    del typed["keep-support"]
    typed["options-purposes"] = "Tea\nCake\n\n Talk "
    assert browser.post(f"{here}{study.pk}/edit/", typed).status_code == 302
    assert [i.uid for i in study.items.all()][:2] == ["learning", "connections"]
    assert study.items.get(uid="learning").text == "I learn things here."
    assert list(study.items.get(uid="purposes").options.values()) == ["Tea", "Cake", "Talk"]
    assert "I learn things here." in words(browser.get(f"{here}{study.pk}/preview/2/"))
    assert browser.get(f"{here}{study.pk}/preview/9/").status_code == 404
    sent = {"opens": "2026-03-02", "closes": "2026-03-16"}
    page = browser.post(f"{here}{study.pk}/launch/", sent, follow=True)
    assert "0 of 1 have answered" in words(page)
    assert browser.post(f"{here}{study.pk}/edit/", typed).status_code == 422


def form_of(study):
    found = {"title": study.title}
    for item in study.items.all():
        found |= {f"keep-{item.uid}": "on", f"text-{item.uid}": item.text}
        if item.options:
            found[f"options-{item.uid}"] = "\n".join(item.options.values())
    return found


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"options-purposes": "Tea\nTea\nCake"}, "Write 3 to 10 lines, no two alike."),
        ({"options-purposes": "Tea\nCake"}, "Write 3 to 10 lines, no two alike."),
        ({"options-purposes": "a\nb\n" + "c" * 121}, "Use 120 characters or fewer on each line."),
        ({"text-learning": ""}, "Fill in “Question 1”."),
    ],
)
def test_words_that_cannot_be_are_said_and_nothing_is_lost(place, dan, signed_in, changed, said):
    study = actions.open_study(place, "How are we?", by=dan)
    typed = form_of(study) | {"text-support": "Typed with care"} | changed
    page = signed_in(dan).post(f"/n/{place.slug}/surveys/{study.pk}/edit/", typed)
    assert page.status_code == 422
    assert said in words(page)
    assert "Typed with care" in page.content.decode()
    assert not Item.objects.filter(text="Typed with care").exists()


def test_one_question_must_stay(place, dan):
    study = actions.open_study(place, "How are we?", by=dan)
    with pytest.raises(Refused, match="Keep one question at least"):
        actions.edit(study, "How", {}, by=dan)


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [("2026-03-01", "2026-03-10", "Choose today or a later day"),
     ("2026-03-02", "2026-03-03", "Leave it open for 3 to 90 days."),
     ("2026-03-02", "2027-03-03", "Leave it open for 3 to 90 days."),
     ("2026-02-30", "2026-03-03", "Enter a real date")],
)  # fmt: skip
def test_days_that_cannot_be_are_said(place, dan, signed_in, opens, closes, said):
    study = actions.open_study(place, "How are we?", by=dan)
    address = f"/n/{place.slug}/surveys/{study.pk}/launch/"
    page = signed_in(dan).post(address, {"opens": opens, "closes": closes})
    assert page.status_code == 422
    assert said in words(page)
    assert not Wave.objects.exists()


def test_a_doubled_press_makes_one_survey(place, dan, signed_in):
    sent = {"title": "How are we?", "once": "7b0e0a6e-8f0b-4b6c-9d0a-0c5a3f0d7a11"}
    for _ in range(2):
        signed_in(dan).post(f"/n/{place.slug}/surveys/new/", sent)
    assert Study.objects.count() == 1
    assert Item.objects.count() == 8


def test_launching_twice_is_one_round(place, dan, signed_in):
    study = actions.open_study(place, "How are we?", by=dan)
    sent = {"opens": "2026-03-02", "closes": "2026-03-16"}
    address = f"/n/{place.slug}/surveys/{study.pk}/launch/"
    assert signed_in(dan).post(address, sent).status_code == 302
    again_ = signed_in(dan).post(address, sent)
    assert "A round is under way." in words(again_)
    assert Wave.objects.count() == 1


def test_while_it_is_open_there_is_the_rate_and_nothing_else(place, dan, signed_in):
    people = members_of(place, 9)
    wave = launch(place, dan)
    for one in people[:7]:
        fill(wave, one, words="Canary")
    browser, here = signed_in(dan), f"/n/{place.slug}/surveys/{wave.study_id}/"
    assert "7 of 10 have answered" in words(browser.get(here))
    for path in ("rounds/1/", "rounds/1/csv/"):
        page = browser.get(here + path).content.decode()
        assert "Canary" not in page
        assert "Average" not in page


def test_who_left_during_a_round_stays_among_those_asked(place, dan, ann, signed_in):
    wave = launch(place, dan)
    answer(wave, ann)
    Membership.objects.filter(person=ann).update(until=clock.now(), reason="left")
    page = words(signed_in(dan).get(f"/n/{place.slug}/surveys/{wave.study_id}/"))
    assert "1 of 2 have answered" in page


def test_a_round_that_has_not_opened_can_be_taken_back_and_its_survey_changed(
    place, dan, signed_in
):
    study = actions.open_study(place, "How are we?", by=dan)
    actions.launch(study, date(2026, 3, 5), date(2026, 3, 10), by=dan)
    address = f"/n/{place.slug}/surveys/{study.pk}/"
    page = signed_in(dan).post(f"{address}rounds/1/take-back/", follow=True)
    assert "Nobody has been asked yet." in words(page)
    signed_in(dan).post(f"{address}discard/")
    assert not Study.objects.exists()


def test_what_was_launched_cannot_be_thrown_away_nor_ended_while_open(place, dan, signed_in):
    wave = launch(place, dan)
    address = f"/n/{place.slug}/surveys/{wave.study_id}/"
    page = signed_in(dan).post(f"{address}discard/", follow=True)
    assert "end it instead" in words(page)
    page = signed_in(dan).post(f"{address}end/", follow=True)
    assert "A round is under way." in words(page)
    assert Study.objects.get().key is not None
    signed_in(dan).post(f"{address}rounds/1/close/")
    page = signed_in(dan).post(f"{address}end/", follow=True)
    assert "Its key is deleted" in words(page)
    assert Study.objects.get().key is None


def test_another_networks_survey_is_not_there(place, dan, signed_in):
    wave = launch(place, dan)
    other = cast.network("Shops")
    otto = cast.coordinator(other, "Otto Else")
    for path in ("", "edit/", "launch/", "end/", "preview/1/", "rounds/1/", "rounds/1/csv/"):
        page = signed_in(otto).get(f"/n/{other.slug}/surveys/{wave.study_id}/{path}")
        assert page.status_code == 404
    for path in ("discard/", "rounds/1/close/", "rounds/1/take-back/", "end/"):
        page = signed_in(otto).post(f"/n/{other.slug}/surveys/{wave.study_id}/{path}")
        assert page.status_code == 404
