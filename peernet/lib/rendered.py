"""What a row looks like, rendered once when it is written and kept beside it: the one mechanism.

A macro makes the HTML. Where its reader matters (who they are, what the time is where they live)
it leaves a hole with a name, and the page that shows the row fills the holes. So what is kept
holds nothing that one reader may see and another may not. Beside it is kept its *look*, which
changes with the words of the template and with the language: a row with another look than the
present one is made anew when it is read, by the same macro, and kept anew by a tick.
"""

import hashlib
import secrets
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jinja2
from django.conf import settings
from django.db import models
from django.template import engines
from django.utils import translation
from jinja2 import meta
from markupsafe import Markup, escape

EDGE = "\x1f"  # stands on both sides of a hole's name; HTML knows no such character


def html_field() -> models.TextField:
    """The field for what is kept; "" until it is made."""
    return models.TextField(blank=True, default="", db_default="", editable=False)


def look_field() -> models.CharField:
    """The field for the look of what is kept."""
    return models.CharField(max_length=30, blank=True, default="", db_default="", editable=False)


@dataclass(frozen=True)
class Rendering:
    """A macro that leaves holes: its last argument, `hole`, is the function that makes one."""

    template: str
    macro: str

    def made(self, *args: Any) -> str:
        """The HTML with its holes, in the language that is active."""
        # What people wrote may hold any character, so that the true edges are found by a word
        # that nobody can guess.
        mark = secrets.token_hex(12)
        macro = _macro(self.template, self.macro)
        text = macro(*args, lambda name: Markup(f"{mark}{name}{mark}"))  # noqa: S704 -- filled later
        return str(text).replace(EDGE, "").replace(mark, EDGE)

    def plain(self, *args: Any) -> Markup:
        """The HTML of a macro that leaves no holes."""
        return Markup(_macro(self.template, self.macro)(*args))  # noqa: S704 -- our macro escapes

    def once(self, *args: Hashable) -> Markup:
        """As `plain`, made once for the same arguments in each language: for what many pages have
        in common. Nothing that is about one person alone: it stays in the process."""
        return _once(self, translation.get_language(), args)

    def pattern(self, *args: Hashable) -> str:
        """As `made`, made once for the same arguments in each language: for the few kinds of rows
        that a list has, each filled with what is its own."""
        return _pattern(self, translation.get_language(), args)

    @property
    def look(self) -> str:
        """What is kept beside HTML that was made now, in the language that is active."""
        return f"{translation.get_language()} {_version(self.template)}"

    def kept(self, *args: Any) -> tuple[str, str]:
        """The HTML and its look as a row keeps them: in the site's own language."""
        with translation.override(settings.LANGUAGE_CODE):
            return self.made(*args), self.look


def fill(kept: str, values: Mapping[str, str]) -> Markup:
    """What was kept, with its holes filled; a value that is not Markup is escaped."""
    parts = kept.split(EDGE)
    parts[1::2] = [escape(values[name]) for name in parts[1::2]]
    return Markup("".join(parts))  # noqa: S704 -- made by our macro, values escaped above


@lru_cache(5_000)
def _once(rendering: Rendering, language: str, args: tuple) -> Markup:
    return rendering.plain(*args)


@lru_cache(5_000)
def _pattern(rendering: Rendering, language: str, args: tuple) -> str:
    return rendering.made(*args)


def _environment() -> jinja2.Environment:
    return engines["jinja2"].env  # type: ignore[attr-defined]  # Django's type knows no engine


def _macro(template: str, name: str) -> Callable[..., str]:
    return getattr(_environment().get_template(template).module, name)


@lru_cache
def _version(template: str) -> str:
    """A fingerprint of the template's text and of the text of all that it imports."""
    sources: dict[str, str] = {}
    _gather(template, sources)
    text = "".join(f"{name}\n{sources[name]}\n" for name in sorted(sources))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _gather(template: str, sources: dict[str, str]) -> None:
    env = _environment()
    source = env.loader.get_source(env, template)[0]  # type: ignore[union-attr]  # we have one
    sources[template] = source
    for name in meta.find_referenced_templates(env.parse(source)):
        if name and name not in sources:
            _gather(name, sources)
