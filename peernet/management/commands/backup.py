import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from peernet.backup import archive
from peernet.lib.errors import Refused


class Command(BaseCommand):
    help = "Write the database and all uploads into one checksummed file. Safe while PeerNet runs."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="where to; - for standard output")

    def handle(self, *args, file, **options):
        poured = str(file) == "-"
        say = self.stderr if poured else self.stdout
        try:
            seen = self.pour() if poured else archive.write(file.absolute())
        except (Refused, OSError) as no:
            raise CommandError(f"No backup was made. {no}") from no
        say.write(f"The backup is written. SHA-256: {seen}")
        say.write(
            "It holds everything about everybody: keep it encrypted. SECRET_KEY is not in it: "
            "keep that elsewhere, or links in mails already sent stop working."
        )

    def pour(self):
        """Out of a container, whose folders are not the caller's."""
        with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
            whole = Path(folder) / "backup"
            seen = archive.write(whole)
            with whole.open("rb") as file:
                shutil.copyfileobj(file, self.stdout.buffer)
        return seen
