from django.conf import settings
from django.contrib.auth import load_backend
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from peernet.lib import clock, personal, portable
from peernet.lib.plain import Plain


def default_zone() -> str:
    return settings.DEFAULT_ZONE


class PersonManager(BaseUserManager):
    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email, name="", **fields):
        """allauth and the tests come in here. A password is set by its owner alone, later."""
        person = self.model(email=email.strip().lower(), name=name, **fields)
        person.set_unusable_password()
        person.save()
        return person


class Person(AbstractBaseUser):
    """Somebody with an address of their own. What they may do is said by dated rows elsewhere."""

    email = models.EmailField(_("Email address"), max_length=254, unique=True)
    name = models.CharField(_("Your name"), max_length=120, blank=True)
    zone = models.CharField(_("Time zone"), max_length=60, default=default_zone)
    language = models.CharField(
        _("Language"), max_length=10, choices=settings.LANGUAGES, default="en-gb"
    )
    quiet_hours = models.BooleanField(_("Quiet hours"), default=True)
    weekly = models.BooleanField(_("The weekly mail"), default=True)
    weekly_day = models.PositiveSmallIntegerField(default=0)  # 0 is Monday
    weekly_hour = models.PositiveSmallIntegerField(default=8)  # on the clock where they live
    is_operator = models.BooleanField(default=False)  # runs the platform; reads no private words
    is_active = models.BooleanField(default=True)
    token_version = models.PositiveIntegerField(default=0)  # raise it: mail links and sessions die
    joined_at = models.DateTimeField(default=clock.now)
    demo = models.BooleanField(default=False)  # invented, for the demonstration
    # Whether they said "not now" to bringing two accounts of one mailbox together.
    doubles_put_away = models.BooleanField(default=False, db_default=False)

    objects = PersonManager()
    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    personal = personal.about(
        "self",
        download=(
            "email", "name", "zone", "language", "quiet_hours", "weekly", "weekly_day",
            "weekly_hour", "joined_at",
        ),
        erase="blank",
        blank=("email", "name"),
        title=_("Your name and your address"),
    )  # fmt: skip
    portable = portable.rows(
        "name", "email", at="memberships__network", title=_("People"),
        through={"email": "networks.membership.queries.address_given"},
    )  # fmt: skip

    class Meta:
        # Few of many: whoever counts members asks for those whose account is closed.
        indexes = [
            models.Index(fields=["id"], name="people_gone", condition=Q(is_active=False)),
            GinIndex(OpClass(Plain("name"), "gin_trgm_ops"), name="people_by_plain_name"),
        ]
        constraints = [
            # One mailbox, one person: Ann@x.org and ann@x.org get each mail once.
            models.UniqueConstraint(Lower("email"), name="one_person_per_address"),
            models.CheckConstraint(
                condition=Q(weekly_day__lte=6, weekly_hour__lte=23), name="weekly_mail_has_its_hour"
            ),
        ]

    def has_perm(self, ability: str, obj=None) -> bool:
        """Ask the one door (networks/membership/door.py), the first of the backends. The other
        one, allauth's, knows codes, and would look for groups that a Person does not have."""
        door = load_backend(settings.AUTHENTICATION_BACKENDS[0])
        return self.is_active and door.has_perm(self, ability, obj)

    def _get_session_auth_hash(self, secret=None) -> str:
        """What a signed-in browser must hold: another one once `token_version` was raised."""
        held = f"{self.password} {self.token_version}"
        return salted_hmac("members.people", held, secret, algorithm="sha256").hexdigest()

    @property
    def short_name(self) -> str:
        """How mails and pages greet them."""
        return self.name.split()[0] if self.name.strip() else self.email.partition("@")[0]

    @property
    def shown_name(self) -> str:
        """How others see them; an address is shown to nobody."""
        if not self.is_active:
            return str(_("A former member"))
        return self.name or str(_("Somebody without a name yet"))


class Alias(models.Model):
    """The number of an account that was merged into another: what cannot be written anew (the audit
    trail, the marks of answers to surveys, older backups) still knows the person by it."""

    old_id = models.BigIntegerField(primary_key=True)
    into = models.ForeignKey(Person, models.CASCADE, related_name="aliases")
    joined_at = models.DateTimeField()  # when the account began, as its tombstone needs it
    at = models.DateTimeField(_("Merged"), default=clock.now)

    personal = personal.about(
        "into", download=("at",), erase="delete", title=_("Accounts you brought together"),
    )  # fmt: skip
