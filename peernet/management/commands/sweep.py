from django.core.management.base import BaseCommand

from peernet.watch import jobs


class Command(BaseCommand):
    help = "Do every job of the beat once, now, without the broker. Safe beside a running worker."

    def handle(self, *args, **options):
        for name, job in jobs():
            job()
            if options["verbosity"] > 1:
                self.stdout.write(name)
