"""A thread as one would write it without thinking of speed: rows as models, a template of its own,
nothing kept."""

from functools import lru_cache
from pathlib import Path

from django.template import engines
from markupsafe import Markup

from networks.discussions.models import Post
from networks.discussions.rules import called
from networks.files.models import File
from networks.files.queries import FileRow

TEMPLATE = Path(__file__).with_name("plain.html").read_text()


class PlainPost:
    """What the template asks of a post."""

    def __init__(self, post):
        self.id, self.author_id, self.html = post.pk, post.author_id, post.html
        self.posted_at, self.edited_at = post.posted_at, post.edited_at
        self.deleted_at, self.body = post.deleted_at, Markup(post.html)
        there = post.author if post.author and post.author.is_active else None
        self.author = called(there and there.name)


@lru_cache
def _macro():
    return engines["jinja2"].env.from_string(TEMPLATE).module.post


def article(post, reader, page, *, quoted=True):
    rows = File.objects.filter(post=post).order_by("pk") if not post.deleted_at else []
    slug = post.network.slug
    files = [
        FileRow(f.pk, f.post_id, f.name, f.kind, f.alt, f.width, f.height, f.bytes, slug)
        for f in rows
    ]
    return _macro()(PlainPost(post), reader.pk, page, quoted=quoted, files=files)


def squeezed(html):
    """Without the spaces between things, which no browser shows."""
    words = " ".join(str(html).split())
    for sign in "<>":
        words = words.replace(f" {sign}", sign).replace(f"{sign} ", sign)
    return words


def thread(found, reader, page):
    posts = Post.objects.filter(thread=found).select_related("author", "network").order_by("pk")
    return [squeezed(article(post, reader, page, quoted=not found.closed_at)) for post in posts]
