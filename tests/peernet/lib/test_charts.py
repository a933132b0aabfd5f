"""Charts: drawn on the server, safe under our content policy, said in words, drawn once."""

import re

import pytest
import vl_convert

from peernet.lib.charts import Series, lines

MONTHS = ["Sep 26", "Oct 26", "Nov 26"]


def chart(values=(10, None, 20), says="People each month.", label="People"):
    return lines(says, MONTHS, [Series(label, values)])


def test_it_is_an_image_with_words_and_nothing_a_strict_policy_refuses():
    svg = chart()
    assert svg.startswith("<svg ")
    assert 'role="img" aria-label="People each month."' in svg
    for forbidden in ("style=", "<script", "<style", "href=", "onclick"):
        assert forbidden not in svg
    assert "var(--brand)" in svg


def test_words_from_outside_stay_words():
    svg = chart(says='"><script>alert(1)</script>', label="<b>&")
    assert "<script" not in svg
    assert "<b>" not in svg
    assert "&lt;b&gt;" in svg


def test_gaps_are_hatched_and_no_line_crosses_them():
    svg = chart((10, None, 20))
    assert svg.count("url(#hatch-") == 1
    assert re.search(r'<pattern id="(hatch-[0-9a-f]+)"', svg)[1] in svg.split("url(#")[1]
    assert "<pattern" not in chart((10, 15, 20))


def test_a_period_with_nothing_to_count_is_a_gap_without_hatching():
    svg = lines("People.", MONTHS, [Series("People", (10, None, 20))], idle=["Oct 26"])
    assert "hatch" not in svg
    assert svg != chart((10, 0, 20)), "no session is not nobody"


def test_two_charts_on_one_page_share_no_id():
    first, second = chart((10, None, 20)), chart((10, None, 25))
    ids = [re.search(r'id="(hatch-[0-9a-f]+)"', svg)[1] for svg in (first, second)]
    assert len(set(ids)) == 2


def test_the_same_numbers_are_drawn_once(monkeypatch):
    first = chart()
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", None)  # a second drawing would fail
    assert chart() == first


@pytest.mark.parametrize("values", [(0, 0, 0), (None, None, None), (None, 5, None)])
def test_odd_series_can_be_drawn(values):
    assert "<svg" in chart(values)


def test_labels_of_lines_that_end_together_do_not_touch():
    svg = lines("x", MONTHS, [Series("People", (5, 10, 10)), Series("Organisations", (5, 5, 10))])
    heights = {
        text: float(y)
        for y, text in re.findall(
            r"translate\([\d.]+,(-?[\d.]+)\)[^>]*>(People|Organisations)<", svg
        )
    }
    assert abs(heights["People"] - heights["Organisations"]) >= 12
