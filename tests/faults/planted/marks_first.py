"""The outbox marks a letter as sent and then sends it, as Healthchecks does: a worker that dies in
between has lost it."""

from django.apps import AppConfig


class Fault(AppConfig):
    name = "tests.faults.planted.marks_first"
    label = "planted"

    def ready(self):
        from members.notices import actions

        send = actions.mail.post

        def mark_and_send(message, mailer=None):
            number = message.extra_headers["Message-ID"].split("-")[1].split("@")[0]
            row = actions.Notice.objects.get(pk=number)
            actions._settle(row, actions.NoticeState.SENT, "")
            send(message, mailer)

        actions.mail.post = mark_and_send
