"""The letters with a code. They go at once and past the outbox: a code that waits is no use,
and its text must not be kept. members/people/actions.py records that one was sent."""

from django.conf import settings
from django.utils.translation import gettext as _

from peernet.lib.mail import Letter, para


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
            para(_("From then on we write to you here, and you sign in with this address.")),
        ),
        why=_("You get this because somebody on PeerNet wants to use this address."),
    )


def _minutes() -> int:
    return settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
