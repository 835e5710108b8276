"""YAML and TOML text → one kind of tree whose every value knows its line, and a reader that checks such a tree by a schema.

Scalars stay text: whether `0123`, `on` or `1.10` is a number, a switch or a word is decided by whoever reads the key.
"""

from builder.located.from_toml import parse_toml
from builder.located.from_yaml import parse_yaml
from builder.located.reader import Reader, quoted
from builder.located.text import decode
from builder.located.tree import Listing, Scalar, Table, Value

__all__ = ["Listing", "Reader", "Scalar", "Table", "Value", "decode", "parse_toml", "parse_yaml", "quoted"]
