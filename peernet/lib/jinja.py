"""The templates' world: which functions and filters our pages have, and what they refuse.

A page must never print by accident what nobody means to read: a missing name, None, a method,
or a moment without the reader's zone. All of those stop the page, in tests and in production.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jinja2
from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django_htmx.jinja import htmx_script
from lucide.jinja import lucide
from markupsafe import Markup

from peernet.lib import forms, words


def environment(**options: Any) -> jinja2.Environment:
    """Made once by Django's Jinja2 backend, with the options that it wants."""
    env = jinja2.Environment(  # noqa: S701 -- ruff does not see the option among the others
        **options
        | {
            # Plain-text mails are not HTML: "it's" stays "it's" there.
            "autoescape": jinja2.select_autoescape(
                disabled_extensions=("txt",), default=True, default_for_string=True
            ),
            "undefined": jinja2.StrictUndefined,
            "finalize": printable,
            "trim_blocks": True,
            "lstrip_blocks": True,
            "cache_size": -1,
            "extensions": ["jinja2.ext.i18n"],
        }
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, translation.ngettext, newstyle=True,
        pgettext=translation.pgettext, npgettext=translation.npgettext,
    )  # fmt: skip
    env.policies["ext.i18n.trimmed"] = True
    env.policies["json.dumps_kwargs"] = {"cls": DjangoJSONEncoder}
    env.globals.update(
        url=url,
        static=asset,
        icon=icon,
        htmx_script=htmx_script,
        error_summary=forms.summary,
        get_language=translation.get_language,
    )
    env.filters.update(FILTERS)
    return env


def gettext(message: str) -> str:
    """The message in the reader's language. Pages print the same few hundred over and over."""
    return _said(translation.get_language(), message)


@lru_cache(10_000)
def _said(language: str | None, message: str) -> str:
    # Django asks each catalogue of each language that this one falls back on, every time.
    return translation.gettext(message)


def printable(value: Any) -> Any:
    """What a page may print. Raises TypeError for what it must never print."""
    # An undefined name first: it is callable too, and its own error names it.
    if isinstance(value, str | jinja2.Undefined):
        return value
    if value is None or callable(value) or isinstance(value, date | datetime | float | Decimal):
        raise TypeError(f"cannot print {value!r:.80}: choose a filter, or show nothing")
    return value


@lru_cache(10_000)
def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The path of a page. Cached: one URLconf, no language in paths."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


@lru_cache
def asset(path: str) -> str:
    """The address of one of our static files. Cached: its name says which version it is."""
    return static(path)


@lru_cache
def icon(name: str, size: int = 24) -> Markup:
    """One of Lucide's drawings, inline, for decoration beside words: hidden from screen readers.

    Raises lucide.IconDoesNotExist.
    """
    svg = lucide(name, size=size, aria_hidden="true", focusable="false")
    return Markup(svg)  # noqa: S704 -- the package's own drawing; `size` is a number


FILTERS: dict[str, Callable] = {
    "day": words.day,
    "short_day": words.short_day,
    "leaf": words.leaf,
    "month": words.month,
    "clock": words.clock,
    "when": words.when,
    "ago": words.ago,
    "iso": words.iso,
    "duration": words.length,  # Jinja2's own `length` counts
    "number": words.number,
    "money": words.money,
    "size": words.size,
    "signed": words.signed,
    "initials": words.initials,
    "listed": words.listed,
    "anchor": lambda text: slugify(text, allow_unicode=True) or "here",  # an id made of words
}
