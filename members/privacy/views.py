from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event

from peernet.lib import pages
from peernet.lib.errors import Refused

from . import queries
from .actions import ask_for_archive
from .models import Archive


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def data(request):
    status = 200
    if request.method == "POST":
        try:
            ask_for_archive(by=request.user)
            return redirect("own_data")
        except Refused as no:
            messages.warning(request, str(no))
            status = 429
    context = {"archive": queries.archive_of(request.user)}
    names = ("members/privacy/data.html", "members/privacy/_archive.html")
    response = pages.page_or_fragment(request, *names, context, status=status)
    if request.htmx and not (context["archive"] and context["archive"].under_way):
        trigger_client_event(response, "say", {"value": queries.outcome(context["archive"])})
    return response


@require_safe
@pages.signed_in
def archive(request, pk):
    """The file itself; where it is gone, the page on which it can be asked for again."""
    made = get_object_or_404(Archive, pk=pk, person=request.user)
    if not queries.is_there(made):
        return redirect("own_data")
    content = (queries.folder() / made.file).open("rb")
    answer = FileResponse(content, as_attachment=True, filename="peernet-my-data.zip")
    answer.headers["Content-Type"] = "application/zip"
    answer.headers["Content-Encoding"] = "identity"  # packed already: not once more, on the way
    return answer
