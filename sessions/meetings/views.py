from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event

from networks.consents.queries import as_asked
from networks.consents.rules import PICTURES
from networks.membership.door import network_page
from peernet.lib import clock, pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal
from sessions.cadence import rules as rhythm
from sessions.cadence.queries import following, visible_to
from sessions.follow_up.queries import after, still_open, takes_place
from sessions.pages.queries import opened

from . import actions, queries
from .forms import MessageForm
from .models import Whom

SAID = {"yes": lazy("You said yes."), "maybe": lazy("You said maybe."), "no": lazy("You said no.")}
OVER = 410  # Gone: the link was good, what it was for is not there any more


@require_safe
@network_page("view")
def session(request, network, pk):
    seen = opened(network, request.user, pk)
    if seen is None:
        raise Http404
    one = seen.row.session
    runs = request.user.has_perm("networks.facilitate", network)
    context = seen._asdict() | {
        "over": one.ends_at <= clock.now(),
        "begun": one.starts_at <= clock.now(),
        "other_zone": _other_zone(one, request.user),
        "zone": rhythm.zone_words(one.zone),
        "type": one.get_type_display(),
        "may_run": runs,
        "after": after(one, request.user, runs=runs) if takes_place(one) else None,
        "before": still_open(one) if seen.before else [],
        "reason": _reason(seen.row, request.user),
        **_pictures(one, seen, runs=runs),
    }
    return render(request, "sessions/meetings/session.html", context)


def _pictures(one, seen, *, runs):
    """Whoever says yes to a session is asked once whether they may be in pictures of it; whoever
    runs it sees who of those who said yes does not agree."""
    asks = seen.row.reply == "yes" and seen.row.may_answer
    asked = as_asked(one.network, PICTURES, seen.unsaid) if asks else None
    shy = list(queries.not_in_pictures(one)[: queries.NOT_IN_PICTURES + 1]) if runs else []
    many = len(shy) > queries.NOT_IN_PICTURES
    return {"pictures": asked, "shy": shy, "shy_beyond": many}


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("take_part")
def answer(request, network, pk):
    one = _visible(request, network, pk)
    if request.method != "POST":  # back from signing in: the buttons are on the session's page
        return redirect(one)
    refused = _answered(one, request.user, request.POST)
    if request.htmx:
        row = queries.rows([one], request.user)[0]
        context = {"row": row, "refused": refused, "reason": _reason(row, request.user)}
        response = render(request, "sessions/meetings/_answer.html", context)
        return trigger_client_event(response, "say", {"value": refused or SAID[row.reply]})
    if refused:
        messages.error(request, refused)
    else:
        messages.success(request, _("Thank you. You can change your answer until the session."))
    return redirect(one)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("take_part", writes=True)
def session_join(request, network, pk):
    return _join(request, _visible(request, network, pk), request.user)


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("facilitate")
def session_message(request, network, pk):
    one = _visible(request, network, pk)
    form = MessageForm(request.POST or None, initial=pages.typed(request))
    if form.is_valid() and (count := _written(form, one, by=request.user)):
        pages.forget_typed(request)
        said = ngettext("%(n)s person gets it.", "%(n)s people get it.", count) % {"n": count}
        messages.success(request, said)
        return redirect(one)
    context = {
        "form": form,
        "session": one,
        "yes": queries.to_write_to(one, Whom.YES).count(),
        "silent": queries.to_write_to(one, Whom.SILENT).count(),
    }
    status = pages.status_of(form)
    return render(request, "sessions/meetings/message.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_by_mail(request, token):
    one, person = queries.named_by("answer", token)
    if no := queries.why_closed(one, person):
        return _gone(request, one, no)
    if request.method == "POST":
        refused = _answered(one, person, request.POST)
        if not refused:
            return redirect("answer_by_mail", token)
        messages.error(request, refused)
    row = queries.rows([one], person)[0]
    context = {
        "row": row,
        "person": person,
        "token": token,
        "picked": _picked(request, row),
        "reason": _reason(row, person),
        "other_zone": _other_zone(one, person),
        "zone": rhythm.zone_words(one.zone),
    }
    return render(request, "sessions/meetings/answer_by_mail.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_by_mail(request, token):
    one, person = queries.named_by("join", token)
    if one is None:
        one, person = queries.named_by("join_next", token)
    if no := queries.why_closed(one, person):
        return _gone(request, one, no)
    return _join(request, one, person)


# --- Parts ---------------------------------------------------------------------------------------


def _visible(request, network, pk):
    return get_object_or_404(visible_to(request.user), network=network, pk=pk)


def _reason(row, person):
    """What keeps the person away, asked of who said no."""
    asks = row.reply == "no" and row.may_answer
    return queries.reason_of(person, row.session) if asks else None


def _answered(one, person, posted):
    """Why the answer was refused, or "" when it is written down."""
    try:
        if "why" in posted:
            actions.say_why(one, person, posted["why"], by=person)
        else:
            actions.answer(one, person, posted.get("answer", ""), by=person)
    except Refused as no:
        return str(no)
    return ""


def _written(form, one, by):
    """How many people get it; 0 when it was refused, and the form says why."""
    key = pages.uuid_or_none(form.once)
    try:
        return actions.write(one, **form.cleaned_data, by=by, key=key)
    except Refused as no:
        add_refusal(form, no)
        return 0


def _picked(request, row):
    """The answer that the mail's link stood for, to be pressed once more; "" if already given."""
    wanted = request.GET.get("reply", "")
    return wanted if wanted in ("yes", "maybe", "no") and wanted != row.reply else ""


def _other_zone(one, person):
    """Whether the session's own clock shows another time than the person's."""
    return rhythm.wall(one.starts_at, one.zone) != rhythm.wall(one.starts_at, person.zone)


def _join(request, one, person):
    """A page with a button, then the address: a form may not lead to another site by itself."""
    link = refused = ""
    if request.method == "POST":
        try:
            link = actions.join(one, person, by=person)
        except Refused as no:
            refused = str(no)
    row = queries.rows([one], person)[0]
    context = {"row": row, "person": person, "link": link, "refused": refused}
    context["closed"] = queries.why_not_held(one)
    return render(request, "sessions/meetings/join.html", context)


def _gone(request, one, why):
    """A link from a mail that opens nothing any more, and what there is instead."""
    other = following(one) if one else None
    context = {"why": why, "session": one, "following": other}
    status = OVER if one else 404
    return render(request, "sessions/meetings/link_closed.html", context, status=status)
