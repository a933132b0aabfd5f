from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string


class Command(BaseCommand):
    help = "Do every job of the beat once, now, without the broker. Safe beside a running worker."

    def handle(self, *args, **options):
        jobs = settings.CELERY_BEAT_SCHEDULE
        # The outbox last: it then sends what the other jobs have written.
        for name, job in sorted(jobs.items(), key=lambda one: one[0] == "outbox"):
            import_string(job["task"])()
            if options["verbosity"] > 1:
                self.stdout.write(name)
