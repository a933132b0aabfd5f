"""/operate/: the pages of those who run the platform. They show nobody's words."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.notices import actions
from members.notices.models import Notice, NoticeState
from members.notices.queries import oldest_due
from networks.membership.door import operators_page
from peernet.lib import pages
from peernet.lib.errors import Refused

from . import health, operating

LONGEST = 200  # of what is looked for
PLACES = ["operate", "operate_networks", "operate_people", "operate_mail", "operate_log"]


def tabs(here: str) -> list[dict[str, object]]:
    """The five pages, as tabs."""
    labels = [_("Health"), _("Networks"), _("People"), _("Mail"), _("Log")]
    return [
        {"label": label, "url": reverse(name), "current": name == here}
        for label, name in zip(labels, PLACES, strict=True)
    ]


def _show(request: HttpRequest, name: str, template: str, **context: object) -> HttpResponse:
    return render(request, f"pages/operate/{template}", {"places": tabs(name), **context})


def _pager(request: HttpRequest, older: int | None) -> dict[str, str]:
    """The ways to the newest and to the older part, keeping what else the address says."""
    kept = request.GET.copy()
    paged = kept.pop("before", None)
    newer = f"?{kept.urlencode()}" if paged else ""
    kept["before"] = str(older)
    return {"newer": newer, "older": f"?{kept.urlencode()}" if older else ""}


def _before(request: HttpRequest) -> int | None:
    return pages.whole_number(request.GET.get("before"))


@require_safe
@operators_page
def operate(request: HttpRequest) -> HttpResponse:
    well, seen = health.report()
    jobs = health.jobs()
    return _show(
        request, "operate", "health.html",
        well=well and not any(job.late for job in jobs), seen=seen, jobs=jobs, since=oldest_due(),
        watched=health.watched(),
    )  # fmt: skip


@require_safe
@operators_page
def networks(request: HttpRequest) -> HttpResponse:
    rows, older = operating.page(operating.networks(), _before(request))
    return _show(request, "operate_networks", "networks.html", rows=rows, **_pager(request, older))


@require_safe
@operators_page
def people(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    rows, older = operating.page(operating.people(wanted), _before(request))
    return _show(
        request, "operate_people", "people.html",
        rows=rows, wanted=wanted, **_pager(request, older),
    )  # fmt: skip


@require_safe
@operators_page
def mail(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in NoticeState.values else NoticeState.FAILED
    rows, older = operating.mails(state, _before(request))
    states = [
        {"label": f"{label} ({n})", "url": f"?state={code}", "current": code == state}
        for code, label, n in operating.outbox()
    ]
    return _show(
        request, "operate_mail", "mail.html",
        rows=rows, states=states, since=oldest_due(), **_pager(request, older),
    )  # fmt: skip


@require_POST
@operators_page
def mail_retry(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        actions.retry(get_object_or_404(Notice, pk=pk), by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("It is waiting to be sent again."))
    return redirect("operate_mail")


@require_safe
@operators_page
def log(request: HttpRequest) -> HttpResponse:
    rows, older = operating.trail(_before(request))
    return _show(request, "operate_log", "log.html", rows=rows, **_pager(request, older))
