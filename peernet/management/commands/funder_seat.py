"""manage.py funder_seat "Example Trust" uma@example.org: ask somebody to sit for a funder; with
--end, take the seat away at once."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from networks.funding.actions import end_seat_by_operator, seat_by_operator
from peernet.lib.errors import Refused


class Command(BaseCommand):
    help = "Ask somebody to sit for a funder that several networks name."

    def add_arguments(self, parser):
        parser.add_argument("funder")
        parser.add_argument("email")
        parser.add_argument("--end", action="store_true", help="they see nothing any more")

    def handle(self, *args, funder, email, end, **options):
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is not an email address.") from None
        try:
            seat = (end_seat_by_operator if end else seat_by_operator)(funder, email)
        except Refused as no:
            raise CommandError(str(no)) from None
        what = "no longer sits" if end else "is invited to sit"
        self.stdout.write(f"{seat.email} {what} for {seat.funder.name}.")
