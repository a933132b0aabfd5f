"""How much is looked through, and how a hit's words are marked."""

from markupsafe import Markup, escape

PAGE = 20
MOST = 2_000  # hits that are weighed; of more, the newest NEWEST
NEWEST = 250
LONGEST = 200  # characters of what somebody looks for
# Marks that nobody types, put round the words that were found.
BEGIN, END = "\x02", "\x03"
# A year-old post counts half as much as one of today that says the same, a two-year-old a third.
YEAR = 365.25 * 86_400  # seconds


def marked(text: str) -> Markup:
    """The text, safe to show, with the words that were found as <mark>."""
    safe = escape(text.replace("\x00", ""))
    return safe.replace(BEGIN, Markup("<mark>")).replace(END, Markup("</mark>"))
