"""What third parties' tables hold about people: they cannot carry a declaration themselves."""

from django.utils.translation import gettext_lazy as _

from peernet.lib.personal import Declaration, Merging, about, nothing

THIRD_PARTY: dict[str, Declaration] = {
    "account.EmailAddress": about(
        "user",
        download=("email", "verified"),
        erase="delete",
        title=_("Your addresses"),
        merge=Merging("kept"),  # members/merging moves them by itself
    ),
    "account.EmailConfirmation": about(
        "email_address__user",
        download=("created",),
        erase="delete",
        title=_("Letters that asked you to confirm an address"),
    ),
    "auth.Permission": nothing("Names of abilities."),
    "auth.Group": nothing("Unused: rights come from dated rows."),
    "contenttypes.ContentType": nothing("Names of models."),
    "mfa.Authenticator": about(
        "user",
        download=("data", "created_at", "last_used_at"),
        erase="delete",
        title=_("Your passkeys: their names and public halves"),
        merge=Merging("gone"),
    ),
    "sessions.Session": nothing(
        "Signed-in browsers, by a random key; erasure raises the session hash, which ends them."
    ),
}
