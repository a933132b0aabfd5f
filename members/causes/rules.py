"""How long what could not be done waits. Pure."""

from datetime import timedelta

LATER = timedelta(minutes=1)
