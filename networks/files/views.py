from django.http import FileResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from networks.membership.door import network_page
from peernet.lib.kinds import KINDS

from .models import File

# Whatever a file holds, a browser that shows it runs nothing of it and asks nothing for it. The
# style is the browser's own: it puts a picture in the middle of its window.
NOTHING = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@require_safe
@network_page("take_part")
def file(request, network, pk):
    found = _found(request, network, pk)
    kind = KINDS[found.kind]
    return _answer(request, network, found, found.stored, kind.media_type, shown=kind.picture)


@require_safe
@network_page("take_part")
def file_small(request, network, pk):
    found = _found(request, network, pk, width__isnull=False)
    return _answer(request, network, found, found.small, "image/webp", shown=True)


def _found(request, network, pk, **only):
    return get_object_or_404(File.objects.visible_to(request.user), network=network, pk=pk, **only)


def _answer(request, network, found, stored, media_type, *, shown):
    try:
        content = stored.open()
    except OSError:
        context = {"network": network, "file": found}
        return render(request, "networks/files/missing.html", context, status=404)
    answer = FileResponse(
        content, content_type=media_type, as_attachment=not shown, filename=found.name
    )
    answer.headers["Content-Security-Policy"] = NOTHING
    answer.headers["Content-Encoding"] = "identity"  # packed already: not once more, on the way
    return answer
