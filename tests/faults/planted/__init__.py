"""Faults that were planted to see the guards fail: each module here changes PeerNet in one process
that a test starts with `planted(name)` in its environment. Nothing outside the tests knows them."""


def planted(name: str) -> dict[str, str]:
    """The environment of a process with this fault."""
    return {"DJANGO_SETTINGS_MODULE": "tests.faults.planted.settings", "PLANTED": name}
