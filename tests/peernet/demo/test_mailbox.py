"""The demo's mailbox shows what left, and runs nothing of it."""

from email.message import EmailMessage
from mailbox import Maildir

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(demo):
    return Maildir(demo.MAILBOX_DIR)


def put(box, subject="Hello", to="ann@example.org", html=""):
    message = EmailMessage()
    message["Subject"], message["To"] = subject, to
    message["From"], message["Date"] = "Dan <peernet@localhost>", "Mon, 23 Nov 2026 10:00:00 -0000"
    message.set_content("Come in: http://localhost/join/abc/")
    if html:
        message.add_alternative(html, subtype="html")
    box.add(message)


def key(client):
    return client.get("/mailbox/").content.decode().split('href="/mailbox/')[1].split("/")[0]


def test_an_empty_mailbox_says_what_to_do(demo, client):
    assert "Invite somebody or plan a session" in client.get("/mailbox/").content.decode()


def test_each_mail_can_be_read_and_its_links_pressed(box, client):
    put(box, "You are invited")
    assert "You are invited" in client.get("/mailbox/").content.decode()
    page = client.get(f"/mailbox/{key(client)}/").content.decode()
    assert '<a href="http://localhost/join/abc/"' in page


def test_mails_to_one_address_can_be_picked_out(box, client):
    put(box, "To Ann")
    put(box, "To Bo", to="bo@example.org")
    page = client.get("/mailbox/?to=bo@").content.decode()
    assert "To Bo" in page
    assert "To Ann" not in page


def test_a_hostile_mail_runs_nothing(box, client):
    put(box, "<script>alert(1)</script>", html="<script>alert(1)</script><p>hi</p>")
    assert "<script>alert" not in client.get("/mailbox/").content.decode()
    answer = client.get(f"/mailbox/{key(client)}/html/")
    assert "script-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["nothing", "..", "%2e%2e%2fsecret", "a" * 300])
def test_an_unknown_mail_is_not_found(box, client, name):
    assert client.get(f"/mailbox/{name}/").status_code == 404
