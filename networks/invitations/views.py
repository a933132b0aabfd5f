from urllib.parse import urlencode

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core import ratelimit
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.people.actions import welcome
from members.people.adapter import fails_closed
from networks.joining.actions import want_another
from networks.membership.door import network_page
from networks.membership.queries import members
from networks.network.queries import charter_in_force
from networks.seats.queries import organisations
from peernet.lib import clock, pages, seen, text
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import actions, queries
from .forms import InvitationForm, JoinForm
from .rules import masked

STATUS = {"unknown": 404, "closed": 410, "over": 410, "withdrawn": 410, "used": 410}

# --- Invitations, for the coordinator ----------------------------------------------------------


@require_safe
@network_page("coordinate")
def invitations(request, network):
    show = request.GET.get("show")
    show = show if show in queries.SHOWN else "waiting"
    rows = queries.invitations(network)
    withdrawn = pages.whole_number(request.GET.get("withdrawn"))
    found, older = queries.page(
        queries.SHOWN[show](rows), pages.whole_number(request.GET.get("before"))
    )
    context = {
        "network": network,
        "show": show,
        "rows": found,
        "older": older,
        "paged": "before" in request.GET,
        "counts": queries.invitation_counts(network),
        "to_answer": queries.to_answer(network).count(),
        "now": clock.now(),
        "undo": withdrawn and queries.SHOWN["withdrawn"](rows).filter(pk=withdrawn).first(),
    }
    return render(request, "networks/invitations/invitations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def invite(request, network):
    form = _form_of(request, network)
    if form.is_valid():
        try:
            made = actions.invite(network, **form.typed("mark"), once=form.key, by=request.user)
        except Refused as no:
            add_refusal(form, no, "email")
        else:
            pages.forget_typed(request)
            messages.success(
                request, _("%(name)s is invited. The mail goes in a moment.") % {"name": made.name}
            )
            return redirect("invitations", network.slug)
    context = {"form": form, "network": network, "seats": organisations(network)}
    return render(
        request, "networks/invitations/invite.html", context, status=pages.status_of(form)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def invitation_edit(request, network, pk):
    invitation = get_object_or_404(queries.invitations(network), pk=pk)
    form = _form_of(request, network, invitation)
    if form.is_valid():
        try:
            actions.correct_invitation(invitation, **form.typed(), by=request.user)
        except Refused as no:
            add_refusal(form, no, "email" if "email" in form.changed_data else None)
            invitation.refresh_from_db()
            form.data["mark"] = seen.mark(invitation, actions.MARKED)
        else:
            pages.forget_typed(request)
            messages.success(request, _("Saved."))
            return redirect("invitations", network.slug)
    context = {"form": form, "network": network, "seats": organisations(network),
               "invitation": invitation}  # fmt: skip
    page = "networks/invitations/invitation_edit.html"
    return render(request, page, context, status=pages.status_of(form))


def _form_of(request, network, invitation=None):
    """A new invitation's form; or one with what an invitation says now."""
    now = _as_typed(invitation) if invitation else {}
    return InvitationForm(
        request.POST or None, initial=now | pages.typed(request), network=network,
        by=request.user, saved=now.get("organisation", ""),
    )  # fmt: skip


def _as_typed(invitation):
    return {
        "email": invitation.email,
        "name": invitation.name,
        "organisation": invitation.organisation.name if invitation.organisation else "",
        "cohort": invitation.cohort_id,
        "role": invitation.role,
        "mark": seen.mark(invitation, actions.MARKED),
    }


def _deed(deed, done):
    """A view for one deed on one invitation: done, or refused in a sentence; back to the list."""

    @require_POST
    @network_page("coordinate")
    def view(request, network, pk):
        invitation = get_object_or_404(queries.invitations(network), pk=pk)
        try:
            deed(invitation, by=request.user)
        except Refused as no:
            messages.error(request, str(no))
            return redirect("invitations", network.slug)
        return done(request, network, invitation)

    return view


def _sent(request, network, invitation):
    messages.success(
        request,
        _("We are writing to %(name)s again. The mail goes in a moment.")
        % {"name": invitation.name},
    )
    return redirect("invitations", network.slug)


def _withdrawn(request, network, invitation):
    return redirect(f"{reverse('invitations', args=[network.slug])}?withdrawn={invitation.pk}")


def _restored(request, network, invitation):
    messages.success(request, _("%(name)s is invited again.") % {"name": invitation.name})
    return redirect("invitations", network.slug)


invitation_send = _deed(actions.send_again, _sent)
invitation_withdraw = _deed(actions.withdraw_invitation, _withdrawn)
invitation_restore = _deed(actions.restore_invitation, _restored)

# --- Joining, for whoever was invited ------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])  # HEAD: mail programs look whether a link works
@never_cache
@fails_closed
def join(request, token):
    invitation = queries.by_token(token)
    standing = queries.standing(invitation, request.user)
    if standing == "joined":
        return redirect(invitation.network)
    if standing != "open":
        return _another(request, invitation, standing) or _explain(request, invitation, standing)
    charter = charter_in_force(invitation.network)
    form = JoinForm(request.POST or None, charter=charter, initial=pages.typed(request))
    if form.is_valid():
        try:
            return _enter(request, invitation)
        except Refused as no:
            add_refusal(form, no)
    context = {"form": form, "invitation": invitation, "network": invitation.network,
               "host": invitation.invited_by, "address": masked(invitation.email),
               "members": members(invitation.network).count(),
               "purpose": text.html(invitation.network.purpose),
               "charter": charter and text.html(charter.text)}  # fmt: skip
    return render(request, "networks/invitations/join.html", context, status=pages.status_of(form))


def _enter(request, invitation):
    """Let a signed-in person in; send anybody else the code that signs them in, and keep what
    they pressed: the form for the code does it then (peernet.pages.joining)."""
    if request.user.is_anonymous:
        _send_code(request, invitation)
        pages.keep_typed(request)
        back = urlencode({"next": request.path})
        return redirect(f"{reverse('account_confirm_login_code')}?{back}")
    actions.take_up(invitation, request.user, accepts_charter=True)
    network = invitation.network
    messages.success(request, _("Welcome to %(network)s. You are in.") % {"network": network.name})
    return redirect(network)


def _send_code(request, invitation):
    """As the sign-in page does, but for the address that was invited."""
    email = invitation.email
    if not ratelimit.consume(request, action="request_login_code", key=email):
        raise Refused(_("We have just sent you a code. Wait a few minutes, then try again."))
    person = welcome(email, invitation.name)
    LoginCodeVerificationProcess.initiate(request=request, user=person, email=email)


def _another(request, invitation, standing):
    """One press asks the coordinators for a new link; the same is said whoever presses."""
    if request.method != "POST" or standing not in queries.RENEWED or "another" not in request.POST:
        return None
    want_another(invitation)
    return redirect("join", invitation.token)


def _explain(request, invitation, standing):
    context = {
        "standing": standing,
        "path": request.path,
        "invitation": invitation,
        "renewed": standing in queries.RENEWED,
        "wanted": invitation is not None and queries.wanted_lately(invitation),
        "network": invitation and invitation.network,
        "address": invitation and masked(invitation.email),
    }
    status = 403 if standing == "other" and request.method == "POST" else STATUS.get(standing, 200)
    return render(request, "networks/invitations/not_open.html", context, status=status)
