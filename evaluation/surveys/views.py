from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from networks.membership.door import network_page
from peernet.lib import clock, exports, pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal, tidy

from . import actions, queries, rules
from .forms import LaunchForm, NewForm, WordingForm, as_asked, as_said
from .models import ItemKind, Study, Wave

FORM = require_http_methods(["GET", "HEAD", "POST"])
GONE = 410  # the link was good, what it was for is not there any more


# --- The coordinator's pages --------------------------------------------------------------------


@require_safe
@network_page("coordinate")
def surveys(request, network):
    return render(request, "evaluation/surveys/surveys.html", {"studies": queries.studies(network)})


@FORM
@network_page("coordinate")
def survey_new(request, network):
    meant = {"cohort": pages.whole_number(request.GET.get("cohort"))}
    form = NewForm(network, request.POST or None, initial=meant | pages.typed(request))
    if form.is_valid():
        key = pages.uuid_or_none(form.once)
        study = actions.open_study(network, **form.cleaned_data, by=request.user, key=key)
        pages.forget_typed(request)
        return redirect("survey", network.slug, study.pk)
    context = {"form": form, "questions": [one.text for one in rules.BASELINE]}
    return render(request, "evaluation/surveys/new.html", context, status=pages.status_of(form))


@require_safe
@network_page("coordinate")
def survey(request, network, pk):
    study = _study(network, pk)
    rounds = [(wave, queries.rate(wave)) for wave in study.waves.all()]
    context = {
        "study": study,
        "rounds": rounds,
        "under_way": any(wave.closed_at is None for wave, _rate in rounds),
        "items": study.items.all(),
        "ends": queries.ends_by_itself(study),
        "least": rules.K,
    }
    return render(request, "evaluation/surveys/survey.html", context)


@FORM
@network_page("coordinate")
def survey_edit(request, network, pk):
    study = _study(network, pk)
    items = list(study.items.all())
    boxes = [f"keep-{item.uid}" for item in items]
    initial = {"title": study.title} | pages.typed(request, *boxes)
    form = WordingForm(items, request.POST or None, initial=initial)
    if form.is_valid() and _done(
        form, actions.edit, study, form.cleaned_data["title"], form.wording(), by=request.user
    ):
        pages.forget_typed(request)
        return redirect("survey", network.slug, study.pk)
    context = {"form": form, "study": study}
    return render(request, "evaluation/surveys/edit.html", context, status=pages.status_of(form))


@require_POST
@network_page("coordinate")
def survey_discard(request, network, pk):
    return _after(request, "surveys", [network.slug], actions.discard, _study(network, pk))


@require_safe
@network_page("coordinate")
def survey_preview(request, network, pk, number):
    """Page by page what members see; the first one is the welcome."""
    study = _study(network, pk)
    items = list(study.items.all())
    if not 1 <= number <= len(items) + 1:
        raise Http404
    context = {"study": study, "preview": number, "of": len(items), "refused": ""}
    if number == 1:
        wave = Wave(study=study)
        context |= {"wave": wave, "small": queries.asked(wave).count() < rules.SMALL}
        return render(request, "evaluation/surveys/welcome.html", context)
    context |= as_asked(items[number - 2], number - 1)
    return render(request, "evaluation/surveys/question.html", context)


@FORM
@network_page("coordinate")
def survey_launch(request, network, pk):
    study = _study(network, pk)
    today, first = clock.today(network.zone), study.launched_at is None
    funders = queries.funders_of(network) if first else []
    form = LaunchForm(
        today, bool(funders), request.POST or None, initial=pages.typed(request, "shared")
    )
    if form.is_valid() and _done(form, actions.launch, study, **form.cleaned_data, by=request.user):
        pages.forget_typed(request)
        return redirect("survey", network.slug, study.pk)
    context = {
        "form": form,
        "study": study,
        "people": queries.asked(Wave(study=study)).count(),
        "funders": funders,
        "first": first,
    }
    return render(request, "evaluation/surveys/launch.html", context, status=pages.status_of(form))


@FORM
@network_page("coordinate")
def survey_end(request, network, pk):
    study = _study(network, pk)
    if request.method == "POST":
        return _after(request, "survey", [network.slug, pk], actions.end, study)
    return render(request, "evaluation/surveys/end.html", {"study": study})


@require_POST
@network_page("coordinate")
def survey_close(request, network, pk, number):
    wave = _wave(network, pk, number)
    return _after(request, "survey", [network.slug, pk], actions.close, wave)


@require_POST
@network_page("coordinate")
def survey_take_back(request, network, pk, number):
    wave = _wave(network, pk, number)
    return _after(request, "survey", [network.slug, pk], actions.take_back, wave)


@require_safe
@network_page("coordinate")
def results(request, network, pk, number):
    wave = _wave(network, pk, number)
    shown = queries.results(wave, list(wave.study.items.all()))
    context = {
        "wave": wave,
        "study": wave.study,
        "rate": queries.rate(wave),
        "results": shown,
        "before": queries.previous(wave),
        "least": rules.K,
        "pairs": rules.PAIRS,
    }
    return render(request, "evaluation/surveys/results.html", context)


@require_safe
@network_page("coordinate")
def results_csv(request, network, pk, number):
    wave = _wave(network, pk, number)
    shown = queries.results(wave, list(wave.study.items.all()))
    name = slugify(f"{wave.study.title}-{wave.number}") or "survey"
    heading = [_("Question"), _("What"), _("Number")]
    return exports.attachment("csv", name, heading, _lines(shown, queries.rate(wave)))


# --- The members' pages --------------------------------------------------------------------------


@require_safe
@network_page("take_part")
def survey_answer(request, network, pk):
    """From Home: the same pages as from the mail."""
    wave = get_object_or_404(Wave, study__network=network, pk=pk, opened_at__isnull=False)
    return redirect("survey_by_mail", queries.token_for(wave, request.user))


@never_cache
@require_safe
def survey_by_mail(request, token):
    wave, person = queries.named_by(token)
    if no := queries.why_closed(wave, person):
        return _gone(request, wave, no)
    context = _around(wave, token) | {"person": person}
    if queries.has_answered(wave, person):
        return render(request, "evaluation/surveys/thanks.html", context)
    own = queries.mine(wave, person)
    context |= {
        "begun": bool(own and own.answers),
        "funders": queries.funders_of(wave.study.network) if wave.study.shared else [],
        "small": queries.asked(wave).count() < rules.SMALL,
    }
    return render(request, "evaluation/surveys/welcome.html", context)


@never_cache
@FORM
def survey_question(request, token, number):
    wave, person = queries.named_by(token)
    if no := queries.why_closed(wave, person):
        return _gone(request, wave, no)
    items = list(wave.study.items.all())
    if not 1 <= number <= len(items):
        raise Http404
    if queries.has_answered(wave, person):
        return redirect("survey_by_mail", token)
    item, refused = items[number - 1], ""
    if request.method == "POST":
        refused = _kept(request, wave, person, item)
        if not refused and not (_moving(request) and request.htmx):
            return redirect(*_next(request, token, number, len(items)))
    return _question(request, wave, person, (item, number, len(items)), token, refused)


@never_cache
@FORM
def survey_send(request, token):
    wave, person = queries.named_by(token)
    if no := queries.why_closed(wave, person):
        return _gone(request, wave, no)
    refused = ""
    if request.method == "POST":
        refused = _refused(actions.send, wave, person, by=person)
    if queries.has_answered(wave, person):
        return redirect("survey_by_mail", token)
    said = as_said(wave.study.items.all(), queries.mine(wave, person))
    context = _around(wave, token) | {"said": said, "refused": refused}
    status = 422 if refused else 200
    return render(request, "evaluation/surveys/send.html", context, status=status)


@never_cache
@FORM
def survey_stop(request, token):
    wave, person = queries.named_by(token)
    if wave is None:
        return _gone(request, wave, queries.why_closed(wave, person))
    if request.method == "POST":
        actions.no_more(wave.study, person, by=person)
    context = _around(wave, token) | {"stopped": queries.wants_no_more(wave.study, person)}
    return render(request, "evaluation/surveys/stop.html", context)


# --- Parts ---------------------------------------------------------------------------------------


def _study(network, pk):
    return get_object_or_404(Study.objects.select_related("network"), network=network, pk=pk)


def _wave(network, pk, number):
    rows = Wave.objects.select_related("study__network")
    return get_object_or_404(rows, study__network=network, study=pk, number=number)


def _done(form, deed, *args, **kwargs):
    """Whether the deed was done; if not, the form says why."""
    if no := _refused(deed, *args, **kwargs):
        add_refusal(form, Refused(no))
    return not no


def _refused(deed, *args, **kwargs):
    """Why the deed was refused, or ""."""
    try:
        deed(*args, **kwargs)
    except Refused as no:
        return str(no)
    return ""


def _after(request, page, args, deed, thing):
    if no := _refused(deed, thing, by=request.user):
        messages.error(request, no)
    return redirect(page, *args)


def _around(wave, token):
    """What every page behind a mail's link shows around its own."""
    return {"wave": wave, "study": wave.study, "token": token, "preview": 0,
            "of": wave.study.items.count()}  # fmt: skip


def _moving(request):
    return request.POST.get("press", "").startswith(("up-", "down-"))


def _kept(request, wave, person, item):
    """Keep what was answered, or that it was skipped; why not, or ""."""
    typed = {name: tidy(value) for name, value in request.POST.items()}
    press = typed.get("press", "")
    if press == "skip":
        return _refused(actions.skip, wave, person, item, by=person)
    if _moving(request):
        up, _dash, code = press.partition("-")
        order = typed.get("order", "").split(",")
        typed["order"] = ",".join(rules.moved(order, code, up == "up"))
    elif press != "right" and _as_first_shown(wave, person, item, typed.get("order", "")):
        return ""
    return _refused(actions.save, wave, person, item, typed, by=person)


def _as_first_shown(wave, person, item, order):
    """Whether this is a list to be put in order that nobody has moved anything in, nor said that
    it is right: then it is our order, not the person's."""
    own = queries.mine(wave, person)
    if item.kind != ItemKind.RANKING or (own and item.uid in own.answers):
        return False
    mark = queries.response_mark(wave.study, person)
    return order.split(",") == rules.first_order(list(item.options), mark)


def _next(request, token, number, of):
    step = {"back": -1}.get(request.POST.get("press", ""), 0 if _moving(request) else 1)
    to = number + step
    if to < 1:
        return "survey_by_mail", token
    return ("survey_question", token, to) if to <= of else ("survey_send", token)


def _question(request, wave, person, place, token, refused):
    item, number, of = place
    own = queries.mine(wave, person)
    given = own.answers.get(item.uid) if own else None
    typed = request.POST.get("answer") if refused else None
    mark = queries.response_mark(wave.study, person)
    context = _around(wave, token) | {"of": of, "refused": refused}
    context |= as_asked(item, number, typed if typed is not None else given, mark)
    page, part = "evaluation/surveys/question.html", "evaluation/surveys/_ranking.html"
    if refused or request.method != "POST":
        return render(request, page, context, status=422 if refused else 200)
    said = _place(context["order"], request.POST["press"].partition("-")[2])
    return trigger_client_event(render(request, part, context), "say", {"value": said})


def _place(order, code):
    """Where something in a ranking is now, in words for those who do not see it move."""
    at = next((n for n, (its, _words) in enumerate(order, start=1) if its == code), 0)
    words = dict(order).get(code, "")
    return _("%(what)s is now number %(n)s.") % {"what": words, "n": at} if at else ""


def _lines(results, rate):
    """The results as rows of a file: each number once, and nothing where it is not shown."""
    yield _("Everybody"), _("Asked"), rate.asked
    yield _("Everybody"), _("Answered"), rate.answered
    for one in results:
        text = one.item.text
        yield text, _("Answers, to the nearest 5"), one.n
        if one.mean is not None:
            yield text, _("Average"), round(one.mean, 2)
            yield text, _("Middle answer"), one.median
        for label, number in one.groups:
            yield text, label, number
        for words, rank, top in one.order:
            yield text, _("Average place of “%(what)s”") % {"what": words}, round(rank, 2)
            yield text, _("Put “%(what)s” among the first three") % {"what": words}, top
        if one.change and one.change.mean is not None:
            yield text, _("Average change"), round(one.change.mean, 2)
            yield text, _("Average change, at least"), round(one.change.low, 2)
            yield text, _("Average change, at most"), round(one.change.high, 2)


def _gone(request, wave, why):
    """A link from a mail that opens nothing any more, and what there is instead."""
    status = GONE if wave else 404
    return render(request, "evaluation/surveys/gone.html", {"why": why}, status=status)
