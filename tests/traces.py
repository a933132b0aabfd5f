"""Looking for somebody's words in whatever is kept, however it is written there."""

import base64
import io
import quopri
import zipfile
import zlib
from pathlib import Path
from urllib.parse import quote

import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection


def spellings(word: str) -> set[bytes]:
    """The ways in which a word can stand in bytes, capitals apart."""
    found = set()
    for typed in (word.lower(), word.upper(), word.title(), word.capitalize()):
        plain = typed.encode()
        found |= {plain, plain.hex().encode(), quopri.encodestring(plain).strip()}
        found |= {quote(typed, safe="").encode(), typed.encode("utf-16-le")}
        found |= {typed.encode("utf-16-be"), typed.replace("@", "\\u0040").encode()}
        # Base64 of the word somewhere in a text: it depends on where in three bytes it begins.
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + plain)
            found.add(coded[(shift * 8 + 5) // 6 : len(coded) - 4])
    return found


def holds(data: bytes, words: set[bytes]) -> bool:
    """Whether one of the spellings stands in the bytes, or in what is packed in them."""
    lower = data.lower()
    if any(word in data or word.lower() in lower for word in words if len(word) > 5):
        return True
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            inside = [(name.encode(), bundle.read(name)) for name in bundle.namelist()]
        return any(holds(name, words) or holds(part, words) for name, part in inside)
    for wbits in (47, -15):  # zlib and gzip; deflate without a head
        try:
            unpacked = zlib.decompressobj(wbits).decompress(data)
        except zlib.error:
            continue
        return bool(unpacked) and holds(unpacked, words)
    return False


def of_database() -> dict[str, bytes]:
    """Every table of every schema of ours as PostgreSQL's own dump writes it, the large objects,
    and what browsers' sessions hold, unpacked."""
    kept = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for (name,) in cursor.fetchall():
            into = io.BytesIO()
            cursor.copy_expert(f"COPY {name} TO STDOUT", into)
            kept[f"table {name}"] = into.getvalue()
        cursor.execute("SELECT string_agg(data, '') FROM pg_largeobject")
        kept["large objects"] = bytes(cursor.fetchone()[0] or b"")
    decoded = (str(session.get_decoded()) for session in Session.objects.all())
    return kept | {"sessions of browsers, unpacked": "\n".join(decoded).encode()}


def of_files(*folders: Path) -> dict[str, bytes]:
    """Each file; its name, which is looked at too, is how it is called here."""
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {f"file {path}": path.read_bytes() for path in found}


def of_valkey() -> dict[str, bytes]:
    """Every key with its value, of the cache and of the broker."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    found = {f"valkey {key!r}": key + (client.dump(key) or b"") for key in client.scan_iter()}
    client.close()
    return found


def found(words: tuple[str, ...], kept: dict[str, bytes]) -> list[str]:
    """Where one of the words stands."""
    spelt = {one for word in words for one in spellings(word)}
    return sorted(
        name for name, data in kept.items() if holds(data, spelt) or holds(name.encode(), spelt)
    )
