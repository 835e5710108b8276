"""Words that everything agrees on, and that cost nothing to ask for."""

from __future__ import annotations

#: What makes a folder a declared site.
CONFIG_NAME = "wenzhai.toml"

#: The variants that can be written and read, as BCP 47 tags.
VARIANT_TAGS = ("zh-CN", "zh-TW", "zh-HK")
