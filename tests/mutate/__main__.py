"""`make mutate-access`: every permission condition is taken away once; 95 % must be caught.

ARGS: parts of paths to look at only some (networks/hosting), tests/… to be judged by only these;
--resume goes on with what an earlier run found out: what is caught stays so, and only tests that
it did not come to, or that are new, judge what is left.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from peernet.embedded.pytest_services import scratch

from .load import install
from .memory import Memory, named
from .runner import Runner
from .sites import ROOT, Site, all_sites

BAR = 0.95
# What runs in other processes, or reads the source, meets no rewritten code. The canary's crawl is
# done before a condition goes, and the tests of every page's headers and look ask nobody's rights.
AWAY = (
    "tests/canary/test_sweep.py", "tests/canary/test_guards.py", "tests/doors",
    "tests/test_query_counts.py", "tests/test_templates.py", "tests/test_halves.py",
    "tests/faults", "tests/test_faults.py", "tests/bench", "tests/test_bench.py",
    "tests/look", "tests/stories",
    "tests/mutate", "tests/peernet/embedded", "tests/peernet/backup", "tests/peernet/demo",
    "tests/test_pages.py", "tests/test_house_rules.py", "tests/test_hostile_forms.py",
    "tests/test_docs.py",
)  # fmt: skip
AS = "MUTATE_PROCESS"  # set in a process that judges: its number


def main(words: list[str]) -> int:
    judges = [word for word in words if word.startswith("tests")]
    places = [word for word in words if not word.startswith(("tests", "--"))]
    found = all_sites()
    every = [site for some in found.values() for site in some]
    sites = [s for s in every if not places or any(p in f"{s.path}:{s.line}" for p in places)]
    if AS in os.environ:
        install(found)
        return judge(judges, Runner(sites, every, Memory(Path(os.environ["MUTATE_MEMORY"]))))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started ends too
    with scratch():
        memory = Memory(Path(os.environ["VAR_DIR"]) / "mutate.jsonl")
        memory.file.parent.mkdir(parents=True, exist_ok=True)
        memory.forget_claims()
        if "--resume" not in words:
            memory.file.unlink(missing_ok=True)
        memory.add(again=True)
        codes = watch(words, 1 if judges else os.cpu_count() or 1, memory, sites, every)
    return told(sites, every, memory, codes)


def judge(judges: list[str], runner: Runner) -> int:
    """What one of the processes does."""
    away = [f"--ignore={path}" for path in AWAY if not any(j.startswith(path) for j in judges)]
    options = ["-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:timeout", "-p", "no:xdist"]
    plain = "addopts=-p peernet.embedded.pytest_services"
    return pytest.main([*options, *away, *(judges or ["tests"]), "-o", plain], plugins=[runner])


def watch(words: list[str], number: int, memory: Memory, sites: list, every: list) -> list[int]:
    """Several processes that share the work; what they find is printed as they find it."""
    lines = {name: where(site) for site in sites for name in [named(every)[site.number]]}
    running = [start(words, one, number, memory) for one in range(number)]
    over = False
    try:
        while not over:
            codes = [one.poll() for one in running]
            over = None not in codes or any(codes)
            for line in memory.look():
                if line.get("caught") in lines:
                    print(f"{lines[line['caught']]}\n    caught by {line['by']}", flush=True)
                if "done" in line:
                    print(f"({line['done']})", flush=True)
            time.sleep(0.5)
    finally:
        for one in running:
            one.terminate()
    return [one.wait() for one in running]


def start(words: list[str], one: int, number: int, memory: Memory) -> subprocess.Popen:
    """A process with a database, a folder and a Valkey database of its own."""
    env = os.environ | {AS: str(one), "MUTATE_MEMORY": str(memory.file)}
    if number > 1:
        base, mark, rest = env["DATABASE_URL"].partition("?")
        env["DATABASE_URL"] = f"{base}_mutate{one}{mark}{rest}"
        env["REDIS_URL"] = f"{env['REDIS_URL'].rpartition('/')[0]}/{one + 1}"
        env["VAR_DIR"] = f"{env['VAR_DIR']}/mutate{one}"
    with memory.file.with_name(f"mutate{one}.log").open("wb") as log:
        command = [sys.executable, "-m", "tests.mutate", *words]
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)


def where(site: Site) -> str:
    return f"{site.path}:{site.line}  {site.what}"


def told(sites: list[Site], every: list[Site], memory: Memory, codes: list[int]) -> int:
    """The whole list in the order of the source, what was not caught, and the share."""
    names = named(every)
    met = {name for some in memory.met.values() for name in some}
    print("\nAll of them:")
    missed = []
    for site in sites:
        name = names[site.number]
        if name in memory.caught:
            said = f"caught by {memory.caught[name]}"
        else:
            said = "NOT CAUGHT" if name in met else "NO TEST MEETS IT"
            missed.append(f"{where(site)}: {said}")
        print(f"{where(site)}\n    {said}")
    print("\nNot caught:", *missed, sep="\n")
    for test, why in sorted(memory.broken.items()):
        print(f"Fails with nothing taken away: {test}\n    {why}")
    share = 1 - len(missed) / len(sites) if sites else 1.0
    print(f"{len(sites) - len(missed)} of {len(sites)} caught: {share:.1%}")
    return int(bool(memory.broken or any(codes) or share < BAR))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    sys.exit(main(sys.argv[1:]))
