"""What people are told about sessions: invitations, changes, reminders."""

from dataclasses import replace

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from members.people.models import Person
from networks.membership.queries import coordinators
from networks.preferences import queries as preferences
from peernet.lib import clock, mail, tokens, words
from peernet.lib.pages import address
from sessions.cadence import rules as rhythm
from sessions.cadence.models import Cadence, Session, SessionState
from sessions.cadence.queries import NEEDED, first_ahead
from sessions.calendar import queries as calendar

from . import queries, rules
from .models import Reply, SessionMessage

SHOWN_DATES = 4


# --- Still true? -----------------------------------------------------------------------------


def _series_true(notice: Notice) -> str:
    cadence = _cadence(notice)
    if cadence is None or cadence.ended_at:
        return _("The rhythm has ended.")
    if not queries.is_for(cadence, notice.person):
        return _("They are not in this group.")
    return "" if first_ahead(cadence) else _("None of its dates is confirmed.")


def _series_news_true(notice: Notice) -> str:
    cadence = _cadence(notice)
    if cadence is None:
        return _("The rhythm is gone.")
    return "" if cadence.sequence == notice.version else _("A newer message took its place.")


def _session_true(notice: Notice) -> str:
    session = _session(notice)
    if session is not None and session.invitation != notice.version:
        return _("A newer message took its place.")
    return _not_sure(session, notice.person) or _begun(session)


def _changed_true(notice: Notice) -> str:
    """Also when it has begun in the meantime: else its old time would stay in calendars."""
    session = _session(notice)
    if session is not None and session.sequence != notice.version:
        return _("A newer message took its place.")
    return _not_sure(session, notice.person)


def _cancelled_true(notice: Notice) -> str:
    session = _session(notice)
    if session is None or session.sequence != notice.version:
        return _("A newer message took its place.")
    if session.state not in (SessionState.CANCELLED, SessionState.TENTATIVE):
        return _("The session takes place after all.")
    return ""


def _reminder_true(notice: Notice) -> str:
    if no := _changed_true(notice) or _begun(_session(notice)):
        return no
    if not queries.wants_reminder(notice.person, _session(notice).network_id, notice.offset):
        return _("They chose no reminder this long before.")
    reply = queries.reply_of(notice.person, _session(notice))
    if reply == Reply.NO:
        return _("They said they cannot come.")
    if notice.offset == rules.HOUR and not reply:
        return _("They have not answered.")
    later = Notice.objects.filter(
        kind=notice.kind, about_id=notice.about_id, version=notice.version,
        person=notice.person, offset__lt=notice.offset,
    )  # fmt: skip
    return _("A later reminder took its place.") if later.exists() else ""


def _message_true(notice: Notice) -> str:
    message = _message(notice)
    if message is None or not message.text:
        return _("The message is gone.")
    session = _session_of(message.session_id)
    if no := _not_sure(session, notice.person):
        return no
    if session.ends_at <= clock.now():
        return _("The session is over.")
    if queries.to_write_to(session, message.whom).filter(pk=notice.person_id).exists():
        return ""
    return _("They have answered since.")


def _comes(notice: Notice) -> bool:
    """Somebody on a break hears of changes to what they said they come to, all the same."""
    about = _message(notice) if notice.kind == "session_message" else None
    session = _session_of(about.session_id if about else notice.about_id)
    reply = queries.reply_of(notice.person, session) if session else ""
    return reply in (Reply.YES, Reply.MAYBE)


def _begun(session: Session) -> str:
    return _("The session has begun.") if session.starts_at <= clock.now() else ""


def _not_sure(session: Session | None, person: Person) -> str:
    if session is None or session.state == SessionState.CANCELLED:
        return _("The session was cancelled.")
    if session.state != SessionState.PLANNED:
        return _("The session is not confirmed.")
    return "" if queries.is_for(session, person) else _("They are not in this group.")


# --- Letters ---------------------------------------------------------------------------------


def _series(notice: Notice) -> mail.Letter:
    cadence, person = _cadence(notice), notice.person
    coming = first_ahead(cadence)
    told = {"host": _host(cadence), "title": cadence.title, "rule": cadence.in_words}
    blocks = [
        _answers(coming, person),
        mail.para(_("%(host)s invites you to “%(title)s”: %(rule)s.") % told),
        _facts(coming, person, first=_("Next")),
        mail.para(
            _("Your answer is for %(day)s only. We ask again before each date.")
            % {"day": words.day(coming.starts_at)}
        ),
        *_dates(cadence),
        mail.links((_("See all dates"), address("rhythm", cadence.network.slug, cadence.pk))),
    ]
    rule = rhythm.plain(rhythm.parse(cadence.rule), cadence.first_date)
    when = _("%(rule)s, %(time)s") % {"rule": rule, "time": rhythm.clock_words(cadence.time)}
    return _letter(cadence, person, when, blocks, calendar.series(cadence, person))


def _series_changed(notice: Notice) -> mail.Letter:
    cadence, person = _cadence(notice), notice.person
    cover = cadence.covered_until
    if cover:
        news = _(
            "The funding for “%(title)s” now lasts until %(day)s. The dates up to then are in your "
            "calendar. Later ones wait for somebody who takes them on."
        ) % {"title": cadence.title, "day": words.day(cover)}
    else:
        news = _("All dates of “%(title)s” are in your calendar again.") % {"title": cadence.title}
    blocks = [
        mail.links((_("See all dates"), address("rhythm", cadence.network.slug, cadence.pk))),
        mail.para(news),
        *_dates(cadence),
    ]
    return _letter(cadence, person, _("new dates"), blocks, calendar.series(cadence, person))


def _series_ended(notice: Notice) -> mail.Letter:
    cadence, person = _cadence(notice), notice.person
    link = (_("See what was held"), address("rhythm", cadence.network.slug, cadence.pk))
    blocks = [
        mail.para(
            _("“%(title)s” has come to its end. Its later dates are gone from your calendar.")
            % {"title": cadence.title}
        ),
        *([mail.quote(cadence.reason)] if cadence.reason else []),
        *_dates(cadence),
        mail.para(_("What was said and written there stays.")),
        mail.links(link),
    ]
    return _letter(cadence, person, _("has ended"), blocks, calendar.series(cadence, person))


def _invitation(notice: Notice) -> mail.Letter:
    session, person = _session(notice), notice.person
    told = {"host": _host(session), "title": session.title}
    lead = _("%(host)s invites you to “%(title)s”.") % told
    if session.taken_on_by:
        lead = _("%(host)s has taken on “%(title)s”, so it takes place.") % told
    blocks = [_answers(session, person), mail.para(lead), _facts(session, person), _page(session)]
    part = calendar.session(session, person, queries.reply_of(person, session))
    return _letter(session, person, _short(session), blocks, part)


def _changed(notice: Notice) -> mail.Letter:
    session, person = _session(notice), notice.person
    reply = queries.reply_of(person, session)
    blocks = [
        *([_answers(session, person)] if not reply else []),
        mail.para(_("“%(title)s” has changed. This is how it is now:") % {"title": session.title}),
        _facts(session, person),
        *([mail.quote(session.reason)] if session.reason else []),
        *([mail.para(_said(reply)), _answers(session, person)] if reply else []),
        _page(session),
    ]
    part = calendar.session(session, person, reply)
    return _letter(session, person, _("now %(when)s") % {"when": _short(session)}, blocks, part)


def _cancelled(notice: Notice) -> mail.Letter:
    session, person = _session(notice), notice.person
    told = {"title": session.title, "when": _when(session, person)}
    lead = _("“%(title)s” on %(when)s is cancelled. It is gone from your calendar.")
    blocks = [mail.para(lead % told), *([mail.quote(session.reason)] if session.reason else [])]
    subject = _("cancelled, %(when)s")
    if session.state == SessionState.TENTATIVE:
        lead = _(
            "“%(title)s” on %(when)s is not confirmed any more: the funding ends before that day. "
            "It is gone from your calendar, and comes back when somebody takes it on."
        )
        blocks, subject = [mail.para(lead % told)], _("not confirmed, %(when)s")
    blocks.append(_page(session))
    part = calendar.session_gone(session, person)
    return _letter(session, person, subject % {"when": _short(session)}, blocks, part)


def _reminder(notice: Notice) -> mail.Letter:
    session, person = _session(notice), notice.person
    reply = queries.reply_of(person, session)
    soon = rules.may_join(clock.now(), session.starts_at, session.ends_at) and session.link
    join = (
        _("Join online"),
        address("join_by_mail", tokens.make("join", session.pk, person.pk, person.token_version)),
    )
    if not reply:
        lead = _("Can you come to “%(title)s”? One press is enough.") % {"title": session.title}
    else:
        lead = _("“%(title)s” is coming up.") % {"title": session.title}
    blocks = [
        *([mail.links(join)] if soon and reply else []),
        *([_answers(session, person)] if not reply else []),
        mail.para(lead),
        _facts(session, person),
        *([mail.para(_said(reply)), _answers(session, person)] if reply else []),
        _page(session),
    ]
    label, stop = preferences.stop_reminders(person, session.network)
    return replace(
        _letter(session, person, _short(session), blocks),
        stops=preferences.foot(person, session.network, (label, stop)),
        headers=preferences.headers(session.network, stop, "sessions"),
    )


def _written(notice: Notice) -> mail.Letter:
    message = _message(notice)
    session, person = _session_of(message.session_id), notice.person
    named = {"title": session.title, "when": _when(session, person)}
    lead = _("%(name)s writes about “%(title)s”, %(when)s:")
    if message.by is None:
        lead = _("About “%(title)s”, %(when)s:")
    else:
        named["name"] = message.by.short_name
    asked = [] if queries.reply_of(person, session) else [_answers(session, person)]
    blocks = [mail.para(lead % named), mail.quote(message.text), *asked, _page(session)]
    return _letter(session, person, _("a message for %(when)s") % {"when": _short(session)}, blocks)


# --- Parts of letters ------------------------------------------------------------------------


def _letter(
    thing: Session | Cadence,
    person: Person,
    when: str,
    blocks: list,
    part: mail.CalendarPart | None = None,
) -> mail.Letter:
    named = {"network": thing.network.name, "when": capfirst(when), "title": thing.title}
    return mail.Letter(
        subject=_("[%(network)s] %(when)s: %(title)s") % named,
        sender=_("%(host)s at %(network)s") % (named | {"host": _host(thing)}),
        blocks=tuple(blocks),
        why=_("You get this because you are a member of %(network)s.") % named,
        stops=preferences.foot(person, thing.network),
        calendar=part,
    )


def _answers(session: Session, person: Person) -> mail.Block:
    token = tokens.make("answer", session.pk, person.pk, person.token_version)
    page = address("answer_by_mail", token)
    return mail.links(
        (_("Yes"), f"{page}?reply=yes"),
        (_("Maybe"), f"{page}?reply=maybe"),
        (_("No"), f"{page}?reply=no"),
    )


def _facts(session: Session, person: Person, first: str = "") -> mail.Block:
    leader = session.facilitator.shown_name if session.facilitator else ""
    return mail.facts(
        (first or _("When"), _when(session, person)),
        (_("How long"), words.length(session.minutes)),
        (_("Where"), _where(session)),
        (_("Led by"), leader),
    )


def _where(thing: Session | Cadence) -> str:
    if thing.link and thing.place:
        return _("%(place)s, or online") % {"place": thing.place}
    return thing.place or (_("Online. The link to join opens a day before.") if thing.link else "")


def _when(session: Session, person: Person) -> str:
    """In the reader's zone; with the session's own time beside it when that is another."""
    said = words.when(session.starts_at, person.zone)
    theirs = words.when(session.starts_at, session.zone)
    if said == theirs:
        return said
    zones = {"here": said, "there": theirs}
    zones |= {"my": rhythm.zone_words(person.zone), "its": rhythm.zone_words(session.zone)}
    return _("%(here)s, %(my)s (%(there)s, %(its)s)") % zones


def _short(session: Session) -> str:
    """ "today 10am", "tomorrow 10am", "Tuesday 10am", "Tuesday 1 December 10am"."""
    local = timezone.localtime(session.starts_at)
    days = (local.date() - timezone.localtime(clock.now()).date()).days
    if days in (0, 1):
        day = _("today") if days == 0 else _("tomorrow")
    elif days < 7:
        day = rhythm.weekday(local.weekday())
    else:
        day = words.day(session.starts_at)
    return f"{day} {words.clock(session.starts_at)}"


def _dates(cadence: Cadence) -> list[mail.Block]:
    ahead = cadence.sessions.of_series().sure().future(clock.now())[:SHOWN_DATES]
    days = [words.when(session.starts_at) for session in ahead]
    return [mail.heading(_("The next dates")), mail.para("\n".join(days))] if days else []


def _said(reply: str) -> str:
    said = {
        Reply.YES: _("You said yes. If that has changed, tell us here:"),
        Reply.MAYBE: _("You said maybe. Do you know by now?"),
        Reply.NO: _("You said no. If that has changed, tell us here:"),
    }
    return said[Reply(reply)]


def _page(session: Session) -> mail.Block:
    page = address("session", session.network.slug, session.pk)
    return mail.links((_("Open the session’s page"), page))


def _host(thing: Session | Cadence) -> str:
    """Who invites: who leads it, else a coordinator, else nobody by name."""
    person = thing.facilitator or coordinators(thing.network).order_by("pk").first()
    return person.short_name if person else thing.network.name


def _session(notice: Notice) -> Session | None:
    return _session_of(notice.about_id)


def _session_of(pk: int) -> Session | None:
    return Session.objects.select_related(*NEEDED).filter(pk=pk).first()


def _message(notice: Notice) -> SessionMessage | None:
    return SessionMessage.objects.select_related("by").filter(pk=notice.about_id).first()


def _cadence(notice: Notice) -> Cadence | None:
    rows = Cadence.objects.select_related("network", "cohort", "facilitator")
    return rows.filter(pk=notice.about_id).first()


KINDS = [
    Kind("series", lazy("Invitation to regular sessions"), _series_true, _series,
         about=queries.about_rhythms),
    Kind("series_changed", lazy("Dates of regular sessions changed"), _series_news_true,
         _series_changed, about=queries.about_rhythms),
    Kind("series_ended", lazy("Regular sessions ended"), _series_news_true, _series_ended,
         about=queries.about_rhythms),
    Kind("session", lazy("Invitation to a session"), _session_true, _invitation,
         about=queries.about_sessions),
    Kind("session_changed", lazy("A session changed"), _changed_true, _changed,
         reaches_break=_comes, about=queries.about_sessions),
    Kind("session_cancelled", lazy("A session was cancelled"), _cancelled_true, _cancelled,
         reaches_break=_comes, about=queries.about_sessions),
    Kind("session_message", lazy("A message about a session"), _message_true, _written,
         reaches_break=_comes, about=queries.about_messages),
    Kind("reminder", lazy("Reminder of a session"), _reminder_true, _reminder, waits=True,
         about=queries.about_sessions),
]  # fmt: skip
