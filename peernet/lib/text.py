"""The one way from what people type (Markdown) to HTML that is safe to show."""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h3", "h4", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
BEGIN, END = "\x02", "\x03"  # put round words that were found: nobody types them
_parser = MarkdownIt("js-default", {"html": False, "linkify": True, "breaks": True}).enable("table")


def _modest_headings(state) -> None:  # noqa: ANN001 -- markdown-it's StateCore
    """A post's "# Title" must not outrank the page's own h1 and h2."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if token.tag in ("h1", "h2", "h3") else "h4"


_parser.core.ruler.push("modest_headings", _modest_headings)


def html(markdown: str) -> Markup:
    """Safe HTML of a text in Markdown: no script, no style, no image, no tracking link.

    Links open as links people typed: rel="nofollow ugc noopener noreferrer".
    """
    clean = nh3.clean(
        _parser.render(markdown),
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow ugc noopener noreferrer",
    )
    return Markup(clean)  # noqa: S704 -- cleaned by nh3 on the line above


def excerpt(markdown: str, length: int = 160) -> str:
    """The first words of a text, without its marks, at most `length` characters."""
    plain = " ".join(nh3.clean(_parser.render(markdown), tags=set()).split())
    text = Markup(plain).unescape()  # noqa: S704 -- all tags are gone
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"


def marked(text: str) -> Markup:
    """A text, safe to show, with what stands between BEGIN and END as <mark>."""
    safe = escape(text)
    return safe.replace(BEGIN, Markup("<mark>")).replace(END, Markup("</mark>"))
