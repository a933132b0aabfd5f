"""What a browser is called, and how long a proof of who sits at it holds."""

from datetime import timedelta

FRESH = timedelta(minutes=15)  # after a sign-in or a code, before the next is asked for
KEPT = timedelta(days=90)  # a device that was not used for so long is forgotten
MOST_PASSKEYS = 10
CODE_TRIES = 5

# The first mark found in what a browser says of itself wins: each also names those it descends
# from. Longer stories (versions, models) are not kept: they would tell people apart.
BROWSERS = [
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]  # fmt: skip
SYSTEMS = [
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"),
    ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"),
]  # fmt: skip


def browser_and_system(agent: str) -> tuple[str, str]:
    """The names of the browser and of the system in a User-Agent header; "" for what is unknown."""
    return _named(agent, BROWSERS), _named(agent, SYSTEMS)


def _named(agent: str, marks: list[tuple[str, str]]) -> str:
    return next((name for mark, name in marks if mark in agent), "")
