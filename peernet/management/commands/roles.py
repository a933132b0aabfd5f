from django.conf import settings
from django.core.management.base import BaseCommand

from peernet.pages.duties import guide


class Command(BaseCommand):
    help = "Write docs/guides/roles.md from the door's own table."

    def handle(self, *args, **options):
        (settings.BASE_DIR / "docs/guides/roles.md").write_text(guide())
