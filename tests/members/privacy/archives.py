"""Somebody asks for the copy of their own data, the worker packs it, and they take it."""

import io
import zipfile

from bs4 import BeautifulSoup

from members.privacy.tasks import tick_archives


def download(client):
    """The zip that the page leads to, once the worker has been."""
    assert client.post("/you/data/").status_code == 302
    tick_archives()
    answer = client.get(link(client))
    assert answer.headers["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.getvalue()))


def link(client):
    """Where the page says that it lies; None while it does not."""
    page = BeautifulSoup(client.get("/you/data/").content, "html.parser")
    found = page.select_one("a[href^='/you/data/'].main")
    return found and found["href"]
