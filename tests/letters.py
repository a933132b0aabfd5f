"""For every kind of letter a story that ends with one, in the world of tests/world.py.

A kind of settings.NOTICE_KINDS without a story fails the build (tests/doors/test_letters.py).
"""

from datetime import datetime, timedelta

from django.core import mail
from django.test import Client

from evaluation.surveys import actions as surveys
from members.digest.tasks import tick_digest
from members.notices.actions import send_due
from members.people import actions as people
from members.privacy.actions import ask_for_archive, pack_archives
from networks.archives import actions as archives
from networks.charter import actions as charters
from networks.cohorts.actions import open_cohort
from networks.consents import actions as consents
from networks.discussions.actions import start_thread
from networks.exchange import actions as exchange
from networks.funding import actions as funding
from networks.handover import actions as handing
from networks.introductions import actions as introducing
from networks.invitations.actions import ask_in, invite, nudge_leads, remind_of_ends
from networks.joining import actions as joining
from networks.links import actions as links
from networks.links.models import Link
from networks.membership import actions as membership
from networks.network.models import Network
from networks.phone import actions as phone
from networks.preferences.actions import choose
from networks.succession import actions as succeeding
from peernet.lib import clock
from peernet.pages.actions import close_network, reopen_network
from peernet.watch import Watch
from sessions.cadence import actions as cadence
from sessions.keeping import actions as keeping
from sessions.meetings import actions as meetings
from sessions.meetings.tasks import tick_reminders
from tests import cast
from tests.sessions import around

MONTHS = timedelta(days=182)  # the world's grant lasts 180


def later(**length) -> datetime:
    """Move the clock on, and give the time it is then."""
    clock.travel(clock.now() + timedelta(**length))
    return clock.now()


def noon(days):
    """A wall-clock time so many days ahead."""
    ahead = clock.now() + timedelta(days=days)
    return ahead.replace(tzinfo=None, hour=12, minute=0, second=0, microsecond=0)


def planned(house, rhythm="once", days=3):
    """Planned, and everybody has read the invitation."""
    made = around.plan(house.place, house["coordinator"], first=noon(days), rhythm=rhythm)
    send_due()
    mail.outbox.clear()
    return made


def digest(house):
    tick_digest()
    start_thread(house.room, title="Rents", words="By the hour?", by=house["coordinator"])
    later(days=7)
    tick_digest()


def account_changed(house):
    second = house["member"].emailaddress_set.create(email="second@example.org", verified=True)
    people.remove_address(second, by=house["member"])


def own_data(house):
    ask_for_archive(by=house["member"])
    pack_archives()


def network_archive(house):
    archives.ask(house.place, by=house["coordinator"])
    archives.pack_due()


def invitation(house):
    asked = {"email": "bea@example.org", "name": "Bea Lane", "organisation": None}
    invite(house.place, **asked, by=house["coordinator"])


def invitation_ends(house):
    invitation(house)
    later(days=24)
    remind_of_ends()


def invitation_wanted(house):
    invitation(house)
    later(days=31)
    joining.want_another(house.place.invitations.get(email="bea@example.org"))


def nomination(house):
    """The member names somebody for the organisation that they lead for."""
    held = house["member"].holdings.get()
    asked = {"email": "nan@example.org", "name": "Nan Named", "part": "deputy"}
    return ask_in(held.seat, **asked, by=held.person)


def nomination_answer(house):
    joining.answer_nomination(nomination(house), welcome=False, by=house["coordinator"])


def funder_seat(house):
    today = clock.today(house.place.zone)
    funding.record_grant(
        house.place, funder="New Trust", programme="New", amount=1000, shares=False, once=None,
        starts_on=today, ends_on=today + timedelta(days=90), contact="cal@trust.example.org",
        by=house["coordinator"],
    )  # fmt: skip


def grant_shared(house):
    unsaid = {"network_agreed_at": None, "funder_agreed_at": None}
    grant = cast.grant(house.place, house.programme, **unsaid)
    funding.share(grant, shares=True, by=house["coordinator"])


def network_closed(house):
    close_network(house.place, name=house.place.name, words="Thanks", by=house["coordinator"])


def network_opened(house):
    network_closed(house)
    reopen_network(Network.objects.get(pk=house.place.pk), by=house["coordinator"])


def request(house):
    return joining.come_in(house.place, words="It is me", charter=1, by=house["former"])


def request_said(house):
    joining.say(request(house), "How is the kettle?", by=house["coordinator"])


def request_answer(house):
    joining.answer(request(house), welcome=True, words="Hello", by=house["coordinator"])


def cohort_welcome(house):
    first = clock.today(house.place.zone)
    made = open_cohort(
        house.place, name="Cohort 2", starts_on=first, welcome="Hello", by=house["coordinator"]
    )
    membership.put_in_cohort(made, house["member"], by=house["coordinator"])


def second_person(house):
    house.place.leads_invite = True
    house.place.save()
    later(days=61)
    nudge_leads()


def handover_leaver(house):
    """The member hands over to the facilitator."""
    held, today = house["member"].holdings.get(), clock.today(house.place.zone)
    days = {"starts_on": today, "ends_on": today + timedelta(days=30)}
    who = {"email": house["facilitator"].email, "name": ""}
    return handing.begin_handover(held, **who, **days, by=held.person)


def handover_successor(house):
    handover_leaver(house)


def handover_nobody(house):
    handing.answer(handover_leaver(house), agrees=False, by=house["facilitator"])


def link_asked(house):
    """Another network asks this one, of which it would be a part."""
    other = Network.objects.get(slug="libraries")
    said = {"address": house.place.slug, "where": "above", "gives": ["facts"], "words": "Hello"}
    return links.propose(other, house.place, **said, by=house["other_coordinator"])


def link_answer(house):
    links.answer(link_asked(house), house.place, agrees=True, by=house["coordinator"])
    return Link.objects.get()


def link_gives(house):
    link = link_answer(house)
    links.give(link, link.lower, gives=["money"], by=house["other_coordinator"])


def link_ended(house):
    link = link_answer(house)
    links.end(link, link.lower, words="Thanks", by=house["other_coordinator"])


def derived_welcome(house):
    link_answer(house)
    links.make_of(house.place, role="coordinator", adopts=False, by=house["coordinator"])
    links.follow_roles()


def derived_goodbye(house):
    derived_welcome(house)
    link = Link.objects.get()
    links.end(link, link.lower, words="", by=house["other_coordinator"])
    later(days=1)
    links.follow_roles()


def request_waits(house):
    request(house)
    later(days=3)
    joining.leave_nobody_waiting()


def request_slow(house):
    request(house)
    later(days=7)
    joining.leave_nobody_waiting()


def request_above(house):
    link_answer(house)
    other = Network.objects.get(slug="libraries")
    joining.come_in(other, words="", charter=1, by=cast.former_member(other))
    later(days=7)
    joining.leave_nobody_waiting()


def welcome_back(house):
    ann = house["member"]
    back_on = clock.today(house.place.zone) + timedelta(days=2)
    membership.take_break(house.place, back_on=back_on, words="", by=ann)
    later(days=3)
    membership.end_breaks()


def post(house):
    choose(house["member"], house.place, talk="each", by=house["member"])
    thread_that_nobody_asked_for(house)


def thread_that_nobody_asked_for(house):
    start_thread(house.room, title="Rents", words="By the hour?", by=house["coordinator"])
    later(hours=1)


def entry_runs_out(house):
    about = {"title": "A van", "words": "On Tuesday", "about": "thing", "tags": []}
    made = exchange.put_up(house.place, kind="ask", **about, by=house["member"])
    later(days=25)
    exchange.ask_whether_they_stand()
    return made


def charter_waits(house):
    lead = house["coordinator"]
    made = charters.publish(house.place, "Be kind. Be brief.", after=1, what="Shorter", by=lead)
    charters.remind(made, by=lead)


def charter_review(house):
    today = clock.now().date()
    text = house.place.charters.get().text
    charters.publish(house.place, text, after=1, review_on=today, by=house["coordinator"])
    charters.tell_of_reviews()


def consent_again(house):
    said = {"yes": True, "version": 1, "by": house["member"]}
    consents.answer(house.place, "pictures", **said)
    text = "On our page, for a year."
    consents.publish(house.place, "pictures", text, after=1, by=house["coordinator"])


def keeping_begins(house):
    keeping.choose(house.place, {"requests": 12}, by=house["coordinator"])


def keeping_soon(house):
    keeping_begins(house)
    send_due()
    mail.outbox.clear()
    later(days=12)
    keeping.run()


def call_asked(house):
    said = {"number": "07700 900111", "times": "After four", "topics": ""}
    line = phone.open_line(house.place, **said, by=house["member"])
    return phone.ask(line, number="07700 900222", words="Nights", by=house["facilitator"])


def call_agreed(house):
    made = call_asked(house)
    send_due()
    mail.outbox.clear()
    phone.agree(made, by=house["member"])


def introduction_asked(house):
    pair = house["member"], house["facilitator"]
    return introducing.introduce(house.place, *pair, why="Nights", by=house["coordinator"])


def introduction_met(house):
    made = introduction_asked(house)
    send_due()
    mail.outbox.clear()
    introducing.answer(made, True, by=house["member"])
    introducing.answer(made, True, by=house["facilitator"])


def entry_met(house):
    made = entry_runs_out(house)
    send_due()
    mail.outbox.clear()
    exchange.end(made, "met_here", met_by=house["facilitator"], by=house["member"])


def funding_ended(house):
    clock.travel(clock.now() + MONTHS)
    cadence.follow_funding()
    cadence.tell_that_funding_ended()
    later(days=1)


def series(house, rhythm="1"):
    around.plan(house.place, house["coordinator"], first=noon(3), rhythm=rhythm)


def series_changed(house):
    planned(house, rhythm="1")
    network_opened(house)


def series_ended(house):
    rhythm = planned(house, rhythm="1").cadence
    cadence.end(rhythm, reason="Done", by=house["coordinator"])


def session(house):
    series(house, rhythm="once")


def session_changed(house):
    around.move(planned(house), noon(5), house["coordinator"])


def session_cancelled(house):
    around.cancel(planned(house), house["coordinator"])


def session_message(house):
    by = house["coordinator"]
    meetings.answer(house.session, house["member"], "yes", by=house["member"])
    meetings.write(house.session, "yes", "Bring tea", by=by)


def reminder(house):
    made = planned(house, days=4)
    tick_reminders()
    clock.travel(made.starts_at - timedelta(hours=23))  # at whatever hour the tests run
    tick_reminders()


def survey(house):
    study = surveys.open_study(house.place, "How it works", by=house["coordinator"])
    today = clock.today(house.place.zone)
    days = {"opens": today, "closes": today + timedelta(days=14)}
    surveys.launch(study, **days, by=house["coordinator"])


def survey_reminder(house):
    survey(house)
    later(days=11)
    surveys.keep_time()


def succession(house):
    house.place.memberships.filter(person=house["coordinator"]).update(until=clock.now())
    return succeeding.ask(house.place, gone=True)


def succession_stands(house):
    succession(house)
    return succeeding.stand(house.place, by=house["member"])


def succession_over(house):
    succeeding.say_yes(succession_stands(house), by=house["facilitator"])
    later(days=15)
    succeeding.keep_time()


NOTICES = {
    story.__name__: story
    for story in [
        charter_waits, charter_review, consent_again, keeping_begins, keeping_soon,
        call_asked, call_agreed, entry_runs_out, entry_met, introduction_asked, introduction_met,
        network_archive,
        digest, account_changed, own_data, post, invitation, funder_seat, grant_shared,
        invitation_ends, invitation_wanted, nomination, nomination_answer,
        network_closed, network_opened, request, request_said, request_answer, second_person,
        handover_leaver, handover_successor, handover_nobody, cohort_welcome,
        link_asked, link_answer, link_gives, link_ended,
        succession, succession_stands, succession_over,
        derived_welcome, derived_goodbye, request_waits, request_slow, request_above, welcome_back,
        funding_ended, series, series_changed, series_ended, session, session_changed,
        session_cancelled, session_message, reminder, survey, survey_reminder,
    ]
}  # fmt: skip


# --- Letters that go past the outbox ---------------------------------------------------------


def sign_in_code(house):
    Client().post("/accounts/login/", {"login": house["member"].email})


def address_code(house):
    signed_in(house["member"]).post("/you/addresses/", {"email": "new@example.org"})


def proof_code(house):
    signed_in(house["member"]).post("/you/confirm/code/")


def the_beat_is_late(house):
    Watch(since=clock.now() - timedelta(days=1)).look()


PAST_THE_OUTBOX = {
    story.__name__: story for story in [sign_in_code, address_code, proof_code, the_beat_is_late]
}


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def sent(story, house) -> list:
    """The letters that leave when the story is told."""
    mail.outbox.clear()
    story(house)
    send_due()
    return list(mail.outbox)
