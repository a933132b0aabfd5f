from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.module_loading import import_string


class MembersConfig(AppConfig):
    name = "members"

    def ready(self):
        # The one place that hears of every sign-in, whatever the way in.
        user_logged_in.connect(import_string("members.access.middleware.begin_device"))
