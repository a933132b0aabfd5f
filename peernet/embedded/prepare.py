"""What a start needs from Django, in one process because each would import it again: migrations,
static files, and in demo mode the demo's people."""

import hashlib
import io
import sys

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError
from environs import EnvError


def main() -> None:
    try:
        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        collect_static()
        if settings.DEMO:
            call_command("demo")
        introduce_people()
    except (EnvError, ImproperlyConfigured, CommandError, OperationalError) as error:
        sys.exit(f"{error}")


def introduce_people() -> None:
    """Write what the launcher prints under the address: who to be in the demo."""
    lines = io.StringIO()
    if settings.DEMO:
        call_command("demo", people=True, stdout=lines)
    (settings.VAR_DIR / "people.txt").write_text(lines.getvalue())


def collect_static() -> None:
    """Gather and compress the static files into STATIC_ROOT, unless it holds just these."""
    stamp = settings.STATIC_ROOT / "collected.txt"
    wanted = listing()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted)


def listing() -> str:
    """A fingerprint of every static file's name, size and time."""
    found = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            seen = f"{name} {storage.size(name)} {storage.get_modified_time(name)}\n"
            found.update(seen.encode())
    return found.hexdigest()


if __name__ == "__main__":
    main()
