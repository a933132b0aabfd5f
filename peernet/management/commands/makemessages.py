"""Django's makemessages, taught to read our Jinja2 templates.

Left alone it takes them for Django templates and silently loses most of their words: every
{% trans %} block, every plural, every _() inside a macro's arguments.
"""

import re
from pathlib import Path

from django.core.management.commands import makemessages
from django.template import TemplateSyntaxError, engines
from jinja2 import TemplateSyntaxError as JinjaSyntaxError

NOT_OURS = [".venv", "node_modules", "var", "tests"]
NOTE = re.compile(r"{#\s*(Translators:.*?)#}")


class BuildFile(makemessages.BuildFile):
    def preprocess(self):
        """Write what xgettext shall read: for a Jinja2 file its words as Python calls, each on
        the line where it stands, so that translators are sent to the right place."""
        path = Path(self.path)
        if path.parts[:1] != ("templates",):
            super().preprocess()
            return
        source = path.read_text(encoding="utf-8")
        lines = [f"# {m[1]}" if (m := NOTE.search(line)) else "" for line in source.splitlines()]
        try:
            found = list(engines["jinja2"].env.extract_translations(source))
        except JinjaSyntaxError as wrong:
            raise TemplateSyntaxError(f"{path}:{wrong.lineno}: {wrong.message}") from wrong
        for number, name, words in found:
            lines[number - 1] += f" {call(name, words)};"
        Path(self.work_path).write_text("\n".join(lines) + "\n", encoding="utf-8")


class Command(makemessages.Command):
    build_file_class = BuildFile

    def handle(self, *args, **options):
        options["ignore_patterns"] = [*options["ignore_patterns"], *NOT_OURS]
        super().handle(*args, **options)


def call(name, words):
    """One message as the Python call that xgettext knows: ngettext('a', 'b', 1)."""
    texts = [words] if isinstance(words, str) else [word for word in words if word is not None]
    counted = ["1"] if name in ("ngettext", "npgettext") else []
    name = "gettext" if name == "_" else name
    return f"{name}({', '.join([*map(repr, texts), *counted])})"
