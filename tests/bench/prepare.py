"""One database made ready, in a process of its own that Django is set up in:

python -m tests.bench.prepare 1000 100 2026-11-23 FINGERPRINT

Prints as JSON what whoever opens the pages must know: cookies and secret addresses.
"""

import json
import sys
from datetime import date

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- Django's models, so after it

from peernet.embedded.prepare import collect_static  # noqa: E402
from tests.bench import fill, kept, keys  # noqa: E402
from tests.bench.size import Size  # noqa: E402


def main(posts: str, members: str, today: str, fingerprint: str) -> None:
    size, day = Size(int(posts), int(members)), date.fromisoformat(today)
    collect_static()
    if not kept.is_full():
        call_command("migrate", interactive=False, verbosity=0)
        fill.fill(size, day)
        kept.say_full(fingerprint, day)
    kept.tidy(size)
    kept.move_to(day)
    print(json.dumps(keys.made(size)))


if __name__ == "__main__":
    main(*sys.argv[1:])
