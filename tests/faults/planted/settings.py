"""PeerNet's settings, and one more app: the planted fault that the environment names."""

from peernet.settings import *  # noqa: F403
from peernet.settings import INSTALLED_APPS, env

INSTALLED_APPS = [*INSTALLED_APPS, f"tests.faults.planted.{env.str('PLANTED')}.Fault"]
