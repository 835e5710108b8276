"""Which characters are Chinese, as the insides of regular expression sets."""

from __future__ import annotations

#: Chinese characters.
HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
#: What is written without spaces between words: these, kana, bopomofo and full-width letters and digits.
LETTERS = (
    HAN + "\u3041-\u309f\u30a1-\u30fa\u30fc-\u31bf\u31f0-\u31ff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f"
)
#: Punctuation that only Chinese and Japanese use.
MARKS = "\u3001-\u3004\u3008-\u3020\u3030\u303d\u30fb\ufe10-\ufe1f\ufe30-\ufe4f"
MARKS += "\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
#: Marks that Chinese shares with Latin scripts: they are Chinese when Chinese stands beside them.
SHARED_MARKS = "“”‘’…—·"
