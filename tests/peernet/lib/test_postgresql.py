"""A kept connection is looked at before each request, and no statement is spent on it."""

from contextlib import closing

import psycopg2
import pytest
from django.db import connection, connections

from peernet.lib.postgresql.base import DatabaseWrapper


@pytest.fixture
def kept():
    """A connection of our own, as a web thread keeps it between two requests."""
    made = DatabaseWrapper({**connection.settings_dict, "CONN_HEALTH_CHECKS": True}, "default")
    yield made
    made.close()


def ask(wrapper, sql, *values):
    with wrapper.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


@pytest.fixture
def outside(kept):
    """Somebody else at the same server."""
    with closing(psycopg2.connect(**kept.get_connection_params())) as other:
        other.autocommit = True
        yield other.cursor()


@pytest.mark.django_db
def test_the_site_uses_it():
    assert isinstance(connections["default"], DatabaseWrapper)


@pytest.mark.django_db
def test_a_connection_that_works_is_used_again_without_a_statement(kept, outside):
    mine = ask(kept, "SELECT pg_backend_pid()")
    assert kept.is_usable()
    outside.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [mine])
    assert outside.fetchone()[0] == "SELECT pg_backend_pid()"


@pytest.mark.django_db
def test_a_connection_that_was_cut_is_made_anew_before_the_first_statement(kept, outside):
    mine = ask(kept, "SELECT pg_backend_pid()")
    outside.execute("SELECT pg_terminate_backend(%s, 60000)", [mine])
    kept.close_if_unusable_or_obsolete()  # the end of one request
    kept.health_check_enabled = True
    kept.health_check_done = False  # the beginning of the next
    assert ask(kept, "SELECT pg_backend_pid()") != mine


@pytest.mark.django_db
def test_where_something_waits_to_be_read_the_server_is_asked(kept, outside):
    """A message for others to hear is no sign of trouble."""
    with kept.cursor() as cursor:
        cursor.execute("LISTEN bench")
    outside.execute("NOTIFY bench")
    assert kept.is_usable()
    assert ask(kept, "SELECT 1") == 1


@pytest.mark.django_db
def test_no_connection_is_none_that_works(kept):
    assert not kept.is_usable()
    ask(kept, "SELECT 1")
    kept.connection.close()
    assert not kept.is_usable()
