"""Templates compiled once per language, with what is the same on every page written out: words, files, addresses.

A list of fifty rows says some hundred constant words; looked up and escaped anew each time they cost more than
the rows' own figures. The tags are Django's; only their constant cases become text when a template is compiled.
"""

from __future__ import annotations

import uuid
from contextlib import suppress

from django.template import Context, Engine, Library, Node
from django.template.base import FilterExpression, Origin, Parser, TextNode, Token, Variable
from django.template.defaulttags import URLNode, url
from django.template.loaders import cached
from django.templatetags import i18n, static
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape
from django.utils.translation import get_language

register = Library()
register.tags |= {name: tag for name, tag in i18n.register.tags.items() if name != "language"}
register.tags |= static.register.tags
register.filters |= i18n.register.filters

# Numbers that stand for any other in an address: nothing in ours looks like them.
SAMPLES: tuple[int | uuid.UUID, ...] = (7_190_283_465, uuid.UUID("7a9e1c35-0b64-4d28-9f17-c3e58a20d6b4"))


class Loader(cached.Loader):
    """Keeps a template as compiled in the language of whoever asks for it; its engine knows the tags below."""

    def __init__(self, engine: Engine, loaders: list[str]) -> None:
        super().__init__(engine, loaders)
        engine.template_libraries |= {"i18n": register, "static": register}
        engine.template_builtins.append(register)

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        return f"{get_language()}:{super().cache_key(template_name, skip)}"


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    made = i18n.do_translate(parser, token)
    return made if made.asvar else _written_out(made, made.filter_expression, made.message_context)


register.tag("trans", translate)


@register.tag(name="static")
def static_tag(parser: Parser, token: Token) -> Node:
    made = static.do_static(parser, token)
    return made if made.varname else _written_out(made, made.path)


@register.tag(name="url")
def url_tag(parser: Parser, token: Token) -> Node:
    made = url(parser, token)
    is_ours = _is_constant(made.view_name) and ":" not in made.view_name.var
    if not is_ours or made.asvar or made.kwargs:
        return made
    with suppress(NoReverseMatch):
        if all(map(_is_constant, made.args)):
            return TextNode(made.render(Context()))
        if len(made.args) == 1 and (around := _around(made.view_name.var)):
            return AddressNode(made, around)
    return made


class AddressNode(URLNode):
    """The address of one thing: its number goes where the sample's stood."""

    def __init__(self, made: URLNode, around: dict[type, str]) -> None:
        super().__init__(made.view_name, made.args, made.kwargs, made.asvar)
        self.around = around

    def render(self, context: Context) -> str:
        number = self.args[0].resolve(context)
        around = self.around.get(type(number))
        return around % number if around else super().render(context)


def _around(name: str) -> dict[type, str]:
    """«/products/%s/» by the kind of number that the route takes."""
    found = {}
    for sample in SAMPLES:
        with suppress(NoReverseMatch):
            address = str(conditional_escape(reverse(name, args=[sample]))).replace("%", "%%")
            found[type(sample)] = address.replace(str(sample), "%s")
    return found


def _written_out(node: Node, *expressions: FilterExpression | None) -> Node:
    """The text that the node becomes if all that it is made of are constants."""
    return TextNode(node.render(Context())) if all(map(_is_constant, expressions)) else node


def _is_constant(expression: FilterExpression | None) -> bool:
    if expression is None:
        return True
    if isinstance(expression.var, Variable):  # the tag of words makes one of its constant, too
        return expression.var.literal is not None and not expression.filters
    return not expression.filters
