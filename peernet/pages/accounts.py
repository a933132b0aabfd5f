"""The part of allauth that PeerNet uses: a code by mail, on one page for everybody, new or not, so
there is no page to sign up. Passkeys, passwords and addresses have pages of our own
(members/access): none of allauth's others is mounted."""

from allauth.account import views
from allauth.account.stages import LoginStage
from django.http import HttpRequest
from django.urls import path
from django.views.generic import RedirectView

from members.people.adapter import fails_closed, few_tries

from .joining import and_joins


class SignIn(views.LoginView):
    """Going back to the first page starts again: a wrong address must not be a dead end."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> None:
        return None


sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    path("login/", fails_closed(SignIn.as_view()), name="account_login"),
    path("login/code/", sign_in, name="account_request_login_code"),
    path(
        "login/code/confirm/",
        fails_closed(few_tries(and_joins(views.confirm_login_code))),
        name="account_confirm_login_code",
    ),
    path("signup/", sign_in, name="account_signup"),
    path(
        "confirm-email/",
        fails_closed(few_tries(views.email_verification_sent)),
        name="account_email_verification_sent",
    ),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
]
