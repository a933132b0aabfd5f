import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peernet.settings")
os.environ["IS_WEB"] = "1"  # the settings give its statements less time than those of jobs
application = get_wsgi_application()
del os.environ["IS_WEB"]  # what the web starts is not the web
# Every address and its views, before the first reader asks for one.
import_module(settings.ROOT_URLCONF)
