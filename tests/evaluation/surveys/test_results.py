"""What a closed round shows, to whom, and what it keeps back."""

import csv
import io
import re
from datetime import timedelta

import pytest

from evaluation.surveys import actions
from members.notices.tasks import tick_outbox
from peernet.lib import clock
from tests import cast
from tests.evaluation.surveys.around import fill, launch, members_of
from tests.sessions.around import words

pytestmark = pytest.mark.django_db


def closed(place, dan, people, study=None, **said):
    """A round that all of `people` answered; `said`: question -> what the n-th person said."""
    wave = launch(place, dan, study=study)
    for n, one in enumerate(people):
        fill(wave, one, **{name: value(n) for name, value in said.items()})
    actions.close(wave, by=dan)
    return wave


def page_of(wave, dan, signed_in, path=""):
    network = wave.study.network
    return signed_in(dan).get(
        f"/n/{network.slug}/surveys/{wave.study_id}/rounds/{wave.number}/{path}"
    )


def test_below_five_answers_nothing_is_shown(place, dan, signed_in):
    wave = closed(place, dan, members_of(place, 4), words=lambda n: f"Canary {n}")
    page = words(page_of(wave, dan, signed_in))
    assert "4 of 5 answered" in page
    assert "Too few answers" in page
    for kept in ("Canary", "Average", "Agreement"):
        assert kept not in page
    assert page_of(wave, dan, signed_in, "csv/").content.decode().count("\n") == 3


def test_from_five_on_averages_and_words_are_shown_and_small_counts_are_not(place, dan, signed_in):
    people = members_of(place, 12)
    wave = closed(
        place, dan, people, agree=lambda n: 5 if n < 9 else 1, ten=lambda n: 7,
        words=lambda n: f"Canary {n}" if n < 3 else "",
    )  # fmt: skip
    page = words(page_of(wave, dan, signed_in))
    assert "12 of 13 answered" in page
    assert "Average 4 of 5" in page  # 9 times 5, 3 times 1
    assert "Average 7 of 10, middle answer 7." in page
    # 3 is too few, and 9 would give them away; that all twelve said the same is nobody's business.
    for kept in ("Disagree", "5 to 7", "8 to 10"):
        assert kept not in page
    assert "How many said what would give somebody away here." in page
    assert "Agreement on the order: 1 " in page
    # Who wrote something is one of twelve, but three writers are too few to be shown at all.
    assert "Canary" not in page


def test_groups_that_are_large_enough_are_counted_to_the_nearest_five(place, dan, signed_in):
    people = members_of(place, 21)
    wave = closed(place, dan, people, agree=lambda n: [5, 4, 3, 1][n % 4])
    page = page_of(wave, dan, signed_in)
    assert "Agree 10 In between 5 Disagree 5" in words(page)
    assert page.content.decode().count("<progress") == 3 * 5
    ids = re.findall(r' id="([^"]+)"', page.content.decode())
    assert len(ids) == len(set(ids)), "each question's table has a name of its own"
    assert "About 20 answers." in words(page)


def test_words_are_shown_from_five_writers_on_and_only_to_the_coordinator(place, dan, signed_in):
    people = members_of(place, 6)
    wave = closed(place, dan, people, words=lambda n: f"Canary {n} <b>")
    page = page_of(wave, dan, signed_in)
    assert all(f"Canary {n} &lt;b&gt;" in page.content.decode() for n in range(6))
    under = cast.programme()
    cast.grant(place, under)
    funder = cast.funder_person(under)
    assert "Canary" not in words(signed_in(funder).get(f"/programmes/{under.slug}/"))
    for who in (people[0], cast.facilitator(place)):
        assert page_of(wave, who, signed_in).status_code == 403


def test_the_file_holds_the_same_numbers_and_no_formula(place, dan, signed_in):
    wave = closed(place, dan, members_of(place, 10), words=lambda n: "=cmd()")
    file = page_of(wave, dan, signed_in, "csv/")
    assert file.headers["Content-Disposition"] == 'attachment; filename="how-it-works-1.csv"'
    text = file.content.decode("utf-8-sig")
    assert "Everybody,Asked,11" in text
    assert "Average,7" in text
    assert "cmd" not in text


def test_a_second_round_is_paired_with_the_first(place, dan, signed_in, travel):
    people = members_of(place, 14)
    first = closed(place, dan, people, ten=lambda n: 5)
    travel(clock.now() + timedelta(days=180))
    second = closed(
        place, dan, people[2:] + members_of(place, 3), first.study,
        ten=lambda n: 7 if n % 2 else 6, agree=lambda n: 4,
    )  # fmt: skip
    page = words(page_of(second, dan, signed_in))
    # Twelve pairs, six moved by 1 and six by 2: 1.5 ± 2.201 · 0.5222 / √12
    assert "+1.5 on average (between +1.2 and +1.8, with 95% confidence)" in page
    assert "about 10 people who answered both times" in page
    assert "Moved up" not in page  # that everybody did would tell of each
    for causal in ("because", "led to", "effect", "thanks to"):
        assert causal not in page


def test_below_ten_pairs_there_are_only_counts(place, dan, signed_in):
    people = members_of(place, 9)
    first = closed(place, dan, people, ten=lambda n: 5)
    second = closed(place, dan, people, first.study, ten=lambda n: 9)
    page = words(page_of(second, dan, signed_in))
    assert "too few to say by how much they moved" in page
    assert "confidence" not in page


def test_after_the_study_has_ended_its_results_stay(place, dan, signed_in):
    people = members_of(place, 10)
    first = closed(place, dan, people, ten=lambda n: 5)
    second = closed(place, dan, people, first.study, ten=lambda n: 6)
    before = words(page_of(second, dan, signed_in))
    actions.end(first.study, by=dan)
    assert words(page_of(second, dan, signed_in)) == before


# --- The funder ------------------------------------------------------------------------------


@pytest.fixture
def funded(place):
    under = cast.programme()
    cast.grant(place, under)
    under.reader = cast.funder_person(under)
    return under


def funders_page(funded, signed_in):
    return words(signed_in(funded.reader).get(f"/programmes/{funded.slug}/"))


def test_the_funder_sees_averages_and_change_of_ten_or_more(place, dan, funded, signed_in):
    people = members_of(place, 12)
    first = closed(place, dan, people, ten=lambda n: 5)
    closed(place, dan, people, first.study, ten=lambda n: 7 if n % 2 else 6)
    page = funders_page(funded, signed_in)
    assert "about 10 of about 15 members answered" in page
    assert "6.5 of 10" in page
    assert "+1.5 (+1.2 to +1.8)" in page
    assert "What matters most to them: Sharing what works, Learning something new and" in page
    assert "Agree not shown" not in page


def test_the_table_is_a_file_and_members_see_what_the_funder_sees(place, dan, funded, signed_in):
    people = members_of(place, 12)
    first = closed(place, dan, people, ten=lambda n: 5)
    closed(place, dan, people, first.study, ten=lambda n: 7 if n % 2 else 6)
    answer = signed_in(funded.reader).get(f"/programmes/{funded.slug}/tables/surveys/")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert ["6.5", "10", "1.5", "1.2", "1.8", ""] in [row[6:] for row in rows]
    assert any(row[11:] and row[11].startswith("Sharing what works; ") for row in rows)
    view = words(signed_in(people[0]).get(f"/n/{place.slug}/funder-view/"))
    assert "6.5 of 10" in view
    assert "+1.5 (+1.2 to +1.8)" in view


@pytest.mark.parametrize("why", ["nine", "not shared", "open", "not agreed"])
def test_the_funder_sees_nothing_of_other_surveys(place, dan, funded, signed_in, why):
    people = members_of(place, 9 if why == "nine" else 12)
    wave = launch(place, dan, shared=why != "not shared")
    for one in people:
        fill(wave, one)
    if why != "open":
        actions.close(wave, by=dan)
    if why == "not agreed":
        place.grants.update(network_agreed_at=None)
    assert "What members say" not in funders_page(funded, signed_in)


def test_a_question_that_fewer_than_ten_answered_is_not_on_the_funders_page(
    place, dan, funded, signed_in
):
    people = members_of(place, 12)
    closed(place, dan, people, agree=lambda n: 4 if n < 9 else "")
    page = funders_page(funded, signed_in)
    assert "of 10" in page
    assert "of 5" not in page


def test_figures_are_explained_to_whoever_reads_them(funded, signed_in, place, dan):
    closed(place, dan, members_of(place, 12))
    browser = signed_in(funded.reader)
    for name in ("survey-answered", "survey-average", "survey-order", "survey-change"):
        assert f"/figures/{name}/" in browser.get(f"/programmes/{funded.slug}/").content.decode()
        assert browser.get(f"/figures/{name}/").status_code == 200


def test_whether_the_funder_sees_totals_is_asked_once_and_stays(place, dan, funded, signed_in):
    study = actions.open_study(place, "How are we?", by=dan)
    here = f"/n/{place.slug}/surveys/{study.pk}/launch/"
    assert "The funder sees totals" in words(signed_in(dan).get(here))
    today = clock.today(place.zone)
    sent = {"opens": str(today), "closes": str(today + timedelta(days=9))}
    signed_in(dan).post(here, sent)
    study.refresh_from_db()
    assert not study.shared  # left unticked
    actions.close(study.waves.get(), by=dan)
    assert "The funder sees totals" not in words(signed_in(dan).get(here))
    signed_in(dan).post(here, sent | {"shared": "on"})
    study.refresh_from_db()
    assert (study.shared, study.waves.count()) == (False, 2)


def test_the_mails_of_both_rounds_go(place, dan, mailoutbox):
    first = closed(place, dan, [])
    launch(place, dan, study=first.study)
    tick_outbox()
    assert len(mailoutbox) == 1  # of the first round it was withdrawn when it closed
