"""Django's PostgreSQL, but that a kept connection is looked at without a statement."""
