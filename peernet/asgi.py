import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peernet.settings")
os.environ["IS_WEB"] = "1"  # as in wsgi.py
application = get_asgi_application()
del os.environ["IS_WEB"]
