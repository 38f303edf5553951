"""The two steps that a page takes hundreds of times, made short: to write a value down and to call something.

Jinja's own do more than our pages need. A value that is markup already is made into markup once more, and each thing
that is called is looked at twice for whether it wants the page's context. What comes out is the same.
"""

from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from jinja2.runtime import Context as JinjaContext
from jinja2.runtime import Macro
from markupsafe import Markup, escape

# Whatever wants the context is marked so itself. Other things that can be called are Jinja's to look at.
_PLAIN = (FunctionType, MethodType, BuiltinFunctionType)


def written(value: object) -> str:
    """The value as it stands in a page of HTML: escaped, unless it is markup."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[return-value]
    return str(value) if kind is int else escape(value)


class Context(JinjaContext):
    """What a template sees while it is rendered."""

    def call(
        __self,  # noqa: N805  Jinja's name, and so that no argument of a macro can clash with it
        __obj: Callable[..., Any],
        *args: Any,
        _loop_vars: dict[str, Any] | None = None,
        _block_vars: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        kind = type(__obj)
        if kind is Macro:
            return __obj(__self.eval_ctx, *args, **kwargs)
        if kind not in _PLAIN or hasattr(__obj, "jinja_pass_arg"):
            return super().call(__obj, *args, _loop_vars=_loop_vars, _block_vars=_block_vars, **kwargs)
        try:
            return __obj(*args, **kwargs)
        except StopIteration:  # it would end the page without a word
            return __self.environment.undefined("a callable raised StopIteration")
