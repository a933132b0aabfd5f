"""What somebody may try at any door: another host, another method, a way to another site, a page
in place of a part; and a page that breaks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.declared import PAGES
from tests.doors import answers
from tests.doors.said import stays, wrong

pytestmark = pytest.mark.django_db
HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def by(house, django_db_blocker):
    with django_db_blocker.unblock():
        return answers.browsers(house)


class Breaks:
    """A planted fault: whatever is asked for breaks."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, *_view):
        raise ZeroDivisionError


@pytest.mark.parametrize("role", ["anonymous", "member"])
def test_a_page_that_breaks_says_it_too(house, settings, role):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.Breaks"]
    for page in PAGES[::12]:
        client = answers.browsers(house)[role] if role == "member" else Client()
        client.raise_request_exception = False
        got = client.get(reverse(page.name, args=page.args(house)))
        assert got.status_code == 500
        said = answers.Answer(page, role, "get", role == "member", got)
        assert list(wrong(said)) == [f"get as {role}: 500 is a fault"]


ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "https:evil.example",
    "javascript:alert(1)", "\thttps://evil.example", "/%5Cevil.example", "http:///evil.example",
]  # fmt: skip


@pytest.mark.parametrize("trap", ELSEWHERE)
def test_signing_in_leads_to_another_site_by_no_spelling(house, by, trap):
    for name in ("account_login", "you"):
        got = by["member"].get(reverse(name), {"next": trap})
        assert stays(got)
        sent = by["member"].post(reverse(name), {"name": "Ann", "next": trap})
        assert stays(sent)
        assert f'href="{trap}"' not in sent.content.decode()


@pytest.mark.parametrize(
    "trick",
    [{"X-HTTP-Method-Override": "POST"}, {"X-Method-Override": "DELETE"}, {"X-HTTP-Method": "PUT"}],
    ids=str,
)
def test_a_method_cannot_be_dressed_as_another(house, by, trick):
    for page in (one for one in PAGES if one.post and not one.get):
        path = answers.path_of(house, page)
        for sent in ({}, {"_method": "POST"}):
            got = by["coordinator"].get(path, sent, headers=trick)
            assert got.status_code in (404, 405), page.name


def test_another_host_is_answered_by_nobody(settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    for name, host in [
        ("Host", "evil.example"), ("Host", "localhost.evil.example"), ("Host", "localhost@evil"),
        ("X-Forwarded-Host", "evil.example"), ("X-Host", "evil.example"),
        ("Forwarded", "host=evil.example"),
    ]:  # fmt: skip
        got = Client(headers={"Host": "localhost"} | {name: host}).get("/accounts/login/")
        assert got.status_code == (400 if name == "Host" else 200), host
        assert "evil" not in got.content.decode()


# --- A real site ---------------------------------------------------------------------------------

REAL = """
import json
import django; django.setup()
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

def signs_in(request):
    request.session["who"] = 1
    return HttpResponse()

browser = Client(headers={"host": "peers.example.org"})
page = browser.get("/accounts/login/", secure=True)
with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies"):
    session = SessionMiddleware(signs_in)(RequestFactory().get("/", secure=True))
bare = browser.get("/accounts/login/?next=/you/")
print(json.dumps({
    "cookies": [one.OutputString() for got in (page, session) for one in got.cookies.values()],
    "sure": page.headers["Strict-Transport-Security"],
    "bare": [bare.status_code, bare.headers["Location"]],
    "elsewhere": Client(headers={"host": "evil.example"}).get("/", secure=True).status_code,
}))
"""


def test_a_real_site_speaks_https_only_and_its_cookies_are_its_own():
    said = {
        "DJANGO_SETTINGS_MODULE": "peernet.settings",
        "SITE_URL": "https://peers.example.org",
        "SECRET_KEY": "0123456789abcdef" * 4,
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "REDIS_URL": os.environ["REDIS_URL"],
        "VAR_DIR": os.environ["VAR_DIR"],
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-c", REAL]
    done = subprocess.run(command, cwd=HOUSE, env=said, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    names = {one.split("=")[0] for one in told["cookies"]}
    assert names == {"__Host-csrftoken", "__Host-sessionid"}
    for cookie in told["cookies"]:
        parts = set(cookie.split("; ")[1:])
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
        assert not any(part.startswith("Domain") for part in parts)
    assert told["sure"] == "max-age=31536000; includeSubDomains; preload"
    assert told["bare"] == [301, "https://peers.example.org/accounts/login/?next=/you/"]
    assert told["elsewhere"] == 400
