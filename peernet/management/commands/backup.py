from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from peernet.backup import archive
from peernet.lib.errors import Refused


class Command(BaseCommand):
    help = "Write the database and all uploads into one checksummed file. Safe while PeerNet runs."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, file, **options):
        try:
            seen = archive.write(file.absolute())
        except (Refused, OSError) as no:
            raise CommandError(f"No backup was made. {no}") from no
        self.stdout.write(f"{file} is written. SHA-256: {seen}")
        self.stdout.write(
            "It holds everything about everybody: keep it encrypted. SECRET_KEY is not in it: "
            "keep that elsewhere, or links in mails already sent stop working."
        )
