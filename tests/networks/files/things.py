"""Files as people have them, made here: each from its kind's own tools or its plainest bytes."""

import io
import uuid
import zipfile

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from networks.files import actions
from networks.files.models import File

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
CSV = "Name,Town\nAnn,Llanfairpwll ŵ\n".encode()


def picture(width=60, height=40, form="PNG", colour="teal", **save):
    to = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(to, form, **save)
    return to.getvalue()


def sheet():
    to = io.BytesIO()
    openpyxl.Workbook().save(to)
    return to.getvalue()


def packed(**parts):
    """A zip file; names as words, "__" for a slash and "_" for a dot do not help: give a dict."""
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in parts["parts"].items():
            bundle.writestr(name, data)
    return to.getvalue()


def office(main, **more):
    """The least that says it is an Office file with this main part."""
    said = f'<Types><Override ContentType="application/vnd.{main}.main+xml"/></Types>'
    return packed(parts={"[Content_Types].xml": said, "word/document.xml": "<w/>"} | more)


def upload(data, name):
    return SimpleUploadedFile(name, data)


def stored(post, by, data, name):
    """A file of a post, through the deeds that keep and add it."""
    sent = [upload(data, name)]
    parcel = actions.receive(post.network, sent, by=by, key=uuid.uuid4())
    assert parcel.refused == []
    actions.add(post, parcel, by=by)
    return File.objects.get(pk=parcel.waiting[0].id)
