"""What the tests of surveys do again and again: launch, answer through the link, close."""

from datetime import timedelta

from django.test import Client

from evaluation.surveys import actions, queries
from evaluation.surveys.models import Study, Wave
from peernet.lib import clock
from tests import cast

ORDER = ["o1", "o2", "o3", "o4", "o5", "o6"]


def members_of(place, n):
    """n members besides whoever is there."""
    return [cast.member(place, f"Member {i:02}") for i in range(n)]


def launch(place, by, days=14, shared=True, study=None) -> Wave:
    """A round that opens today."""
    study = study or actions.open_study(place, "How it works", by=by)
    study = Study.objects.select_related("network").get(pk=study.pk)
    today = clock.today(place.zone)
    return actions.launch(study, today, today + timedelta(days=days), shared=shared, by=by)


def link(wave, person) -> str:
    """The address in the mail."""
    return f"/survey/{queries.token_for(wave, person)}/"


def answer(wave, person, agree=4, ten=7, order=None, words="", send=True):
    """Answer every question through the pages that the mail opens; returns the last response."""
    client, start = Client(), link(wave, person)
    for number, item in enumerate(wave.study.items.all(), start=1):
        typed = {"scale": agree, "number": ten, "text": words}.get(item.kind, "")
        press = "right" if item.kind == "ranking" else "next"
        sent = {"press": press, "answer": typed, "order": ",".join(order or ORDER)}
        said = client.post(f"{start}{number}/", sent)
        assert said.status_code == 302, said.content
    return client.post(f"{start}send/", follow=True) if send else None


def fill(wave, person, agree=4, ten=7, order=None, words=""):
    """As `answer`, without the pages between: for the many whose sums a test looks at."""
    for item in wave.study.items.all():
        typed = {"scale": agree, "number": ten, "text": words}.get(item.kind, "")
        kept = {"answer": str(typed), "order": ",".join(order or ORDER)}
        actions.save(wave, person, item, kept, by=person)
    actions.send(wave, person, by=person)


def again(wave) -> Wave:
    """The same round as the database has it."""
    return Wave.objects.select_related("study__network").get(pk=wave.pk)
