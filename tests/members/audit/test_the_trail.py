import pytest
from django.db import DatabaseError, transaction

from members.audit.actions import note
from members.audit.models import AuditEntry
from tests import cast

pytestmark = pytest.mark.django_db


def test_the_database_refuses_to_change_or_remove_what_is_on_the_trail():
    note("grant.recorded", by=cast.person(), about_id=7)
    with pytest.raises(DatabaseError, match="only be added to"), transaction.atomic():
        AuditEntry.objects.update(deed="something.else")
    with pytest.raises(DatabaseError, match="only be added to"), transaction.atomic():
        AuditEntry.objects.all().delete()
    assert AuditEntry.objects.get().deed == "grant.recorded"


def test_a_person_can_go_and_the_trail_stays():
    ann = cast.person()
    note("grant.recorded", by=ann)
    ann.delete()
    assert AuditEntry.objects.count() == 1
