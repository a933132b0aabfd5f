"""Somebody with a browser that has no JavaScript, before a server that really runs."""

import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup
from django.test import Client

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Answer:
    """`status` is 0 when none came; `seconds` is how long it took."""

    status: int
    body: str
    seconds: float
    location: str = ""


class Visitor:
    """One connection for each request, so that none is left over from before a fault."""

    def __init__(self, url, person=None):
        where = urlsplit(url)
        self.host, self.port = where.hostname, where.port
        self.cookies = {"csrftoken": "c" * 32}
        if person:
            browser = Client()
            browser.force_login(person, backend=BACKEND)
            self.cookies["sessionid"] = browser.cookies["sessionid"].value

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, **fields):
        """Post exactly these fields."""
        fields["csrfmiddlewaretoken"] = self.cookies["csrftoken"]
        return self._ask("POST", path, urlencode(fields))

    def press(self, path, form, **fields):
        """Open the page, fill in the form (a CSS selector) and send it."""
        found = BeautifulSoup(self.get(path).body, "html.parser").select_one(form)
        hidden = {
            field["name"]: field.get("value", "")
            for field in found.select("input[type=hidden]")
            if field.get("name")
        }
        return self.post(found.get("action") or path, **{**hidden, **fields})

    def _ask(self, method, path, body=None, kind="application/x-www-form-urlencoded"):
        began = time.monotonic()
        connection = HTTPConnection(self.host, self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = kind
        try:
            connection.request(method, path, body, headers)
            came = connection.getresponse()
            text = came.read().decode(errors="replace")
            location = came.headers.get("Location", "")
            return Answer(came.status, text, time.monotonic() - began, location)
        except (OSError, HTTPException):
            return Answer(0, "", time.monotonic() - began)
        finally:
            connection.close()
