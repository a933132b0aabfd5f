from django.http import JsonResponse
from django.shortcuts import render
from django.views.defaults import server_error as default_server_error

from . import health


def home(request):
    return render(request, "pages/welcome.html")


def healthz(request):
    well, seen = health.report()
    response = JsonResponse({"ok": well, **seen}, status=200 if well else 503)
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def forbidden(request, exception):
    return render(request, "403.html", status=403)


def not_found(request, exception):
    return render(request, "404.html", status=404)


def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)


def server_error(request):
    return default_server_error(request)
