"""Charts drawn on the server as SVG: no script, no inline style, colours from the page's tokens.

The caller gives every chart a sentence that says what it shows, and puts the numbers beside it
as a table: a chart is never the only place where a number stands.
"""

import hashlib
import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import vl_convert
from django.core.cache import cache
from markupsafe import Markup, escape
from redis.exceptions import RedisError

from peernet.lib.kept import Kept

logger = logging.getLogger(__name__)
VEGA_LITE = "5.20"
KEPT = 30 * 24 * 60 * 60  # seconds; a chart is drawn once for the same numbers
HERE = Kept(200)  # charts, of some 10 KB
WIDTH, HEIGHT = 250, 180  # small enough to be read on a phone, where it is not scaled up
FONT = 13
LOOKS: tuple[tuple[str, list[int]], ...] = (
    ("var(--brand)", []),
    ("var(--accent)", [5, 3]),
    ("var(--blue)", [1, 3]),
)


@dataclass(frozen=True)
class Series:
    """One line: its label, and a value for each period; None where it is withheld."""

    label: str
    values: Sequence[int | None]


def lines(
    says: str, periods: Sequence[str], series: Sequence[Series], idle: Sequence[str] = ()
) -> Markup:
    """A line for each series over the periods, labelled at its end; gaps are hatched.

    `says` is what a reader who does not see it is told. At most three series. In the periods of
    `idle` there was nothing to count: the line breaks there, and nothing is hatched.
    """
    return drawn(_lines(periods, series, idle), says)


def drawn(spec: dict[str, Any], says: str) -> Markup:
    """The SVG of a Vega-Lite specification, kept by what it draws: here, and in the cache that all
    processes share."""
    text = json.dumps(spec, sort_keys=True)
    digest = hashlib.sha256(f"{VEGA_LITE}{text}".encode()).hexdigest()[:16]
    svg = HERE.get(digest, lambda: _shared(digest, spec))
    # The image speaks as one, through its label; Vega's own roles inside it would need labels too.
    svg = OWN_ROLES.sub("", svg)
    # Each chart on a page has hatching of its own: ids are unique in a page.
    svg = svg.replace("url(#hatch)", f"url(#hatch-{digest})")
    opening, _end, rest = svg.partition(">")
    hatch = HATCH.format(id=f"hatch-{digest}") if "url(#hatch-" in rest else ""
    return Markup(  # noqa: S704 -- drawn here, its only text from outside escaped by Vega
        f'{opening} role="img" aria-label="{escape(says)}">{hatch}{rest}'
    )


def _shared(digest: str, spec: dict[str, Any]) -> str:
    """From the shared cache; while that is away each process draws for itself."""
    key = f"chart:{digest}"
    try:
        if svg := cache.get(key):
            return str(svg)
        svg = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
        cache.set(key, svg, KEPT)
    except RedisError as broken:
        logger.warning("a chart is not kept, the cache is away: %s", type(broken).__name__)
        svg = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
    return svg


OWN_ROLES = re.compile(r' (?:role|aria-roledescription|aria-hidden|class)="[^"]*"')
HATCH = (
    '<defs><pattern id="{id}" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M0 0V6" stroke="var(--line)" stroke-width="2"/>'
    "</pattern></defs>"
)


def _lines(periods: Sequence[str], series: Sequence[Series], idle: Sequence[str]) -> dict[str, Any]:
    top = max((v for one in series for v in one.values if v is not None), default=0) or 5
    held_back = [any(one.values[i] is None for one in series) for i in range(len(periods))]
    gaps = [p for p, gap in zip(periods, held_back, strict=True) if gap and p not in idle]
    x = {
        "field": "period",
        "type": "ordinal",
        "sort": None,
        "scale": {"domain": list(periods), "paddingOuter": 0.1},
        "axis": {"title": None, "labelAngle": 0, "ticks": False, "values": _some(periods)},
    }
    y = {
        "type": "quantitative",
        "axis": {"title": None, "tickMinStep": 5, "tickCount": 4, "domain": False, "ticks": False},
        "scale": {"domain": [0, top], "nice": True},
    }
    layers: list[dict[str, Any]] = []
    if gaps:
        layers.append(
            {
                "data": {"values": [{"period": period} for period in gaps]},
                "mark": {"type": "bar", "fill": "url(#hatch)", "width": {"band": 0.8}},
                "encoding": {"x": x, "y": y | {"datum": 0}, "y2": {"datum": top}},
            }
        )
    for one, look, lift in zip(series, LOOKS, _lifts(series, top), strict=False):
        layers += _line(one, periods, {"x": x, "y": y | {"field": "value"}}, look, lift)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "background": None,
        "padding": {"left": 2, "top": 12, "right": 2, "bottom": 2},
        "config": CONFIG,
        "layer": layers,
    }


def _line(
    one: Series, periods: Sequence[str], places: dict[str, Any], look: tuple, lift: int
) -> list[dict[str, Any]]:
    """A line with points, broken where a value is withheld, and its label at the end."""
    colour, dash = look
    # A piece of its own for each run without a gap, so that nothing is drawn across one.
    shown, piece = [], 0
    for period, value in zip(periods, one.values, strict=True):
        piece += value is None
        if value is not None:
            shown.append({"period": period, "value": value, "piece": piece})
    line = {"type": "line", "color": colour, "strokeDash": dash, "strokeWidth": 2.5}
    point = {"type": "point", "color": colour, "filled": True, "size": 28, "opacity": 1}
    text = {
        "type": "text", "text": one.label, "align": "left", "baseline": "middle",
        "dx": 8, "dy": lift, "color": colour, "fontWeight": 700,
    }  # fmt: skip
    return [
        {
            "data": {"values": shown},
            "mark": line,
            "encoding": places | {"detail": {"field": "piece"}},
        },
        {"data": {"values": shown}, "mark": point, "encoding": places},
        {"data": {"values": shown[-1:]}, "mark": text, "encoding": places},
    ]


def _lifts(series: Sequence[Series], top: int) -> list[int]:
    """How far each end label moves up or down so that no two touch, in the order of their ends."""
    ends = [next((v for v in reversed(one.values) if v is not None), 0) for one in series]
    order = sorted(range(len(ends)), key=lambda i: (-ends[i], i))
    lifts, below = [0] * len(ends), -float(FONT)
    for i in order:  # from the top of the chart down
        natural = HEIGHT * (1 - ends[i] / top)
        place = max(natural, below + FONT + 3)
        lifts[i], below = round(place - natural), place
    return lifts


def _some(periods: Sequence[str]) -> list[str]:
    """Few enough labels to stand beside one another: the last one always, then every n-th back."""
    step = -(-len(periods) // 5) or 1
    return list(periods[::-1][::step][::-1])


CONFIG = {
    "aria": False,
    "font": "inherit",
    "view": {"stroke": None},
    "text": {"fontSize": FONT},
    "axis": {
        "labelColor": "var(--muted)",
        "labelFontSize": FONT,
        "domainColor": "var(--line)",
        "gridColor": "var(--hair)",
        "grid": False,
    },
    "axisY": {"grid": True},
}
