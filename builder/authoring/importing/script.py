"""A text → the script it is written in, as the tag of a variant."""

from __future__ import annotations

import re

from builder.variants.engine import run_chain

#: Words that are written on one side only, where Traditional Chinese is.
_TAIWAN = (
    "軟體|硬體|網路|網際網路|資訊|影片|數位|程式|伺服器|滑鼠|列印|簡訊|計程車|捷運|部落格|硬碟|記憶體|螢幕|"
    "解析度|品質|專案|使用者|矽|雷射|行動電話|晶片"
)
_HONG_KONG = (
    "軟件|硬件|網絡|互聯網|短片|數碼|打印|短訊|的士|港鐵|網誌|流動電話|手提電話|質素|用戶|硅|鐳射|激光|"
    "嘅|喺|咗|佢|哋|唔|啲|冇|巴士|本港"
)
_SEARCHED = 20_000


def find_script(text: str, declared: str = "", host: str = "") -> str:
    """zh-CN, zh-TW or zh-HK; "" for a text that has nothing by which to tell, such as one without Han characters. Simplified
    and Traditional are told by characters; Taiwan and Hong Kong by words and by the forms of characters that each prefers,
    then by the language that the page declares and its host's domain."""
    text = text[:_SEARCHED].replace("\0", "")
    to_traditional = _differences(text, "s2t")
    to_simplified = _differences(text, "t2s")
    if not to_traditional and not to_simplified:
        return ""
    if to_traditional >= to_simplified:
        return "zh-CN"
    taiwan = len(re.findall(_TAIWAN, text)) + _differences(text, "t2hk")
    hong_kong = len(re.findall(_HONG_KONG, text)) + _differences(text, "t2tw")
    if taiwan != hong_kong:
        return "zh-TW" if taiwan > hong_kong else "zh-HK"
    is_hong_kong = re.search(r"-(?:HK|MO)\b", declared, re.IGNORECASE) or host.endswith((".hk", ".mo"))
    return "zh-HK" if is_hong_kong else "zh-TW"


def _differences(text: str, config: str) -> int:
    """How many characters a configuration that keeps the length changes."""
    return sum(one != other for one, other in zip(text, run_chain((config,), text), strict=True))
