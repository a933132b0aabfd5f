"""The source of what is running, as the AGPL asks: made from the files that run."""

import io
import zipfile
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

# What belongs to PeerNet: never var/, never a secret, never a package.
TREES = (
    "peernet", "members", "networks", "sessions", "evaluation", "templates", "static", "tests",
    "requirements", "docs", "locale",
)  # fmt: skip
FILES = (
    "*.md",
    "LICENSE",
    "Makefile",
    "manage.py",
    "pyproject.toml",
    "package.json",
    "package-lock.json",
    "Dockerfile",
    "docker-compose.yml",
    ".dockerignore",
    ".env.example",
    ".npmrc",
    ".ci/run",
)


@require_safe
def download(_request: HttpRequest) -> HttpResponse:
    """Everything that is needed to run the same PeerNet, in one archive."""
    return HttpResponse(
        archive(),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="peernet-source.zip"'},
    )


@lru_cache(1)
def archive() -> bytes:
    """The archive's bytes; the files do not change while the process runs."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(_ours()):
            bundle.write(path, Path("peernet") / path.relative_to(settings.BASE_DIR))
    return packed.getvalue()


def _ours() -> set[Path]:
    found = {path for tree in TREES for path in (settings.BASE_DIR / tree).rglob("*")}
    found |= {path for name in FILES for path in settings.BASE_DIR.glob(name)}
    return {path for path in found if path.is_file() and "__pycache__" not in path.parts}
