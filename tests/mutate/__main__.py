"""`make mutate-access`: every permission condition is taken away once; 95 % must be caught.

ARGS: parts of paths to look at only some (networks/hosting), tests/… to be judged by only these.
"""

import os
import sys

import pytest

from .runner import Runner, install, share
from .sites import all_sites

BAR = 0.95
# What runs in other processes, or reads the source, meets no rewritten code.
AWAY = (
    "tests/faults", "tests/test_faults.py", "tests/bench", "tests/look", "tests/stories",
    "tests/mutate", "tests/peernet/embedded", "tests/peernet/backup", "tests/peernet/demo",
    "tests/test_pages.py", "tests/test_house_rules.py", "tests/test_hostile_forms.py",
    "tests/test_docs.py",
)  # fmt: skip


def main(words: list[str]) -> int:
    judges = [word for word in words if word.startswith("tests")] or ["tests"]
    places = [word for word in words if not word.startswith("tests")]
    found = all_sites()
    install(found)
    sites = [
        site for path, some in found.items() for site in some
        if not places or any(place in path for place in places)
    ]  # fmt: skip
    runner = Runner(sites)
    away = [f"--ignore={path}" for path in AWAY if not any(j.startswith(path) for j in judges)]
    options = ["-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:timeout"]
    code = pytest.main(
        [*options, *away, *judges, "-o", "addopts=-p peernet.embedded.pytest_services"],
        plugins=[runner],
    )
    missed = [site for site in sites if site.number not in runner.caught]
    print("\nNot caught:", *(runner.line(site) for site in missed), sep="\n")
    for test in runner.broken:
        print("Fails with nothing taken away:", test)
    print(f"{len(sites) - len(missed)} of {len(sites)} caught: {share(runner, sites):.1%}")
    return int(bool(runner.broken or code or share(runner, sites) < BAR))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    sys.exit(main(sys.argv[1:]))
