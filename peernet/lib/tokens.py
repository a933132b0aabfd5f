"""Links in mails: each opens one deed, for one person, on a page with a button.

A token is signed, not stored. It dies when the person's `token_version` goes up.
"""

from django.core import signing

SALT = "peernet.deed"


def make(deed: str, *ids: int) -> str:
    """A token for one deed (a short word, for example "answer") on these ids."""
    return signing.Signer(salt=f"{SALT}.{deed}", sep=".").sign("-".join(str(i) for i in ids))


def read(deed: str, token: str) -> tuple[int, ...] | None:
    """The ids that `make` was given, or None for a token that is not ours or for another deed."""
    try:
        text = signing.Signer(salt=f"{SALT}.{deed}", sep=".").unsign(token)
    except signing.BadSignature:
        return None
    return tuple(int(part) for part in text.split("-"))
