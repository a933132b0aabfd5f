from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from peernet.backup import archive
from peernet.lib.errors import Refused


class Command(BaseCommand):
    help = "Read a backup into an empty database. Stop web, worker, beat and watch first."
    requires_system_checks = []  # there is nothing to check yet

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--send-again",
            action="store_true",
            help="also send what was due since the backup; only if the old server did not send it",
        )

    def handle(self, *args, file, send_again, **options):
        try:
            held = archive.restore(file.absolute(), send_again=send_again)
        except (Refused, OSError) as no:
            raise CommandError(f"Not restored. {no}") from no
        self.stdout.write("Restored: every row and every file is as it was in the backup.")
        if held:
            self.stdout.write(
                f"Messages that may have gone before: {held}. "
                "They wait under Operate, Mail, Perhaps sent."
            )
        self.stdout.write("Now run: manage.py migrate")
