"""The order of the house, read from the code itself (architecture.md).

`HOUSE` is the one list of wings and rooms. Moving, adding or merging a room means changing it
here and saying why in docs/decisions/.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

HOUSE = {
    "members": [
        "audit",
        "causes",
        "notices",
        "people",
        "access",
        "digest",
        "organisations",
        "privacy",
        "merging",
    ],
    "networks": [
        "network",
        "funding",
        "seats",
        "membership",
        "preferences",
        "invitations",
        "links",
        "joining",
        "succession",
        "charter",
        "consents",
        "discussions",
        "cohorts",
        "reading",
        "hosting",
        "drafts",
        "files",
        "articles",
        "listing",
        "exchange",
        "phone",
        "handover",
        "doubles",
        "profiles",
        "directory",
        "map",
        "introductions",
        "search",
        "imports",
        "archives",
    ],
    "sessions": [
        "cadence", "calendar", "meetings", "attendance", "follow_up", "handing", "together",
        "pages", "closing", "keeping",
    ],
    "evaluation": ["indicators", "lasting", "surveys", "rollups", "reports"],
}  # fmt: skip
WINGS = ["peernet.lib", *HOUSE, "peernet"]
# A shelf imports only to its left. Those before "forms" are what other rooms may use.
SHELVES = [
    ["rules"], ["models"], ["queries"], ["notices"], ["actions"],
    ["forms", "tasks", "inbound", "admin"], ["views"], ["urls"],
]  # fmt: skip
LENT = {"rules", "models", "queries", "notices", "actions"}
SINGLE_FILES = {
    ("reports", "reach"), ("membership", "door"), ("membership", "floor"), ("people", "adapter"),
    ("people", "middleware"), ("access", "middleware"), ("archives", "writing"),
    ("exchange", "helping"),
}  # fmt: skip
FILE_LINES, FUNCTION_LINES, VIEW_LINES, TASK_LINES = 400, 40, 20, 10


def sources():
    """Our own Python files, without migrations and tests."""
    for wing in ["peernet", *HOUSE]:
        for path in sorted((ROOT / wing).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT)


FILES = list(sources())


def place(path):
    """(wing, room, shelf) of a file: ("networks", "membership", "door")."""
    parts = path.with_suffix("").parts
    if parts[0] == "peernet":
        return ("peernet.lib" if parts[1:2] == ("lib",) else "peernet"), None, parts[-1]
    return parts[0], parts[1] if len(parts) > 2 else None, parts[-1]


def imported(path):
    """Names of our own modules that the file imports, absolute, one per imported name."""
    package = path.parent.parts
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            module = [*base, *(node.module.split(".") if node.module else [])]
            yield from (".".join([*module, alias.name]) for alias in node.names)


def target(name):
    """(wing, room, shelf) of an imported name, or None when it is not ours."""
    parts = name.split(".")
    if parts[0] == "peernet":
        return ("peernet.lib" if parts[1:2] == ["lib"] else "peernet"), None, None
    if parts[0] not in HOUSE:
        return None
    room = parts[1] if len(parts) > 1 and parts[1] in HOUSE[parts[0]] else None
    return parts[0], room, parts[2] if room and len(parts) > 2 else None


def shelf_index(shelf):
    return next((i for i, names in enumerate(SHELVES) if shelf in names), None)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_go_down_the_list_of_wings(path):
    wing, _, _ = place(path)
    above = [
        name
        for name in imported(path)
        if (hit := target(name)) and WINGS.index(hit[0]) > WINGS.index(wing)
    ]
    assert not above, f"{path} imports from a wing above its own: {above}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_room_is_built_only_on_the_rooms_before_it(path):
    wing, room, shelf = place(path)
    if wing not in HOUSE or room is None or shelf in ("forms", "views", "urls"):
        return
    order = HOUSE[wing]
    above = [
        name
        for name in imported(path)
        if (hit := target(name))
        and hit[0] == wing
        and hit[1]
        and order.index(hit[1]) > order.index(room)
    ]
    assert not above, f"{path} imports from a room above its own: {above}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_other_rooms_are_used_only_through_what_they_lend(path):
    wing, room, _ = place(path)
    if wing == "peernet" and path.name in ("urls.py", "accounts.py"):
        return
    taken = [
        name
        for name in imported(path)
        if (hit := target(name))
        and hit[1]
        and (hit[0], hit[1]) != (wing, room)
        and hit[2] is not None
        and hit[2] not in LENT
        and (hit[1], hit[2]) not in SINGLE_FILES
    ]
    assert not taken, f"{path} takes what another room does not lend: {taken}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_shelf_is_built_only_on_those_to_its_left(path):
    wing, room, shelf = place(path)
    mine = shelf_index(shelf)
    if wing not in HOUSE or room is None or mine is None:
        return
    wrong = [
        name
        for name in imported(path)
        if (hit := target(name))
        and hit[:2] == (wing, room)
        and (theirs := shelf_index(hit[2])) is not None
        and theirs >= mine
    ]
    assert not wrong, f"{path} imports a shelf to its right: {wrong}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_rooms_hold_only_shelves_with_known_names(path):
    wing, room, shelf = place(path)
    if wing not in HOUSE or shelf == "__init__":
        return
    if room is None:
        assert shelf in ("models", "apps"), f"{path}: a wing holds rooms, models.py and apps.py"
        return
    assert room in HOUSE[wing], f"{path}: the room is not on the list"
    known = shelf_index(shelf) is not None or (room, shelf) in SINGLE_FILES
    assert known, f"{path}: no such shelf in a room"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_rules_are_pure(path):
    if place(path)[2] != "rules" or place(path)[0] not in HOUSE:
        return
    names = [name for name in imported(path) if name.split(".")[0] not in PURE]
    assert not names, f"{path}: rules use the standard library and peernet.lib only: {names}"


PURE = {
    "__future__", "bisect", "calendar", "collections", "dataclasses", "datetime", "dateutil",
    "decimal", "difflib", "enum", "fractions", "functools", "hashlib", "hmac", "icalendar", "io",
    "itertools", "csv",
    "math", "operator", "re", "statistics", "string", "typing", "unicodedata", "uuid", "zoneinfo",
    "peernet",
    "django",  # only for words: see the next test
    "sessions", "networks", "members", "evaluation",  # other rooms' rules; held by the order above
}  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=str)
def test_rules_take_only_words_from_django_and_only_rules_from_other_rooms(path):
    if place(path)[2] != "rules" or place(path)[0] not in HOUSE:
        return
    for name in imported(path):
        if name.startswith("django"):
            assert name.startswith("django.utils.translation"), f"{path}: {name}"
        elif name.split(".")[0] in HOUSE:
            assert "rules" in name.split("."), f"{path}: {name}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_import_hides_in_a_function(path):
    tree = ast.parse((ROOT / path).read_text())
    hidden = [
        inner.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not hidden, f"{path}: imports inside functions at lines {hidden}"


def functions(path):
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("path", FILES, ids=str)
def test_sizes_stay_within_the_budget(path):
    lines = len((ROOT / path).read_text().splitlines())
    assert lines <= FILE_LINES, f"{path} has {lines} lines: find the missing idea"
    shelf = place(path)[2]
    most = {"views": VIEW_LINES, "tasks": TASK_LINES}.get(shelf, FUNCTION_LINES)
    long = [(name, size) for name, size in functions(path) if size > most]
    assert not long, f"{path}: functions over {most} lines: {long}"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_templates_stay_within_the_budget(path):
    lines = len(path.read_text().splitlines())
    # The macros are a library, not a page.
    assert lines <= (400 if "ui" in path.relative_to(ROOT).parts[1] else 120)


def test_the_only_clock_is_ours():
    wrong = []
    for path in FILES:
        if path == Path("peernet/lib/clock.py") or "embedded" in path.parts:
            continue
        text = (ROOT / path).read_text()
        for call in (
            "timezone.now(",
            "datetime.now(",
            "date.today(",
            "auto_now",
            "Now()",
            "time.time(",
        ):
            if call in text:
                wrong.append((str(path), call))
    assert not wrong


def test_the_guard_sees_an_import_that_goes_up(tmp_path):
    """The guard itself: a planted fault is found."""
    assert target("networks.membership.door") == ("networks", "membership", "door")
    assert WINGS.index(target("sessions.cadence.models")[0]) > WINGS.index("networks")
    assert target("django.db") is None
