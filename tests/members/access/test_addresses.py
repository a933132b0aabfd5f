"""Several addresses for one person: each confirmed by a code, one of them for our mail."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from members.audit.models import AuditEntry
from members.notices.actions import send_due
from members.notices.models import Notice
from members.people.actions import make_operator, welcome
from members.people.models import Person
from members.privacy.actions import erase
from networks.invitations.models import Invitation
from networks.membership.models import Membership
from tests import cast

pytestmark = pytest.mark.django_db
PAGE, CONFIRM = "/you/addresses/", "/accounts/confirm-email/"


def words(response):
    return " ".join(response.content.decode().split())


def code(letter=-1):
    return re.search(r"\b\d{6}\b", mail.outbox[letter].body)[0]


def add(client, email):
    client.post(PAGE, {"email": email})
    return client.post(CONFIRM, {"code": code()}, follow=True)


@pytest.fixture
def ann():
    return cast.person("Ann Lee", email="ann@example.org")


def test_a_second_address_signs_the_same_person_in(ann, client, signed_in):
    page = add(signed_in(ann), " Ann@Work.org ")
    assert "ann@work.org" in words(page)
    ann.refresh_from_db()
    assert ann.email == "ann@example.org"
    client.post("/accounts/logout/")
    cache.clear()
    client.post("/accounts/login/", {"login": "ann@work.org"})
    assert mail.outbox[-1].to == ["ann@work.org"]
    client.post("/accounts/login/code/confirm/", {"code": code()})
    assert client.session["_auth_user_id"] == str(ann.pk)
    assert Person.objects.count() == 1


def test_an_address_without_its_code_is_nobodys(ann, signed_in):
    client = signed_in(ann)
    client.post(PAGE, {"email": "ann@work.org"})
    wrong = "000000" if code() != "000000" else "111111"
    assert "That is not the code we sent" in words(client.post(CONFIRM, {"code": wrong}))
    assert ann.emailaddress_set.count() == 1
    assert "ann@work.org" not in words(client.get(PAGE))


def test_we_write_to_the_address_they_choose_and_both_are_told(ann, signed_in):
    client = signed_in(ann)
    add(client, "ann@work.org")
    second = ann.emailaddress_set.get(email="ann@work.org")
    page = words(client.post(f"{PAGE}{second.pk}/main/", follow=True))
    assert "From now on we write to ann@work.org." in page
    ann.refresh_from_db()
    assert ann.email == "ann@work.org"
    assert ann.emailaddress_set.get(primary=True) == second
    mail.outbox.clear()
    send_due()
    told = [(letter.to[0], "another email address for our mail" in letter.body)
            for letter in mail.outbox]  # fmt: skip
    assert sorted(told) == [
        ("ann@example.org", True), ("ann@work.org", False), ("ann@work.org", True),
    ]  # fmt: skip


def test_an_address_is_removed_but_never_the_one_we_write_to(ann, signed_in):
    client = signed_in(ann)
    add(client, "ann@work.org")
    first, second = (ann.emailaddress_set.get(email=f"ann@{at}.org") for at in ("example", "work"))
    assert "Choose another one for that first" in words(
        client.post(f"{PAGE}{first.pk}/remove/", follow=True)
    )
    assert "is removed" in words(client.post(f"{PAGE}{second.pk}/remove/", follow=True))
    assert [one.email for one in ann.emailaddress_set.all()] == ["ann@example.org"]
    deeds = AuditEntry.objects.filter(deed__startswith="address.").values_list("deed", "detail")
    assert list(deeds.order_by("pk")) == [("address.added", {}), ("address.removed", {})]


def test_who_has_an_account_is_told_only_to_whoever_reads_mail_there(ann, signed_in):
    bo = cast.person("Bo Lee", email="bo@example.org")
    client = signed_in(ann)
    taken = client.post(PAGE, {"email": "bo@example.org"})
    free_client = Client()
    free_client.force_login(
        cast.person(), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    free = free_client.post(PAGE, {"email": "free@example.org"})
    assert (taken.status_code, taken.url) == (free.status_code, free.url)
    first, second = mail.outbox
    assert first.to == ["bo@example.org"]
    assert re.sub(r"\d{6}", "", first.body) == re.sub(r"\d{6}", "", second.body)
    said = words(client.post(CONFIRM, {"code": code(0)}, follow=True))
    assert "This address has an account of its own" in said
    assert [one.user for one in bo.emailaddress_set.all()] == [bo]
    assert ann.emailaddress_set.count() == 1


def test_an_account_that_nobody_ever_opened_gives_its_address_away(ann, signed_in):
    welcome("ann@work.org")  # she typed it once at the sign-in, and never the code
    add(signed_in(ann), "ann@work.org")
    assert ann.emailaddress_set.filter(email="ann@work.org", verified=True).exists()
    assert list(Person.objects.all()) == [ann]


def test_an_operators_account_gives_nothing_away(ann, signed_in):
    make_operator("op@example.org", by=None)
    add(signed_in(ann), "op@example.org")
    assert Person.objects.get(email="op@example.org").is_operator


def test_an_invitation_to_any_address_of_theirs_is_theirs(ann, signed_in):
    place = cast.network()
    cast.coordinator(place)
    ann.emailaddress_set.create(email="ann@work.org", verified=True)
    invitation = cast.invited(place, email="ann@work.org")
    client = signed_in(ann)
    client.post(f"/join/{invitation.token}/", {"accepts_charter": "on", "charter": "1"})
    assert Membership.objects.filter(network=place, person=ann).exists()
    assert Invitation.objects.get().accepted_by == ann


def test_an_invitation_to_an_address_that_is_not_theirs_yet_leads_to_adding_it(ann, signed_in):
    place = cast.network()
    invitation = cast.invited(place, email="ann@work.org")
    client = signed_in(ann)
    assert f'href="{PAGE}"' in words(client.get(f"/join/{invitation.token}/"))
    add(client, "ann@work.org")
    client.post(f"/join/{invitation.token}/", {"accepts_charter": "on", "charter": "1"})
    assert Membership.objects.filter(network=place, person=ann).exists()


def test_joining_signed_out_with_a_second_address_makes_no_second_account(ann, client):
    ann.emailaddress_set.create(email="ann@work.org", verified=True)
    place = cast.network()
    invitation = cast.invited(place, email="ann@work.org")
    client.post(f"/join/{invitation.token}/", {"accepts_charter": "on", "charter": "1"})
    client.post("/accounts/login/code/confirm/", {"code": code()})
    assert client.session["_auth_user_id"] == str(ann.pk)
    assert Person.objects.filter(is_operator=False).count() == 1


def test_nobody_touches_the_address_of_somebody_else(ann, signed_in):
    theirs = ann.emailaddress_set.create(email="ann@work.org", verified=True)
    client = signed_in(cast.person("Bo Lee"))
    for deed in ("main", "remove"):
        assert client.post(f"{PAGE}{theirs.pk}/{deed}/").status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter an email address."),
        ("ann", "Enter an email address like name@example.org."),
        ("Ann@Example.org", "You have that address already."),
    ],
)
def test_what_cannot_be_added_gets_a_sentence_and_stays(ann, signed_in, typed, sentence):
    answer = signed_in(ann).post(PAGE, {"email": typed})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert f'value="{typed}"' in words(answer) or not typed
    assert mail.outbox == []


def test_five_addresses_are_enough(ann, signed_in):
    for n in range(4):
        ann.emailaddress_set.create(email=f"a{n}@example.org", verified=True)
    client = signed_in(ann)
    assert "as many addresses as we can keep" in words(client.get(PAGE))
    assert client.post(PAGE, {"email": "six@example.org"}).status_code == 422


def test_a_closed_account_leaves_no_address_behind_not_even_a_removed_one(ann, signed_in):
    client = signed_in(ann)
    add(client, "ann@work.org")
    client.post(f"{PAGE}{ann.emailaddress_set.get(email='ann@work.org').pk}/remove/")
    assert Notice.objects.filter(address="ann@work.org").exists()
    erase(ann, by=ann)
    assert not Notice.objects.filter(address__contains="ann@").exists()
    assert not ann.emailaddress_set.exists()
