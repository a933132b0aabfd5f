"""A folder of uploads, and a second database, empty, in which to find oneself after a loss."""

from contextlib import closing

import psycopg2
import pytest
from django.db import connection

WORDS = "Canary café 🦜".encode()


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "a/b").mkdir(parents=True)
    (settings.MEDIA_ROOT / "a/b/notes.pdf").write_bytes(WORDS)
    (settings.MEDIA_ROOT / "empty").write_bytes(b"")
    return settings.MEDIA_ROOT


@pytest.fixture
def elsewhere():
    """Another database, empty; the test's own stays whole whatever happens."""
    given = connection.get_connection_params()
    there = f"{given['dbname']}_drill"
    words = {key: given[key] for key in ("user", "password", "host", "port") if given.get(key)}

    def do(sql):
        with closing(psycopg2.connect(dbname="postgres", **words)) as side:
            side.autocommit = True
            side.cursor().execute(sql)

    do(f"DROP DATABASE IF EXISTS {there}")
    do(f"CREATE DATABASE {there}")
    own = connection.settings_dict["NAME"]

    def move(name=there):
        connection.close()
        connection.settings_dict["NAME"] = name

    yield move
    move(own)
    do(f"DROP DATABASE {there} WITH (FORCE)")


def wipe(media):
    for path in sorted(media.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
