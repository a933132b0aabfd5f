"""manage.py funder_seat "Example Trust" uma@example.org: ask somebody to sit for a funder."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from networks.funding.actions import seat_by_operator
from peernet.lib.errors import Refused


class Command(BaseCommand):
    help = "Ask somebody to sit for a funder that several networks name."

    def add_arguments(self, parser):
        parser.add_argument("funder")
        parser.add_argument("email")

    def handle(self, *args, funder, email, **options):
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is not an email address.") from None
        try:
            seat = seat_by_operator(funder, email)
        except Refused as no:
            raise CommandError(str(no)) from None
        self.stdout.write(f"{seat.email} is invited to sit for {seat.funder.name}.")
