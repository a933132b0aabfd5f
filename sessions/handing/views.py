from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from networks.handover import actions as handing
from networks.handover import queries as handovers
from networks.handover.models import Stays
from networks.handover.rules import OVERLAP
from networks.membership.door import network_page
from networks.seats.models import Holding
from peernet.lib import clock, pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal

from . import queries
from .actions import move_on
from .forms import DaysForm, NewForm, PackForm, TickForm, WhoForm, days_of


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("take_part", writes=True)
def handover_new(request, network, pk, held_pk):
    """Begin to hand over somebody's part in an organisation's seat."""
    rows = Holding.objects.current().filter(seat__network=network, seat__organisation=pk)
    held = get_object_or_404(rows.select_related("seat__network", "seat__organisation", "person"),
                             pk=held_pk)  # fmt: skip
    if not request.user.has_perm("networks.hand_over", held):
        raise PermissionDenied
    first = _usual(network) | pages.typed(request)
    own = held.person_id == request.user.pk
    form = NewForm(request.POST or None, initial=first, own=own)
    if form.is_valid():
        try:
            made = handing.begin_handover(held, **form.cleaned_data, by=request.user, once=form.key)
        except Refused as no:
            add_refusal(form, no)
        else:
            pages.forget_typed(request)
            return redirect("handover", network.slug, made.pk)
    context = {"network": network, "held": held, "form": form}
    return render(request, "sessions/handing/new.html", context, status=pages.status_of(form))


def _usual(network):
    today = clock.today(network.zone)
    return {"starts_on": today, "ends_on": today + OVERLAP, "stays": Stays.STAY}


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("take_part")
def handover(request, network, pk):
    """A handover, as each of those it concerns sees it, with what they can do."""
    row = handovers.handover(network.pk, pk, request.user)
    if row is None:
        raise Http404
    forms = _forms(request, row)
    if request.method == "POST":
        deed = _asked(request, row)
        try:
            if DEEDS[deed](request.user, row, forms):
                move_on(row)
                return redirect("handover", network.slug, pk)
        except Refused as no:
            _say(request, forms.get(deed), no)
    return _page(request, row, forms)


def _asked(request, row):
    """Which deed was sent; 404 for none of ours, 403 for one that is not the person's."""
    deed = request.POST.get("deed", "")
    if deed not in DEEDS:
        raise Http404
    if deed not in _may(request.user, row):
        raise PermissionDenied
    return deed


def _say(request, form, no):
    if form is not None:
        add_refusal(form, no)
    else:
        messages.error(request, str(no))


def _may(person, row):
    """Which deeds are the person's."""
    if row.ended_at:
        return {"tick"} if person.pk == row.successor_id else set()
    theirs = set()
    if person.pk == row.leaver_id:
        theirs |= {"pack"}
    if person.pk == row.leaver_id or person.has_perm("networks.coordinate", row.network):
        theirs |= {"days", "off"} | (set() if row.agreed_at else {"who"})
    if person.pk == row.successor_id:
        theirs |= {"tick"} if row.agreed_at else {"yes", "no"}
    return theirs


def _forms(request, row):
    """The forms that the person may send; the one that was sent is bound."""
    sent, may = request.POST.get("deed"), _may(request.user, row)
    chosen, own = {}, request.user.pk == row.leaver_id
    for item in row.items.all() if "pack" in may else ():
        chosen.setdefault(item.kind, []).append(item.about_id)
    makes = {
        "who": lambda data: WhoForm(data, prefix="who"),
        "days": lambda data: DaysForm(data, prefix="days", initial=days_of(row), own=own),
        "pack": lambda data: PackForm(
            data, prefix="pack", things=queries.to_choose(row), initial=chosen
        ),
        "tick": lambda data: TickForm(data),
    }
    return {name: make(request.POST if sent == name else None)
            for name, make in makes.items() if name in may}  # fmt: skip


def _page(request, row, forms):
    told = request.user.pk in (row.leaver_id, row.successor_id) and (
        row.agreed_at or request.user.pk == row.leaver_id
    )
    context = {
        "network": row.network, "row": row, "forms": forms, "may": _may(request.user, row),
        "groups": queries.grouped(queries.pack(row, request.user)) if told else [],
        "follows": request.user.pk == row.successor_id,
        "leaves": request.user.pk == row.leaver_id,
    }  # fmt: skip
    status = max((pages.status_of(form) for form in forms.values()), default=200)
    return render(request, "sessions/handing/handover.html", context, status=status)


# --- The deeds: each gives whether it was done ----------------------------------------------------


def _who(person, row, forms):
    form = forms["who"]
    if valid := form.is_valid():
        handing.ask_another(row, **form.cleaned_data, by=person)
    return valid


def _days(person, row, forms):
    form = forms["days"]
    if valid := form.is_valid():
        handing.change_days(row, **form.cleaned_data, by=person)
    return valid


def _pack(person, row, forms):
    form = forms["pack"]
    if valid := form.is_valid():
        handing.choose(row, form.picked(), by=person)
    return valid


def _tick(_person, row, forms):
    form = forms["tick"]
    if valid := form.is_valid():
        item = get_object_or_404(row.items, pk=form.cleaned_data["item"])
        handing.work_through(item, done=form.cleaned_data["done"])
    return valid


def _answer(agrees):
    def said(person, row, _forms):
        handing.answer(row, agrees=agrees, by=person)
        return True

    return said


def _off(person, row, _forms):
    handing.call_off(row, by=person)
    return True


DEEDS = {"who": _who, "days": _days, "pack": _pack, "tick": _tick, "off": _off,
         "yes": _answer(True), "no": _answer(False)}  # fmt: skip
