"""A theme → the same, compiled: what compiling came to is remembered from build to build."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec

from builder.diagnostics import Checked, Diagnostic
from builder.memo import code_fingerprint, digest
from builder.publish.renderer import CompiledTheme, compile_theme

if TYPE_CHECKING:
    from builder.memo import Memo
    from builder.publish.theme import Theme

KIND = "templates"


def compile_once(theme: Theme, memo: Memo) -> Checked[CompiledTheme]:
    """The theme with the code of its templates, and what is wrong with them."""
    # Code in the cache is trusted as the templates beside it are, which may do what they want as well.
    key = digest(code_fingerprint(), sys.version, theme.digest)
    data = memo.get(KIND, key)
    if data is not None:
        try:
            code, found = msgspec.msgpack.decode(data, type=tuple[dict[str, bytes], tuple[Diagnostic, ...]])
        except msgspec.DecodeError:
            data = None
    if data is None:
        compiled = compile_theme(theme)
        code, found = compiled.value, compiled.diagnostics
        memo.put(KIND, {key: msgspec.msgpack.encode((code, found))})
        memo.keep(KIND, {key})
    return Checked(CompiledTheme(theme, code), found)
