"""The one bridge from allauth's Django templates to our Jinja2 pages."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def page(context, name, **parts):
    """Render our page `name` with `parts`, as the whole answer."""
    html = render_to_string(name, parts, request=context.get("request"), using="jinja2")
    return mark_safe(html)  # noqa: S308 -- rendered and escaped by Jinja2
