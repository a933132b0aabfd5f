"""The colours of static/css/base.css, measured: WCAG 2.2 1.4.3 (words) and 1.4.11 (edges)."""

import gzip
import re
from pathlib import Path

import pytest

from peernet.lib.lean import shorter_css

ROOT = Path(__file__).parents[2]
CSS = (ROOT / "static/css/base.css").read_text()
WORDS, EDGES = 4.5, 3.0
GROUNDS = ("paper", "surface", "sunk")
TINTS = ("info-tint", "ok-tint", "warn-tint", "error-tint")
HUES = ("brand", "accent", "blue", "plum", "olive", "rose", "fern", "indigo")
PAIRS = [
    *[(words, ground, WORDS) for words in ("ink", "link") for ground in (*GROUNDS, *TINTS)],
    *[(words, ground, WORDS) for words in ("muted", "visited") for ground in GROUNDS],
    *[("brand", ground, WORDS) for ground in ("paper", "surface", "brand-tint")],
    *[("on-brand", ground, WORDS) for ground in ("brand", "brand-deep")],
    *[(kind, f"{kind}-tint", WORDS) for kind in ("accent", "ok", "warn", "error")],
    *[("error", ground, WORDS) for ground in ("paper", "surface")],
    ("focus-ink", "focus", WORDS),
    ("line", "surface", EDGES),
    *[(hue, ground, EDGES) for hue in HUES for ground in GROUNDS],
]


def tokens(mode):
    light, dark = CSS.split("@media screen and (prefers-color-scheme: dark)", 1)
    found = dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6})", light))
    if mode == "dark":
        block = dark.split("}\n  }", 1)[0]
        found |= dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6})", block))
    return found


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_colours_stand_out_enough(mode, front, ground, least):
    colours = tokens(mode)
    assert contrast(colours[front], colours[ground]) >= least


def test_black_on_white_measures_as_the_standard_says():
    assert round(contrast("#000000", "#FFFFFF"), 2) == 21.0
    assert round(contrast("#777777", "#FFFFFF"), 2) == 4.48


def test_every_accent_has_its_hue():
    hues = re.findall(r"\.accent-(\d) \{ --net: var\(--([\w-]+)\); \}", CSS)
    assert [number for number, _ in hues] == list("12345678")
    assert len({hue for _, hue in hues}) == 8


def test_only_five_sizes_of_letters():
    sheets = [path.read_text() for path in (ROOT / "static/css").glob("*.css")]
    on_screen = [re.sub(r"@media print \{.*?\n  \}", "", sheet, flags=re.S) for sheet in sheets]
    sizes = set(re.findall(r"font-size: ([^;]+);", " ".join(on_screen)))
    names = {f"var(--{name})" for name in ("small", "large", "larger", "largest")}
    assert sizes <= names | {"1rem", ".85rem"}


def test_the_stylesheets_stay_light():
    weight = sum(
        len(gzip.compress(shorter_css(path.read_text()).encode()))
        for path in (ROOT / "static/css").glob("*.css")
    )
    assert weight <= 9 * 1024
