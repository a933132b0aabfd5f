"""What third parties' tables hold about people: they cannot carry a declaration themselves."""

from peernet.lib.personal import Declaration, about, nothing

THIRD_PARTY: dict[str, Declaration] = {
    "account.EmailAddress": about("user", download=("email", "verified"), erase="delete"),
    "account.EmailConfirmation": about(
        "email_address__user", download=("created",), erase="delete"
    ),
    "auth.Permission": nothing("Names of abilities."),
    "auth.Group": nothing("Unused: rights come from dated rows."),
    "contenttypes.ContentType": nothing("Names of models."),
    "sessions.Session": nothing(
        "Signed-in browsers, by a random key; erasure raises the session hash, which ends them."
    ),
}
