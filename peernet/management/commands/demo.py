from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from peernet.demo.actions import tell_story
from peernet.demo.queries import parts


class Command(BaseCommand):
    help = "Make the demonstration's people and networks, if they are not there yet."

    def add_arguments(self, parser):
        parser.add_argument("--people", action="store_true", help="only print who one can be")

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("This is not a demonstration: set DEMO=1 to make one.")
        if not options["people"]:
            made = tell_story()
            self.stdout.write("The demo is made." if made else "The demo is there already.")
            return
        for part in parts():
            page = settings.SITE_URL + reverse("demo")
            self.stdout.write(f"{part.role:12} {part.name:14} {part.about}")
        self.stdout.write(f"Be any of them: {page}    Their mail: {settings.SITE_URL}/mailbox/")
