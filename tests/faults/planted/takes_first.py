"""What was announced is taken away before its notices are written, as a queue does whose messages
are acknowledged early: a worker that dies in between has lost them all."""

from django.apps import AppConfig


class Fault(AppConfig):
    name = "tests.faults.planted.takes_first"
    label = "planted"

    def ready(self):
        from members.causes import actions

        def take_and_write(write):
            cause = actions.Cause.objects.first()
            if cause is None:
                return False
            gone, _rows = actions.Cause.objects.filter(pk=cause.pk).delete()
            if gone:
                with actions.transaction.atomic():
                    write(cause)
            return True

        actions._spread_one = take_and_write
