import shutil
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from peernet.backup import archive
from peernet.lib import tombstones
from peernet.lib.errors import Refused


class Command(BaseCommand):
    help = "Read a backup into an empty database. Stop web, worker, beat and watch first."
    requires_system_checks = []  # there is nothing to check yet

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="where from; - for standard input")
        parser.add_argument(
            "--send-again",
            action="store_true",
            help="also send what was due since the backup; only if the old server did not send it",
        )

    def handle(self, *args, file, send_again, **options):
        try:
            done = self.read(file, send_again=send_again)
        except (Refused, OSError) as no:
            raise CommandError(f"Not restored. {no}") from no
        self.stdout.write("Restored: every row and every file is as it was in the backup.")
        if done.held:
            self.stdout.write(
                f"Messages that may have gone before: {done.held}. "
                "They wait under Operate, Mail, Perhaps sent."
            )
        if tombstones.path().exists():
            self.stdout.write(f"Accounts closed since the backup, and now again: {done.closed}.")
        else:
            self.stdout.write(
                f"There is no list of closed accounts ({tombstones.path()}): whoever closed theirs "
                "since the backup is back. Ask them, and close it again."
            )
        self.stdout.write("Everybody signs in again.")

    def read(self, file, **how):
        if str(file) != "-":
            return archive.restore(file.absolute(), **how)
        with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
            whole = Path(folder) / "backup"
            with whole.open("wb") as kept:
                shutil.copyfileobj(sys.stdin.buffer, kept)
            return archive.restore(whole, **how)
