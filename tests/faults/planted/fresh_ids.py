"""Each try gets a Message-ID of its own, so that mail programs cannot tell a double."""

import uuid

from django.apps import AppConfig


class Fault(AppConfig):
    name = "tests.faults.planted.fresh_ids"
    label = "planted"

    def ready(self):
        from members.notices import actions

        actions.mail.message_id = lambda name: f"<{uuid.uuid4().hex}@localhost>"
