"""Jinja as the desk uses it: what a page says the same way each time is not made anew for each page. Knows no feature.

Each template is compiled once for each language, with the sentences that have no parts written into it: a page has two
hundred of them. Addresses are built once for each place and its values. `_` and its like with parts, and whatever else
is rendered at run time, stand in sentences.py.
"""

from functools import lru_cache
from typing import Any

from flask import Flask, has_app_context
from flask.templating import Environment as FlaskEnvironment
from jinja2 import BytecodeCache, Template, nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer

from helpdesk.web import rendering
from helpdesk.web.language import locale_code
from helpdesk.web.sentences import Sentences

FIXED = {"_", "gettext", "pgettext"}
ADDRESSES = 8192


class _Writer(NodeTransformer):
    """Replaces calls for a sentence without parts by the sentence."""

    def __init__(self, sentences: Sentences, language: str, *, html: bool) -> None:
        self._sentences, self._language, self._html = sentences, language, html

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  Jinja's name
        self.generic_visit(node)
        if not (isinstance(node.node, nodes.Name) and node.node.name in FIXED) or node.kwargs:
            return node
        if node.dyn_args or node.dyn_kwargs or not all(isinstance(part, nodes.Const) for part in node.args):
            return node
        *context, sentence = (part.value for part in node.args)  # type: ignore[attr-defined]
        found = self._sentences.translation(self._language, context[0] if context else None, sentence)
        return nodes.Const(found if self._html else str(found), lineno=node.lineno, environment=node.environment)


class _Generator(CodeGenerator):
    """Compiles a template in the language of its environment, and has values written as rendering.py does it."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802  Jinja's name
        environment = self.environment
        if isinstance(environment, Environment) and environment.language:
            html = bool(nodes.EvalContext(environment, self.name).autoescape)
            _Writer(environment.sentences, environment.language, html=html).visit(node)
        super().visit_Template(node, frame)
        self.writeline(f"from {rendering.__name__} import written")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("written(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _CompiledIn(BytecodeCache):
    """Keeps what is compiled in one language apart from the others, in the cache that the environment was given."""

    def __init__(self, cache: BytecodeCache, what: str) -> None:
        self._cache, self._what = cache, what

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return super().get_cache_key(f"{self._what} {name}", filename)

    def load_bytecode(self, bucket: Bucket) -> None:
        self._cache.load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._cache.dump_bytecode(bucket)


class Environment(FlaskEnvironment):
    """Finds templates in the language of whoever reads; `language` is that of their own environment, "" of the first.

    A template that another one extends or includes comes from the environment of that one.
    """

    code_generator_class = _Generator
    context_class = rendering.Context
    language = ""

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self._languages: dict[str, Environment] = {}
        self._templates: dict[str, Template] = {}

    @property
    def sentences(self) -> Sentences:
        found: Sentences = self.app.extensions["sentences"]
        return found

    def get_template(self, name: str | Template, *arguments: Any, **options: Any) -> Template:
        if not self.language and has_app_context():
            return self._in(locale_code()).get_template(name, *arguments, **options)
        if self.auto_reload or type(name) is not str or any(arguments[1:]) or options:
            return super().get_template(name, *arguments, **options)
        # A page asks for two dozen, and Jinja's own cache takes a lock for each. No more are kept than there are files.
        found = self._templates.get(name)
        if found is None:
            found = self._templates[name] = super().get_template(name, *arguments)
        return found

    def make_globals(self, d: Any) -> Any:
        # Jinja lays an empty map over the globals of each template, and compares its keys at every import of a page.
        return super().make_globals(d) if d else self.globals

    def _in(self, language: str) -> "Environment":
        if language not in self._languages:
            environment = self.overlay()
            environment.language, environment._templates = language, {}
            if self.bytecode_cache is not None:
                kept = _CompiledIn(self.bytecode_cache, f"{self.sentences.folder} {language}")
                environment.bytecode_cache = kept
            self._languages[language] = environment
        return self._languages[language]


def use(app: Flask) -> None:
    """Has the app make its templates so. Before anything touches them."""
    app.jinja_environment = Environment  # type: ignore[assignment]


def init_app(app: Flask) -> None:
    """Gives the templates addresses that are built once: none of them depends on who asks."""
    known = lru_cache(maxsize=ADDRESSES)(app.url_for)

    def url_for(endpoint: str, **values: Any) -> str:
        try:
            return known(endpoint, **values)
        except TypeError:  # a list among the values, which no cache can have as a key
            return app.url_for(endpoint, **values)

    app.jinja_env.globals["url_for"] = url_for
