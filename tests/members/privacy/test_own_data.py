"""The copy of one's own data: whole by construction, and only one's own."""

import json

import pytest
from django.core.files.storage import default_storage

from members.audit.models import AuditEntry
from members.privacy import queries
from tests import cast
from tests.members.privacy.archives import download
from tests.members.privacy.life import ADDRESS, NAME, lived
from tests.networks.files.things import PDF, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path / "archives"


def unpacked(client):
    bundle = download(client)
    return json.loads(bundle.read("data.json")), bundle.read("read-me.html").decode()


def test_every_model_about_a_person_is_in_their_download(signed_in):
    zoe, _place = lived()
    made, _page = unpacked(signed_in(zoe))
    given = {part["kind"] for part in made["parts"] if part["rows"]}
    missing = {model._meta.label for model, said in queries.declared() if said.about} - given
    assert not missing, f"give them a row in tests/members/privacy/life.py: {sorted(missing)}"


def test_every_field_that_is_declared_is_given(signed_in):
    zoe, _place = lived()
    made, _page = unpacked(signed_in(zoe))
    rows = {part["kind"]: part["rows"] for part in made["parts"][::-1]}
    for model, said in queries.declared():
        if said.about:
            assert set(rows[model._meta.label][0]) == set(said.download)
    assert rows["members.Person"][0]["email"] == ADDRESS
    assert rows["networks.Post"][0]["text"] == f"Call me {NAME}"


def test_it_can_be_read_by_people(signed_in):
    zoe, _place = lived()
    _made, page = unpacked(signed_in(zoe))
    page = " ".join(page.split())
    assert f"Call me {NAME}<br> </dd>" in page
    assert "Community Libraries<br> </dd>" in page
    assert "<dt>Time zone</dt>" in page
    assert ">Your answers to invitations</h2>" in page
    assert "None" not in page


def test_the_page_fits_a_phone_and_leads_to_each_part_and_file(signed_in, browser, tmp_path):
    zoe, _place = lived()
    download(signed_in(zoe)).extractall(tmp_path)
    tab = browser.new_page(viewport={"width": 320, "height": 640})
    tab.goto((tmp_path / "read-me.html").as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= 321
    assert tab.locator("nav a").count() == tab.locator("h2").count() > 20
    there = [one.get_attribute("href") for one in tab.locator("dd a").all()]
    assert there
    assert all((tmp_path / name).exists() for name in there)
    tab.close()


def test_nothing_of_anybody_else_is_in_it(signed_in):
    zoe, place = lived()
    ann = cast.member(place, "Ann Lee")
    cast.thread(place, ann, title="Ann's own")
    made, page = unpacked(signed_in(zoe))
    said = json.dumps(made) + page
    assert "Ann" not in said
    assert "bea@example.org" not in said  # whom she invited
    assert "Bea Lane" not in said


def test_who_did_nothing_yet_gets_their_account_only(signed_in):
    lived()
    made, page = unpacked(signed_in(cast.person("Ann Lee")))
    assert {p["kind"] for p in made["parts"] if p["rows"]} == {
        "members.Person", "account.EmailAddress", "members.Device", "members.Archive",
        "members.AuditEntry",
    }  # fmt: skip
    assert "quagmire" not in page.lower()


def test_asking_is_written_down_and_looking_is_not(signed_in):
    ann = cast.person("Ann Lee")
    client = signed_in(ann)
    assert client.get("/you/data/").status_code == 200
    assert not AuditEntry.objects.filter(deed="data.asked").exists()
    client.post("/you/data/")
    assert AuditEntry.objects.get(deed="data.asked").actor_id == ann.pk


def test_files_come_along_and_lost_ones_are_named(signed_in):
    zoe, place = lived()
    _thread, post = cast.thread(place, zoe)
    lost = stored(post, zoe, PDF, "lost.pdf")
    default_storage.delete(lost.stored.name)
    stored(cast.thread(place, cast.member(place))[1], place.memberships.last().person, PDF, "x.pdf")
    bundle = download(signed_in(zoe))
    made = json.loads(bundle.read("data.json"))
    rows = next(part["rows"] for part in made["parts"] if part["kind"] == "networks.File")
    there = [row["stored"] for row in rows if row["name"] != "lost.pdf"]
    assert [bundle.read(name) for name in there] == [PDF]
    assert made["missing"] == [lost.stored.name]
    assert {name for name in bundle.namelist() if name.startswith("files/")} == set(there)


def test_an_address_that_was_only_typed_gives_nothing_of_whoever_reads_mail_there(signed_in):
    """Else one could add somebody's address, not confirm it, and be given what is kept of them."""
    cast.invited(cast.network(), "Bo Secret", email="bo@example.org")
    eve = cast.person("Eve")
    eve.emailaddress_set.create(email="bo@example.org", verified=False)
    made, page = unpacked(signed_in(eve))
    assert "Bo Secret" not in json.dumps(made) + page
    assert "networks.Invitation" not in {p["kind"] for p in made["parts"] if p["rows"]}
