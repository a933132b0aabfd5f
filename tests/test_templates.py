"""What no template may hold: words that nobody can translate, style or script in the page, HTML
that nobody escaped, questions to the database, files that are not there."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import TemplateDoesNotExist, engines
from django.template.loader import get_template
from jinja2 import meta, nodes

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
FILES = sorted(p.relative_to(TEMPLATES).as_posix() for p in TEMPLATES.rglob("*.*"))
NAMES = {"PeerNet"}  # the same in every language
READ_ALOUD = {"alt", "title", "placeholder", "aria-label"}
WORDS_OF_PARTS = {
    "text", "title", "label", "lead", "over", "meta", "note", "caption", "question", "tag",
    "describes",
}  # fmt: skip
CODE_FIRST = {"drawing", "search", "answers", "post"}  # a code or an address comes first
DEEDS = {
    "all", "filter", "exclude", "count", "exists", "first", "last", "aggregate", "save", "delete",
    "create", "update",
}  # fmt: skip
SAFE = {}  # file: how many times it may say |safe. None does: HTML comes as Markup
CLASSES = {"width", "accent"}  # blocks of bare.html that hold a class, not words
HOLE = "\ue000"


def tree(source):
    return engines["jinja2"].env.parse(source)


def markup(source):
    """The template's own text in its order, with a hole for each thing that it prints."""
    parts = []

    def walk(node):
        if isinstance(node, nodes.TemplateData):
            parts.append(node.data)
        elif isinstance(node, nodes.Block) and node.name in CLASSES:
            parts.append(HOLE)
        elif isinstance(node, nodes.If):
            for number, branch in enumerate([node.body, *[[n] for n in node.elif_], node.else_]):
                parts.extend(" " * bool(number and branch))  # one or the other, not side by side
                for child in branch:
                    walk(child)
        elif isinstance(node, nodes.Output):
            for child in node.nodes:
                walk(child) if isinstance(child, nodes.TemplateData) else parts.append(HOLE)
        else:
            for child in node.iter_child_nodes():
                walk(child)

    walk(tree(source))
    return "".join(parts)


class Reader(HTMLParser):
    """Collects the faults that a browser would see."""

    def __init__(self, mail):
        super().__init__()
        self.mail, self.faults, self.inside = mail, [], []

    def handle_starttag(self, tag, attrs):
        self.inside.append(tag)
        if re.search(r'="[^"]*"[\w-]+=', self.get_starttag_text()):
            self.faults.append(f"no space between attributes of <{tag}>: use |xmlattr")
        attributes = {key: value or "" for key, value in attrs}
        for key, value in attributes.items():
            if key in READ_ALOUD and letters(value):
                self.faults.append(f"bare words in {key}: {value}")
            if key == "style" and not self.mail:
                self.faults.append(f"style on <{tag}>")
            if key.startswith("hx-"):
                self.faults.append(f"{key} is not HTML: write data-{key}")
            if key.startswith("on"):
                self.faults.append(f"{key} on <{tag}>")
        if tag == "script" and "src" not in attributes:
            self.faults.append("script in the page")
        if tag == "style" and not self.mail:
            self.faults.append("style in the page")

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        code = {"kbd", "style", "script", "code"} & set(self.inside)
        data = re.sub(r'[\w-]+="[^"]*"', "", data)  # attributes that a macro prints by themselves
        if letters(data) and not code:
            self.faults.append(f"bare words: {' '.join(data.split())[:60]}")


def letters(text):
    for name in NAMES:
        text = text.replace(name, "")
    text = re.sub(r"&\w+;", "", text)
    return any(c.isalpha() for c in text.replace(HOLE, ""))


def faults(name, source):
    found = [*faults_in_text(name, source), *faults_in_code(source)]
    used = sum(node.name == "safe" for node in tree(source).find_all(nodes.Filter))
    if used > SAFE.get(name, 0):
        found.append(f"|safe {used} times")
    for other in meta.find_referenced_templates(tree(source)):
        if other and not (TEMPLATES / other).exists():
            found.append(f"no such template: {other}")
    return found


def faults_in_text(name, source):
    if name.endswith(".txt"):
        return [f"bare words: {t}" for t in markup(source).split(HOLE) if letters(t)]
    reader = Reader(mail="mail/" in name)
    reader.feed(markup(source))
    reader.close()
    return reader.faults


def faults_in_code(source):
    parsed = tree(source)
    for call in parsed.find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr):
            if call.node.attr in DEEDS:
                yield f"a question or deed: .{call.node.attr}()"
            if getattr(call.node.node, "name", "") == "ui":
                yield from bare_words_given(call)
    # At the top of a file of macros a word is translated once, for its first reader only.
    if any(parsed.find_all(nodes.Macro)):
        for node in parsed.body:
            if isinstance(node, nodes.Assign | nodes.AssignBlock):
                called = {getattr(call.node, "name", "") for call in node.find_all(nodes.Call)}
                if called & {"_", "gettext", "ngettext"}:
                    yield "words outside a macro"


def bare_words_given(call):
    """String constants among the arguments of a part that are words and not codes."""
    first = 1 if call.node.attr in CODE_FIRST else 0
    given = [*call.args[first:], *(k.value for k in call.kwargs if k.key in WORDS_OF_PARTS)]
    for value in given:
        if isinstance(value, nodes.Const) and letters(str(value.value)):
            yield f"bare words given to ui.{call.node.attr}: {value.value}"


@pytest.mark.parametrize("name", FILES)
def test_a_template_holds_nothing_it_must_not(name):
    assert faults(name, (TEMPLATES / name).read_text()) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("x.html", "<p>Hello</p>"),
        ("x.html", "<p>{{ a }} people</p>"),
        ("x.html", '<img alt="A dog">'),
        ("x.html", '<input placeholder="{{ a }} name">'),
        ("x.html", '<p style="color:red"></p>'),
        ("x.html", '<p onclick="x()"></p>'),
        ("x.html", '<p hx-get="/"></p>'),
        ("x.html", '<p {% if a %}id="a"{% endif %}\n   {% if b %}class="b"{% endif %}></p>'),
        ("x.html", "<script>1</script>"),
        ("x.html", "<style>p{}</style>"),
        ("x.html", "{{ a|safe }}"),
        ("x.html", "{{ a.delete() }}"),
        ("x.html", "{% for x in a.all() %}{% endfor %}"),
        ("x.html", '{{ ui.button("Save") }}'),
        ("x.html", '{{ ui.tag(text="Ask") }}'),
        ("x.html", '{% include "nowhere.html" %}'),
        ("x.html", '{% set x = _("Save") %}{% macro m() %}{{ x }}{% endmacro %}'),
        ("x.txt", "Dear {{ name }}"),
    ],
)
def test_each_planted_fault_is_found(name, source):
    assert faults(name, source)


@pytest.mark.parametrize(
    "source",
    [
        '<p title="{{ _("Hello") }}">{{ _("Hello") }} <kbd>g</kbd> PeerNet &middot; 12</p>',
        '{{ ui.tag(_("Ask"), kind="ok") }}{{ ui.drawing("kettle") }}',
        "{% trans n=3 %}{{ n }} person{% pluralize %}{{ n }} people{% endtrans %}",
        '<script src="{{ static("js/app.js") }}" defer></script>',
    ],
)
def test_what_is_right_passes(source):
    assert faults("x.html", source) == []


def named_in_python():
    for wing in ("members", "networks", "sessions", "evaluation", "peernet"):
        for path in sorted((ROOT / wing).rglob("*.py")):
            for name in re.findall(r'"([\w/]+/\w+\.(?:html|txt))"', path.read_text()):
                yield pytest.param(name, id=f"{path.relative_to(ROOT)}: {name}")


@pytest.mark.parametrize("name", list(named_in_python()))
def test_every_template_that_code_names_is_there(name):
    try:
        get_template(name)
    except TemplateDoesNotExist:
        pytest.fail(f"no such template: {name}")
