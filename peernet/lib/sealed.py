"""Files that only the holder of a key can open: CMS (RFC 5652), as `openssl cms` reads and writes.

A key is made for one purpose, lies in the database locked with SECRET_KEY, and is given out as
PEM. Without PeerNet: COMMAND.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from django.conf import settings

from peernet.lib import clock

COMMAND = "openssl cms -decrypt -binary -inform DER -in PART -inkey KEY -out part.zip"
BITS = 3072  # as strong as what stays secret for decades is asked to be
ENDING = ".p7m"
PEM, PKCS8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8


def new_key() -> tuple[str, str]:
    """A key, locked, and the certificate to which files are sealed; both as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    locked = key.private_bytes(PEM, PKCS8, serialization.BestAvailableEncryption(_lock()))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PeerNet")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(_long_after(now))
        .sign(key, hashes.SHA256())
    )
    return locked.decode(), made.public_bytes(PEM).decode()


def seal(content: bytes, certificate: str) -> bytes:
    """The content as only the key of this certificate opens it."""
    to = x509.load_pem_x509_certificate(certificate.encode())
    sealer = pkcs7.PKCS7EnvelopeBuilder().set_data(content).add_recipient(to)
    sealer = sealer.set_content_encryption_algorithm(algorithms.AES256)
    return sealer.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def opened(content: bytes, keys: Iterable[tuple[str, str]]) -> tuple[int, bytes] | None:
    """What was sealed to one of these locked keys and their certificates: the place of that key
    among them, and the content. None when it is for none of them, or is no such file."""
    for at, (locked, certificate) in enumerate(keys):
        to = x509.load_pem_x509_certificate(certificate.encode())
        try:
            return at, pkcs7.pkcs7_decrypt_der(content, to, _key(locked), [])
        except ValueError:  # sealed to another, or not sealed, or damaged: there is one answer
            continue
    return None


def given(locked: str) -> bytes:
    """The key as somebody takes it with them, for `openssl`."""
    return _key(locked).private_bytes(PEM, PKCS8, serialization.NoEncryption())


def _key(locked: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(locked.encode(), _lock())
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 -- we made it
    return key


def _lock() -> bytes:
    """What a copy of the database alone does not have."""
    secret = settings.SECRET_KEY.encode()
    return hmac.digest(secret, b"sealed parts of archives", hashlib.sha256).hex().encode()


def _long_after(now: datetime) -> datetime:
    return now + timedelta(days=36_500)  # no reader asks; the format wants a date
