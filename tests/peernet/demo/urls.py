"""The addresses of a demonstration: in tests, demo mode is off."""

from django.urls import include, path

from peernet.urls import handler400, handler403, handler404, handler500
from peernet.urls import urlpatterns as ours

urlpatterns = [*ours, path("", include("peernet.demo.urls"))]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
