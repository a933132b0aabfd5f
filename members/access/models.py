from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peernet.lib import clock, personal


class Device(models.Model):
    """A browser that somebody is signed in with. No address on the internet is kept, and of what
    the browser says of itself only two names."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(gettext_lazy("Browser"), max_length=40, blank=True)
    system = models.CharField(gettext_lazy("Device"), max_length=40, blank=True)
    signed_in_at = models.DateTimeField(gettext_lazy("Signed in"), default=clock.now)
    used_on = models.DateField(gettext_lazy("Last used"))  # to the day: more is nobody's business
    proved_at = models.DateTimeField(default=clock.now)  # a sign-in or a code showed who it is

    personal = personal.about(
        "person", download=("browser", "system", "signed_in_at", "used_on"), erase="delete",
        title=gettext_lazy("Devices you are signed in with"),
        merge=personal.Merging("gone"),
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["person", "-used_on"], name="device_of_person"),
            models.Index(fields=["used_on"], name="device_unused_since"),
        ]

    @property
    def name(self) -> str:
        """What its owner knows it by: "Firefox on Windows"."""
        if self.browser and self.system:
            names = {"browser": self.browser, "system": self.system}
            return _("%(browser)s on %(system)s") % names
        return self.browser or self.system or _("A browser we do not know")
