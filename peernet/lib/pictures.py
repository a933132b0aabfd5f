"""Pictures are made anew from their points: what else was in the file (where it was taken, by
whom, a hidden file) does not come along, and what is no picture does not come through."""

import io
from typing import NamedTuple

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from peernet.lib.errors import Refused

READ = ("JPEG", "PNG", "WEBP", "GIF")  # no other reader of Pillow ever sees the file
MOST_POINTS = 50_000_000  # a telephone's best; about 150 MB of memory while it is made smaller
LARGEST = 2560  # points along the longer side of what is kept
SMALL = (480, 320, 200)  # and of what stands in a page: the first that is light enough
SMALL_BYTES = 14 * 1024
# MPO is what many telephones write: a JPEG with a second picture behind it.
KEPT_AS = {"JPEG": "jpeg", "MPO": "jpeg", "PNG": "png", "WEBP": "webp", "GIF": "png"}
SAVED = {"jpeg": {"quality": 85, "optimize": True}, "png": {}, "webp": {"quality": 85}}


class Picture(NamedTuple):
    """A picture that is safe to show: `code` of its kind (kinds.KINDS), a `small` one as WebP."""

    code: str
    whole: bytes
    small: bytes
    width: int  # of the small one
    height: int


def made_anew(data: bytes) -> Picture:
    """The picture in `data`, upright. Of moving ones the first image. Raises Refused with a reason
    that goes behind a file's name: "it is damaged"."""
    try:
        with Image.open(io.BytesIO(data), formats=READ) as opened:
            if opened.width * opened.height > MOST_POINTS:
                raise Refused(_too_large())
            code = KEPT_AS[str(opened.format)]
            return _both(opened, code)
    except Refused:
        raise
    except Image.DecompressionBombError as bomb:
        raise Refused(_too_large()) from bomb
    # Pillow's readers raise whatever a hostile file makes them stumble over (its documentation
    # names no end of it). All of it means the same.
    except Exception as broken:
        raise Refused(_("it is damaged")) from broken


def _too_large() -> str:
    return _("it has more than 50 million points. Make it smaller")


def _both(opened: Image.Image, code: str) -> Picture:
    opened.draft("RGB", (LARGEST, LARGEST))  # a large JPEG is read coarser, without its full size
    seen = ImageOps.exif_transpose(opened)
    clear = seen.has_transparency_data and code != "jpeg"
    whole = seen.convert("RGBA" if clear else "RGB")
    whole.info.clear()  # comments, colour profiles, times
    whole.thumbnail((LARGEST, LARGEST))
    return Picture(code, _saved(whole, code, **SAVED[code]), *_light(whole))


def _light(whole: Image.Image) -> tuple[bytes, int, int]:
    """The small one as WebP, as coarse as it takes, and then smaller; its width and height."""
    small, made = whole.copy(), b""
    for edge in SMALL:
        small.thumbnail((edge, edge))
        for quality in (78, 60, 40, 20):
            made = _saved(small, "webp", quality=quality, method=4)
            if len(made) <= SMALL_BYTES:
                return made, *small.size
    return made, *small.size


def _saved(picture: Image.Image, code: str, **how: object) -> bytes:
    to = io.BytesIO()
    picture.save(to, code, **how)
    return to.getvalue()
