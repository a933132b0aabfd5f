from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from networks.membership.door import network_page
from peernet.lib import pages
from peernet.lib.errors import Refused
from peernet.lib.forms import add_refusal
from peernet.lib.sealed import COMMAND

from . import actions, queries
from .forms import PartForm
from .models import NetworkArchive


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("coordinate")
def network_archive(request, network):
    status = 200
    if request.method == "POST":
        try:
            actions.ask(network, by=request.user)
            return redirect("network_archive", network.slug)
        except Refused as no:
            messages.warning(request, str(no))
            status = 429
    archive = queries.archive_of(network, request.user)
    context = {"network": network, "archive": archive, "trusted": queries.trusted(network)}
    names = ("networks/archives/archive.html", "networks/archives/_archive.html")
    response = pages.page_or_fragment(request, *names, context, status=status)
    if request.htmx and not (archive and archive.under_way):
        trigger_client_event(response, "say", {"value": queries.outcome(archive)})
    return response


@require_POST
@network_page("coordinate")
def network_archive_file(request, network, pk):
    """The file itself; where it is gone, the page on which it can be asked for again."""
    made = get_object_or_404(NetworkArchive, network=network, by=request.user, pk=pk)
    if not queries.is_there(made):
        return redirect("network_archive", network.slug)
    actions.fetch(made, by=request.user)
    content = (queries.folder() / made.file).open("rb")
    name = f"{network.slug}-{made.ready_at:%Y-%m-%d}.zip"
    return _as_it_is(FileResponse(content, as_attachment=True, filename=name), "application/zip")


@require_http_methods(["GET", "HEAD", "POST"])
@network_page("view")
def sealed(request, network):
    form = PartForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        part = form.cleaned_data["part"]
        try:
            clear = actions.open_part(network, part.read(), by=request.user)
        except Refused as no:
            add_refusal(form, no, "part")
        else:
            name = part.name.removesuffix(".p7m").removesuffix(".zip")
            return _download(clear, f"{name}.zip", "application/zip")
    context = {"network": network, "form": form, "command": COMMAND}
    context["rows"] = queries.opens_for(network, request.user)
    return render(
        request, "networks/archives/sealed.html", context, status=pages.status_of(form)
    )  # fmt: skip


@require_POST
@network_page("view")
def sealed_key(request, network, pk):
    row = next((row for row in queries.opens_for(network, request.user) if row.pk == pk), None)
    if row is None:
        raise Http404
    name = f"room-{row.room_id}-of-archive-{row.archive_id}.key"
    return _download(actions.give_key(row, by=request.user), name, "application/x-pem-file")


def _download(content, name, kind):
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{_plain(name)}"'
    return _as_it_is(answer, kind)


def _as_it_is(answer, kind):
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Encoding"] = "identity"  # packed already: not once more, on the way
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _plain(name):
    """A name that somebody's browser sent, as it may stand in a header."""
    return "".join(sign for sign in name if sign.isascii() and (sign.isalnum() or sign in "-_."))
