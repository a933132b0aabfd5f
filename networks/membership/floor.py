"""What every page stands on, in one statement: the session that the browser names, the person who
is signed in with it, and what they may do. Django would ask for each by itself, and work each
question out anew (settings.SESSION_ENGINE).

The statement only suggests who it is, by the device that the session is written down with
(members/access). The signed session says it: members.people.middleware compares the two.
"""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection

from members.people.models import Person
from peernet.lib import clock

from .door import keep_rights, rights_of

COLUMNS = [one.attname for one in Person._meta.concrete_fields]
READING = f"""
SELECT session.session_data, {", ".join(f"person.{name}" for name in COLUMNS)}, place.*
FROM django_session session
LEFT JOIN members_device device ON device.session_key = session.session_key
LEFT JOIN members_person person ON person.id = device.person_id
LEFT JOIN LATERAL ({rights_of("person.id")}) place ON true
WHERE session.session_key = %(key)s AND session.expire_date > %(now)s
ORDER BY place.name, place.id
"""  # noqa: S608 -- our own columns


class SessionStore(db.SessionStore):
    """Django's sessions in the database. `reader`: who seems to be signed in, with their rights
    already read; None where the statement did not find anybody."""

    reader: Person | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        with connection.cursor() as cursor:
            cursor.execute(READING, {"key": self.session_key, "now": clock.now()})
            found = cursor.fetchall()
        if not found:  # Django has the last word: its clock does not travel
            return super()._get_session_from_db()
        data, *person = found[0][: len(COLUMNS) + 1]
        if person[0] is not None:
            self.reader = Person.from_db(connection.alias, COLUMNS, person)
            places = [row[len(COLUMNS) + 1 :] for row in found]
            keep_rights(self.reader, [place for place in places if place[0] is not None])
        return Session(session_key=self.session_key, session_data=data)
