import ast
from pathlib import Path

import pytest

from members.audit.actions import note
from networks.hosting.models import Deed
from networks.imports.models import UNDER_WAY, ImportState
from networks.membership.actions import leave
from peernet.pages.deeds import DEEDS, UNSHOWN
from tests import cast

ROOT = Path(__file__).resolve().parents[3]


def written_codes():
    """Every code that an action writes on the trail, from the source itself."""
    for wing in ("members", "networks", "sessions", "evaluation", "peernet"):
        for path in (ROOT / wing).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "note":
                    first = node.args[0] if node.args else None
                    if isinstance(first, ast.Constant):
                        yield first.value


def test_every_deed_on_the_trail_has_its_words():
    settled = set(ImportState) - {ImportState.DRAFT, *UNDER_WAY}
    codes = set(written_codes()) | {f"import.{state}" for state in settled}
    codes |= {f"thread.{deed}" for deed in Deed}
    assert len(codes) > 30, "this test no longer finds the codes"
    assert codes - set(DEEDS) - UNSHOWN == set()


@pytest.mark.django_db
def test_members_read_who_did_what_and_no_word_of_it(signed_in):
    place = cast.network()
    dan, ann = cast.coordinator(place, "Dan Price"), cast.member(place, "Ann Lee")
    session = cast.session(place, title="Canary title")
    note("session.moved", by=dan, network_id=place.pk, about_id=session.pk)
    page = signed_in(ann).get(f"/n/{place.slug}/log/").content.decode()
    assert "Dan Price moved a session" in page
    assert "Canary title" not in page


@pytest.mark.django_db
def test_a_name_goes_when_its_owner_leaves_and_the_deed_stays(signed_in):
    place = cast.network()
    dan, fay = cast.coordinator(place, "Dan Price"), cast.facilitator(place, "Fay Okoro")
    note("attendance.ticked", by=fay, network_id=place.pk)
    leave(place, by=fay)
    page = signed_in(dan).get(f"/n/{place.slug}/log/").content.decode()
    assert "Fay Okoro" not in page
    assert "Somebody who is not in the network now noted who came to a session" in page


@pytest.mark.django_db
def test_another_networks_deeds_are_not_shown(signed_in):
    here, there = cast.network(slug="here"), cast.network("Other", slug="there")
    ann = cast.member(here, "Ann Lee")
    note("session.cancelled", by=None, network_id=there.pk)
    assert "cancelled a session" not in signed_in(ann).get("/n/here/log/").content.decode()


@pytest.mark.django_db
def test_what_an_operator_did_from_outside_is_told_as_such(signed_in):
    place = cast.network()
    ann, olu = cast.member(place, "Ann Lee"), cast.person("Olu Works", is_operator=True)
    note("notice.retried", by=olu, network_id=place.pk)
    gone = cast.person("Gone Person")
    note("grant.agreed", by=gone, network_id=place.pk)
    gone.delete()
    page = signed_in(ann).get(f"/n/{place.slug}/log/").content.decode()
    assert "An operator of this server had a message sent again" in page
    assert "Somebody who is not in the network now agreed" in page
    assert "Olu Works" not in page
