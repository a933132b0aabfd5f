import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peernet.settings")
application = get_wsgi_application()
# Every address and its views, before the first reader asks for one.
import_module(settings.ROOT_URLCONF)
