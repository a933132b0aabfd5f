"""The letters with a code. They go at once and past the outbox: a code that waits is no use,
and its text must not be kept. members/people/actions.py records that one was sent.

And the letter that says what was changed in an account, which goes through the outbox."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.audit.models import AuditEntry
from members.notices.models import Notice
from members.notices.notices import Kind
from peernet.lib.mail import Letter, links, para
from peernet.lib.pages import address


def sign_in_code(code: str) -> Letter:
    """The code to sign in with."""
    return Letter(
        subject=_("%(code)s is your PeerNet code") % {"code": code},
        blocks=(
            para(_("Type this code on the page you left open: %(code)s") % {"code": code}),
            para(_("It works once, for %(minutes)d minutes.") % {"minutes": _minutes()}),
            para(_("If you did not ask for it, do nothing. Nobody can sign in without it.")),
        ),
        why=_("You get this because somebody typed your address to sign in."),
    )


def address_code(code: str) -> Letter:
    """The code that shows that a new address is really theirs."""
    return Letter(
        subject=_("%(code)s confirms your new address") % {"code": code},
        blocks=(
            para(_("Type this code on the page you left open: %(code)s") % {"code": code}),
            para(_("From then on you can sign in with this address, and choose it for our mail.")),
            para(_("If you did not ask for it, do nothing: nobody can add it without the code.")),
        ),
        why=_("You get this because somebody on PeerNet wants to use this address."),
    )


def proof_code(code: str) -> Letter:
    """The code that shows that whoever sits at a signed-in browser is its owner."""
    return Letter(
        subject=_("%(code)s confirms that it is you") % {"code": code},
        blocks=(
            para(_("Type this code on the page you left open: %(code)s") % {"code": code}),
            para(_("It lets you change how you sign in. It works once, for %(minutes)d minutes.")
                 % {"minutes": _minutes()}),
            para(_("If you did not ask for it, somebody may be using a browser that you left "
                   "signed in. Do not give them the code; sign out everywhere.")),
            links((_("Where you are signed in"), address("devices"))),
        ),
        why=_("You get this because somebody asked to change how you sign in."),
    )  # fmt: skip


def merge_code(code: str) -> Letter:
    """The code that shows that a second account is the same person's."""
    return Letter(
        subject=_("%(code)s brings two accounts together") % {"code": code},
        blocks=(
            para(_("Type this code on the page you left open: %(code)s") % {"code": code}),
            para(_("It shows that this address is yours, too. You see what would move before "
                   "anything does.")),
            para(_("If you did not ask for it, do nothing, and give the code to nobody: without "
                   "it your account stays yours alone.")),
        ),
        why=_("You get this because somebody on PeerNet said that this address is theirs, too."),
    )  # fmt: skip


# --- What was changed in an account --------------------------------------------------------------

CHANGES = {
    "address.added": gettext_lazy("You added an email address to your account."),
    "address.main": gettext_lazy("You chose another email address for our mail."),
    "address.removed": gettext_lazy("You removed an email address from your account."),
    "passkey.added": gettext_lazy("You added a passkey to your account."),
    "passkey.removed": gettext_lazy("You removed a passkey from your account."),
    "person.merged": gettext_lazy(
        "Two accounts of yours were brought together: both addresses sign in to one now."
    ),
    "password.removed": gettext_lazy("You removed the password from your account."),
    "password.set": gettext_lazy("You set a password for your account."),
}


def _still_true(notice: Notice) -> str:
    known = AuditEntry.objects.filter(pk=notice.about_id, deed__in=CHANGES).exists()
    return "" if known else _("We no longer know what it was about.")


def _changed(notice: Notice) -> Letter:
    change = str(CHANGES[AuditEntry.objects.get(pk=notice.about_id).deed])
    return Letter(
        subject=_("Your PeerNet account was changed"),
        blocks=(
            para(change),
            para(_("If that was you, all is well. If it was not, sign in with a code, sign out "
                   "everywhere else, and look at your addresses, passkeys and password.")),
            links((_("Look at your account"), address("you"))),
        ),
        why=_("You get this because a change in how you sign in is always told to you."),
    )  # fmt: skip


KINDS = [
    Kind("account_changed", gettext_lazy("Change in an account"), _still_true, _changed),
]


def _minutes() -> int:
    return settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
