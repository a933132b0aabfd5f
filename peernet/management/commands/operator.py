"""manage.py operator ann@example.org: let somebody run the platform."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from members.people.actions import make_operator


class Command(BaseCommand):
    help = "Let the person with this address run the platform. They sign in with a code."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *args, email, **options):
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is not an email address.") from None
        person = make_operator(email, by=None)
        self.stdout.write(f"{person.email} is an operator now, and signs in with a code.")
