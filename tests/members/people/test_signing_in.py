"""Signing in, as a browser does it: an address, a mail, a code."""

import re
import socket
import subprocess
import sys

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from members.audit.models import AuditEntry
from members.people.models import Person
from tests import cast
from tests.crowd import at_once
from tests.faults.sink import LOST, Sink, serving

pytestmark = pytest.mark.django_db
LOGIN, CONFIRM = "/accounts/login/", "/accounts/login/code/confirm/"
NOWHERE = {"BACKEND": settings.CACHES["default"]["BACKEND"], "LOCATION": "redis://127.0.0.1:1/0"}


def code(letter=-1):
    return re.search(r"\b\d{6}\b", mail.outbox[letter].body)[0]


def ask(client, email, **more):
    return client.post(LOGIN, {"login": email, **more})


def enter(client, text=None, **more):
    return client.post(CONFIRM, {"code": text or code(), **more})


def words(response):
    return " ".join(response.content.decode().split())


def test_somebody_signs_in_with_the_code_from_the_mail(client):
    ann = cast.person(email="ann@example.org")
    assert ask(client, " Ann@Example.org ").url == CONFIRM
    assert mail.outbox[0].to == ["ann@example.org"]
    assert enter(client).url == "/"
    assert client.session["_auth_user_id"] == str(ann.pk)


def test_the_code_may_be_pasted_with_spaces(client):
    cast.person(email="ann@example.org")
    ask(client, "ann@example.org")
    assert enter(client, f" {code()[:3]} {code()[3:]} ").url == "/"


def test_a_new_address_gets_an_account_and_is_asked_for_a_name_once(client):
    ask(client, "new@example.org", next="/networks/new/")
    asked = enter(client, next="/networks/new/")
    assert asked.url == "/you/?next=%2Fnetworks%2Fnew%2F"
    assert "What should we call you?" in words(client.get(asked.url))
    form = {"name": "Nia New", "zone": "Europe/London", "language": "en-gb"}
    assert client.post(asked.url, form).url == "/networks/new/"
    client.post("/accounts/logout/")
    ask(client, "new@example.org")
    assert enter(client).url == "/"


def test_an_address_counts_as_theirs_only_once_the_code_was_typed(client):
    ask(client, "new@example.org")
    person = Person.objects.get(email="new@example.org")
    assert not person.emailaddress_set.get().verified
    enter(client)
    assert person.emailaddress_set.get().verified


def test_where_they_were_going_is_kept_through_the_code(client):
    cast.person(email="ann@example.org")
    sent_away = client.get("/you/")
    page = client.get(sent_away.url)
    assert 'name="next" value="/you/"' in words(page)
    asked = ask(client, "ann@example.org", next="/you/")
    page = client.get(asked.url)
    assert 'name="next" value="/you/"' in words(page)
    assert enter(client, next="/you/").url == "/you/"


@pytest.mark.parametrize("trap", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(client, trap):
    cast.person(name="", email="ann@example.org")
    ask(client, "ann@example.org", next=trap)
    onward = enter(client, next=trap).url
    assert "evil" not in onward
    assert "alert" not in onward
    assert client.get("/you/", {"next": trap}).status_code == 200
    form = {"name": "Ann", "zone": "Europe/London", "language": "en-gb"}
    assert client.post(f"/you/?next={trap}", form).url == "/you/"


def test_nobody_can_find_out_who_has_an_account(client):
    cast.person(email="known@example.org")
    known, unknown = Client(), Client()
    first, second = ask(known, "known@example.org"), ask(unknown, "other@example.org")
    assert (first.status_code, first.url) == (second.status_code, second.url)
    assert len(mail.outbox[0].body) == len(mail.outbox[1].body)
    pages = [words(known.get(first.url)), words(unknown.get(second.url))]
    hidden = [re.sub(r"(known|other)@\S+|value=\"[\w-]{36,64}\"", "", page) for page in pages]
    assert hidden[0] == hidden[1]


def test_a_wrong_code_gets_a_sentence_and_five_of_them_end_the_attempt(client):
    cast.person(email="ann@example.org")
    ask(client, "ann@example.org")
    right = code()
    wrong = "000000" if right != "000000" else "111111"
    assert "That is not the code we sent" in words(enter(client, wrong))
    for _ in range(4):
        enter(client, wrong)
    assert enter(client, right).url.startswith(LOGIN) or "_auth_user_id" not in client.session
    assert "_auth_user_id" not in client.session


def test_a_new_code_can_be_asked_for_twice_and_replaces_the_old_one(client):
    cast.person(email="ann@example.org")
    ask(client, "ann@example.org")
    old = code()
    client.post(CONFIRM, {"action": "resend"})
    client.post(CONFIRM, {"action": "resend"})
    assert len(mail.outbox) == 3
    assert "as many codes as we may" in words(client.get(CONFIRM))
    client.post(CONFIRM, {"action": "resend"})
    assert len(mail.outbox) == 3
    if old != code():
        assert enter(client, old).status_code == 200
    assert enter(client).url == "/"


def test_a_wrong_address_is_no_dead_end(client):
    ask(client, "typo@example.org")
    assert "Your email address" in words(client.get(LOGIN))
    cast.person(email="ann@example.org")
    ask(client, "ann@example.org")
    assert enter(client).url == "/"


def test_the_fourth_code_within_a_minute_is_refused_in_every_browser():
    for _ in range(3):
        assert ask(Client(), "ann@example.org").status_code == 302
    refused = ask(Client(), "Ann@example.org")
    assert "That was too often" in words(refused)
    assert 'value="ann@example.org"' in words(refused).lower()
    assert len(mail.outbox) == 3


def test_the_limit_holds_in_another_process():
    for _ in range(3):
        ask(Client(), "ann@example.org")
    elsewhere = """
import django; django.setup()
from django.test import RequestFactory
from allauth.core import ratelimit
for who in ("ann@example.org", "bo@example.org"):
    print(ratelimit.consume(RequestFactory().post("/"), action="request_login_code", key=who))
"""
    answer = subprocess.run([sys.executable, "-c", elsewhere], capture_output=True, text=True)
    assert answer.stdout.split() == ["False", "True"], answer.stderr


@pytest.mark.django_db(transaction=True)
def test_codes_tried_all_at_once_are_counted_too(client):
    cast.person(email="ann@example.org")
    ask(client, "ann@example.org")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value

    def guess(number):
        other = Client()
        other.cookies[settings.SESSION_COOKIE_NAME] = cookie
        return other.post(CONFIRM, {"code": f"{number:06}"}).status_code

    answers = at_once(guess, 20)
    assert sum(status != 429 for status in answers) <= 10


def test_without_the_shared_cache_nobody_signs_in_and_the_page_says_why(client, settings):
    cast.person(email="ann@example.org")
    ask(client, "ann@example.org")
    right = code()
    settings.CACHES = {"default": NOWHERE}
    for closed in (ask(client, "ann@example.org"), enter(client, right)):
        assert closed.status_code == 503
        assert "We cannot count tries just now" in words(closed)
    assert len(mail.outbox) == 1
    assert "_auth_user_id" not in client.session


def test_a_mail_server_that_is_away_gets_a_sentence(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = ask(client, "ann@example.org")
    assert answer.status_code == 503
    assert "We could not send the code" in words(answer)
    assert AuditEntry.objects.filter(deed="code.not_sent").count() == 1


def test_a_mail_server_that_says_nothing_is_waited_for_no_longer_than_a_page_may_take(
    client, settings
):
    settings.EMAIL_BACKEND, settings.EMAIL_CODE_SECONDS = "peernet.lib.smtp.Backend", 1
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        answer = ask(client, "ann@example.org")
    assert answer.status_code == 503
    assert "We could not send the code" in words(answer)


def test_a_code_that_may_have_been_taken_can_be_typed(client, settings):
    sink = Sink()
    sink.answer = lambda _try: LOST
    settings.EMAIL_BACKEND = "peernet.lib.smtp.Backend"
    with serving(sink) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        answer = ask(client, "ann@example.org")
    assert len(sink.taken) == 1
    assert answer.status_code == 302
    assert AuditEntry.objects.filter(deed="code.sent").count() == 1


def test_a_code_is_recorded_without_its_text(client):
    ann = cast.person(email="ann@example.org")
    ask(client, "ann@example.org")
    entry = AuditEntry.objects.get(deed="code.sent")
    assert (entry.about_id, entry.detail) == (ann.pk, {})


def test_without_mail_only_an_operators_code_is_shown_and_only_on_the_console(
    client, settings, caplog
):
    settings.MAIL_IS_SET_UP = False
    cast.person(email="op@example.org", is_operator=True)
    assert "Mail is not set up" in words(client.get(LOGIN))
    ask(Client(), "ann@example.org")
    assert "code is" not in caplog.text
    ask(client, "op@example.org")
    shown = re.search(r"code is: (\d{6})", caplog.text)[1]
    assert "op@example.org" not in caplog.text
    assert mail.outbox == []
    assert enter(client, shown).url == "/"


def test_a_closed_account_stays_closed(client):
    cast.person(email="ann@example.org", is_active=False)
    ask(client, "ann@example.org")
    assert enter(client).url == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "typed", ["", "ann", "ann@", "a b@example.org", "ann@example.org\x00", "a" * 250 + "@x.org",
              "<script>alert(1)</script>@x.org", "ann@example.org\nbcc: b@x.org", "ánn@exämple.org"]
)  # fmt: skip
def test_what_is_no_address_gets_a_sentence_and_stays_in_the_field(client, typed):
    answer = ask(client, typed)
    assert answer.status_code == 200
    assert "There is a problem" in words(answer)
    assert "<script>alert" not in words(answer)
    assert mail.outbox == []
    assert not Person.objects.exists()


def test_signing_up_is_the_same_page_and_keeps_where_they_were_going(client):
    assert client.get("/accounts/signup/?next=/you/").url == "/accounts/login/?next=/you/"
    assert client.get(CONFIRM).url.startswith("/accounts/login/")


def test_asking_for_two_codes_to_a_new_address_at_once_gets_a_page_not_a_fault(signed_in):
    client = signed_in(cast.person(email="ann@example.org"))
    client.post("/you/addresses/", {"email": "new@example.org"})
    again = client.post("/you/addresses/", {"email": "new@example.org"})
    assert again.status_code == 429
    assert "Too" in words(again) or "often" in words(again)
