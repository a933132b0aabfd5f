"""A container's health check: python -m peernet.embedded.healthy WHAT http://web:8000

WHAT is `answers`: the web answers and reaches the database; `rings`: the bell, which beat rings
and the worker hears, was heard in the last five minutes; or `watches`: so did the watch look.
Asked of the web, because loading Django or Celery each half minute in each container would cost
more than the site itself.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

LATE = timedelta(minutes=5)
SIGNS = {  # what /healthz calls it, what to say when it is old
    "rings": ("beat", "The bell was last heard"),
    "watches": ("watch", "The watch last looked"),
}


def seen(web: str) -> dict[str, str | None]:
    """What /healthz says. It says as much when it is unwell, with 503."""
    host = urlsplit(os.environ["SITE_URL"]).netloc  # any other is refused
    request = urllib.request.Request(f"{web}/healthz", headers={"Host": host})  # noqa: S310 -- ours
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- ours
            found: dict[str, str | None] = json.load(answer)
    except urllib.error.HTTPError as unwell:
        with unwell:
            found = json.load(unwell)
    return found


def trouble(what: str, web: str) -> str:
    """What is wrong, in a sentence; empty when nothing is."""
    try:
        report = seen(web)
    except (OSError, ValueError) as error:
        return f"{web} does not answer: {error}"
    if what == "answers":
        return "" if report["database"] == "ok" else f"database: {report['database']}"
    sign, words = SIGNS[what]
    last = report.get(sign)
    if not last or datetime.now(UTC) - datetime.fromisoformat(last) > LATE:
        return f"{words}: {last or 'never'}"
    return ""


if __name__ == "__main__":
    sys.exit(trouble(*sys.argv[1:3]) or 0)
