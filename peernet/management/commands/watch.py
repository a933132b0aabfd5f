import signal
import threading

from django.core.management.base import BaseCommand

from peernet.lib import clock
from peernet.watch import Watch


class Command(BaseCommand):
    help = (
        "Run beside the beat: each minute, see that its jobs run. Mail the operators when one is "
        "five periods late, and do the work meanwhile."
    )

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="look once, and end")

    def handle(self, *args, once, **options):
        if once:
            Watch().look()
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Watch(since=clock.now()).run(stop)
