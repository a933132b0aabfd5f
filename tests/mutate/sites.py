"""What counts as a permission condition, found in the source of any module of ours:

- a decorator of the door: it becomes the next weaker one;
- `if …: raise Http404 or PermissionDenied`: nobody is turned away;
- `….has_perm(…)`, and what a yes-or-no question about a person answers: always yes;
- each part of an `and` in such a question, in a query about a person and in the door;
- each keyword that narrows rows by whose and what they are (`counts`), and `.current()`,
  `.standing()`, `.visible_to(…)`, in a query about a person, in the door and where a view gets its
  object.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
WINGS = ("members", "networks", "sessions", "evaluation", "peernet")
# Articles are what posts look like to whom the room next door has let in.
OUTSIDE = ("migrations", "demo", "embedded", "backup", "management", "lib", "articles")
DOOR = "networks/membership/door.py"
WEAKER = {"coordinate": "facilitate", "facilitate": "take_part", "take_part": "view",
          "see_figures": "view", "reopen": "view"}  # fmt: skip
LOOSE = {
    "signed_in": "anybody",
    "signed_in_or_401": "anybody",
    "operators_page": "anybody_signed_in",
}
NARROWING = {"filter", "get", "Q", "get_object_or_404"}
WAYS = {"current", "standing", "visible_to", "at"}
NAMES = {"pk", "slug", "number", "id", "pk__in", "defaults"}  # which row, not whose
# A state, an answer or a choice that picks rows out of those which somebody may see anyhow.
WHAT = {"state", "reply", "talk", "kind", "steps_put_away"}
LOOKS_FOR = {"icontains", "lt", "lte", "gt", "gte", "range"}
STANDS = ("since", "until", "expire_date")  # but these say while when somebody may
ABOUT = {"person", "reader", "person_id", "user", "by"}
SWITCH = "tests.mutate.switch"


@dataclass(frozen=True)
class Site:
    """One condition: where it stands and what becomes of it."""

    number: int
    path: str
    line: int
    what: str


def looked_at(path: str) -> bool:
    """Whether a file of ours may hold conditions, by its path from the root."""
    parts = Path(path).parts
    return parts[0] in WINGS and not set(parts) & {*OUTSIDE} and parts[-1] != "settings.py"


class Rewriter(ast.NodeTransformer):
    """Rewrites a module, and gathers its sites with numbers from `first` on."""

    def __init__(self, path: str, first: int):
        self.path, self.sites, self.first = path, [], first
        self.door = path == DOOR
        self.view = path.endswith("views.py") or path.startswith("peernet/pages/")
        self.asked = self.door  # inside a function whose conditions count
        self.yes = False  # inside one that answers yes or no

    def site(self, node: ast.AST, what: str) -> ast.Constant:
        number = self.first + len(self.sites)
        self.sites.append(Site(number, self.path, node.lineno, what))
        return ast.Constant(number)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.decorator_list = [self.decorator(one) for one in node.decorator_list]
        before = self.asked, self.yes
        people = {a.arg for a in [*node.args.args, *node.args.kwonlyargs]} & ABOUT
        reads = self.path.endswith(("queries.py", "models.py", "rules.py"))
        answers = node.returns is not None and ast.unparse(node.returns) == "bool"
        # What a nested function asks counts as what the one around it asks.
        self.asked = before[0] or bool(people and reads) or node.name == "still_true"
        self.yes = answers and self.asked
        node.body = [self.visit(one) for one in node.body]
        self.asked, self.yes = before
        return node

    def decorator(self, node: ast.expr) -> ast.expr:
        name = ast.unparse(node.func if isinstance(node, ast.Call) else node).rpartition(".")[2]
        if name in LOOSE:
            return call("either", self.site(node, f"@{name} is gone"), node, attribute(LOOSE[name]))
        if name not in ("network_page", "programme_page") or not isinstance(node, ast.Call):
            return node
        ability = node.args[0].value
        weaker = WEAKER.get(ability) if name == "network_page" else None
        site = self.site(node, f'@{name}("{ability}") is {weaker or "for anybody"}')
        if weaker is None:
            return call("either", site, node, attribute(f"any_{name.removesuffix('_page')}"))
        wide = ast.Call(node.func, [ast.Constant(weaker)], node.keywords)
        return call("either", site, node, wide)

    def visit_If(self, node: ast.If) -> ast.AST:
        raised = node.body[-1] if isinstance(node.body[-1], ast.Raise) else None
        turned = raised is not None and ast.unparse(raised).startswith(
            ("raise Http404", "raise PermissionDenied")
        )
        text = ast.unparse(node.test)
        self.generic_visit(node)
        if turned:
            off = call("off", self.site(node, f"nobody is turned away if {text}"))
            node.test = ast.BoolOp(ast.And(), [node.test, ast.UnaryOp(ast.Not(), off)])
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        text = ast.unparse(node.value) if node.value else ""
        self.generic_visit(node)
        if self.yes and node.value and text not in ("True", "False"):
            node.value = self.always(node, node.value, f"yes instead of {text}")
        elif self.yes and text == "False":
            node.value = call("off", self.site(node, "yes instead of no"))
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        texts = [ast.unparse(value) for value in node.values]
        self.generic_visit(node)
        if self.asked and isinstance(node.op, ast.And):
            node.values = [
                self.always(node, value, f"without: {text}")
                for value, text in zip(node.values, texts, strict=True)
            ]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = ast.unparse(node.func).rpartition(".")[2]
        text = ast.unparse(node)
        self.generic_visit(node)
        if name == "has_perm" and not self.door:
            return self.always(node, node, f"always {text}")
        if not (self.asked or (self.view and name in NARROWING)):
            return node
        if name in WAYS and isinstance(node.func, ast.Attribute) and self.asked:
            site = self.site(node, f"without .{name}() in {text}")
            narrowed = call("narrowed", site, node.func.value, ast.Constant(name), *node.args)
            narrowed.keywords = node.keywords
            return narrowed
        if name in NARROWING:
            return self.narrowing(node, name, text)
        return node

    def narrowing(self, node: ast.Call, name: str, text: str) -> ast.Call:
        """Each keyword may go; not the only one of what must find one row."""
        # Beside a join, the network only says where in the index the joined rows stand.
        joined = "OuterRef(" in text
        whose = [
            k for k in node.keywords if k.arg and counts(k) and not (joined and k.arg == "network")
        ]
        alone = name in ("get", "get_object_or_404") and len(node.keywords) < 2
        alone = alone or (name == "Q" and bool(node.args))
        if alone or not whose or any(k.arg is None for k in node.keywords):
            return node
        sites = {k.arg: self.site(k.value, f"without {k.arg}= in {text}") for k in whose}
        table = ast.Dict([ast.Constant(arg) for arg in sites], list(sites.values()))
        kept = call("everything" if name == "Q" else "kept", table)
        kept.keywords = node.keywords
        if name == "Q":
            return kept
        node.keywords = [ast.keyword(None, kept)]
        return node

    def always(self, at: ast.AST, value: ast.expr, what: str) -> ast.Call:
        return call("yes", self.site(at, what), value)


def counts(keyword: ast.keyword) -> bool:
    """Whether a narrowing keyword says who may: not which row it is or what it says of itself,
    nor how two tables are joined, nor what is looked for or near enough in time to be shown."""
    name, _mark, lookup = keyword.arg.rpartition("__")
    joins = "OuterRef(" in ast.unparse(keyword.value)
    shown = lookup in LOOKS_FOR and not name.endswith(STANDS)
    what = keyword.arg.partition("__")[0] in WHAT and "private" not in ast.unparse(keyword.value)
    return keyword.arg not in NAMES and not joins and not shown and not what


def attribute(name: str) -> ast.Attribute:
    return ast.Attribute(ast.Name("_switch", ast.Load()), name, ast.Load())


def call(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(attribute(name), list(args), [])


def rewritten(source: str, path: str, first: int) -> tuple[ast.Module, list[Site]]:
    """The module with its conditions made switchable, and what they are."""
    writer = Rewriter(path, first)
    tree = writer.visit(ast.parse(source))
    if writer.sites:
        ask = ast.parse(f"import {SWITCH} as _switch").body
        after = next(
            n for n, one in enumerate(tree.body)
            if not (isinstance(one, ast.Expr) or ast.unparse(one).startswith("from __future__"))
        )  # fmt: skip
        tree.body[after:after] = ask
    return ast.fix_missing_locations(tree), writer.sites


def all_sites() -> dict[str, list[Site]]:
    """Every condition of the house, by path, numbered in the order of the paths."""
    found, first = {}, 1
    for wing in WINGS:
        for file in sorted((ROOT / wing).rglob("*.py")):
            path = file.relative_to(ROOT).as_posix()
            if looked_at(path):
                sites = rewritten(file.read_text(), path, first)[1]
                first += len(sites)
                if sites:
                    found[path] = sites
    return found
