"""A site that has every kind of term, small enough to break one thing at a time; and a theme that shares no template with the
shipped one but its macros' promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sites import THREE_VARIANTS, source, write_file

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = (
    THREE_VARIANTS.replace('source_variant = "zh-CN"', 'source_variant = "zh-CN"\nauthor = {name = "文摘编辑部"}')
    + """\
[rights]
own_license = "CC-BY-NC-4.0"
notices = [
  {zh-CN = "来源作品的权利归各自权利人所有。", zh-TW = "來源作品的權利歸各該權利人所有。"},
  "软件与程序的说明“仅供参考”，台湾、香港读者请以发布方为准（v2.0）。",
]
[sources."某周刊"]
mode = "excerpt"
notices = ["某周刊授权摘录，不得转载全文。"]
"""
)

CHAIN = [
    {"source": "澎湃新闻", "author": "秦盛", "title": "OpenAI退出视频生成领域", "date": "2024-03-25"},
    {
        "source": "科学网",
        "author": "writer",
        "archived": "https://web.archive.org/web/2024/https://sciencenet.example/1",
    },
    {"source": "爱科学", "url": "https://www.iikx.com/news/progress/38867.html"},
]

WITHHELD = "这一段从未公开过的文字谈到了第七号仓库里的旧机器，管理员说钥匙早在三年前就丢了。"
GONE = "被撤下来的段落提到了湖边那座没有门牌的房子，以及住在里面的两位制图员。"

SOURCES = {
    "articles/repost.md": source(
        "正文说软件开发。\n\n第二段。",
        id="repost",
        title="视频生成软件关闭：余承东谈发布",
        original=None,
        category="progress",
        attribution=CHAIN,
        keep=["余承东"],
        convert={"发布": "釋出"},
        rights={
            "holder": "原作者",
            "license": "all-rights-reserved",
            "notices": [
                "本文仅供学习交流之用，版权归原作者所有，请勿用于商业用途！",
                "转载时请保留余承东的署名，发布前请来信。",
            ],
            "signoff": "本文版权归**原作者**所有，请勿用于商业用途，[爱科学iikx.com](http://iikx.com/)转发",
        },
        comment="编者按语。",
    ),
    "articles/excerpt.md": source(
        "第一句话可以引用。第二句话也可以。"
        + "这里是一段补白的文字，用来让引文在这里停下。" * 12
        + f"\n\n{WITHHELD}\n\n## 小标题\n\n结尾。",
        id="excerpt",
        title="周刊里的一篇",
        original=None,
        attribution=[
            {
                "source": "某周刊",
                "author": "余秋雨",
                "url": "https://weekly.example.com/中文/1.html",
                "title": "发现与里程",
            },
            {"source": "译者之家", "translator": "张后", "url": "https://translators.example.com/a?b=1&c=2"},
        ],
        rights={"license": "CC-BY-4.0"},
    ),
    "articles/link.md": source(
        WITHHELD.replace("七", "八").replace("旧机器", "新档案柜"),
        id="link",
        title="只有链接",
        summary="一句简介。",
        original=None,
        attribution={"source": "某报 & 网", "url": "https://news.example.com/1"},
        rights={"mode": "link"},
    ),
    "articles/own.md": source(
        "自己写的。",
        id="own",
        title="“自己”写的",
        attribution=[{"source": "参考网", "author": "李干、佚名、于后云", "url": "https://reference.example.com/"}],
        rights={"notices": [{"zh-CN": "作者保留署名权。", "zh-TW": "作者保留具名權。", "zh-HK": "作者保留署名權利。"}]},
    ),
    "articles/traditional.md": source(
        "繁體的正文，說的是線裏的訊號。",
        id="traditional",
        title="裡面的軟體與線",
        script="zh-TW",
        original=None,
        attribution={"source": "臺灣報", "author": "游錫堃", "url": "https://tw.example.com/1"},
        rights={
            "notices": ["本文由臺灣報授權，請勿轉載；裡面的圖另有著作權。"],
            "signoff": {"zh-TW": "由《臺灣報》授權", "zh-CN": "由《台湾报》授权"},
        },
    ),
    "articles/gone.md": source(
        GONE,
        id="gone",
        title="撤下的一篇",
        summary="关于那座房子的简介，也要一并消失才算数。",
        original=None,
        attribution={"source": "某报", "url": "https://gone.example.com/1"},
        withdrawn={"date": "2024-12-20", "reason": "应作者要求"},
    ),
    "articles/draft.md": source("草稿。", id="draft", title="草稿", draft=True),
    "articles/twin.md": source("有孪生的正文。", id="twin", title="有孪生的软件"),
    "articles/twin.zh-tw.md": "---\ntitle: 手寫的標題\n---\n手寫的正文。\n",
    "articles/marked.md": source(
        "正文。",
        id="marked",
        title="-{zh-cn:软件;zh-tw:軟體;zh-hk:軟件}-与-{余}-",
        rights={
            "notices": ["请保留-{zh-cn:署名;zh-tw:具名}-，-{于}-此致谢。"],
            "signoff": "由-{zh-cn:本站;zh-hant:本網}-授权",
        },
    ),
    "pages/about.md": source("关于。", title="关于"),
}

#: A theme of somebody's own: no list in the chain, other elements, other order within the parts, nothing hidden.
THEME = {
    "theme.toml": 'name = "plain"\nversion = "1"\nlicense = "MIT"\n',
    "templates/article.html": """\
<!doctype html>
<html lang="{{ page.head.variant }}"><head><meta charset="utf-8"><title>{{ page.head.title }}</title>
{% if page.head.noindex %}<meta name=robots content="noindex,nofollow">{% endif %}
{% if page.head.canonical %}<link rel=canonical href="{{ page.head.canonical }}">{% endif %}
<link rel=stylesheet href="{{ asset("plain.css") }}"></head>
<body data-wz-id="{{ page.id }}"><h1>{{ page.head.title }}</h1>
<div data-wz="byline">{% if page.original %}原創 <i>{{ site.author }}</i>{% endif %}
{% for hop in page.chain %}
{% if hop.author %}<i translate="no">{{ hop.author }}</i>、{% endif %}
{% if hop.translator %}<i>{{ hop.translator }}</i>、{% endif %}
{% endfor %}</div>
{% if page.chain %}<p data-wz="chain">
{% for hop in page.chain %}
{% if not loop.first %} → {% endif %}
{% if hop.url %}<a href="{{ hop.url }}">{{ hop.source }}</a>{% else %}<i>{{ hop.source }}</i>{% endif %}
{% if hop.title %} <cite>{{ hop.title }}</cite>{% endif %}
{% if page.original and hop.author %} <i>{{ hop.author }}</i>{% endif %}
{% endfor %}</p>{% endif %}
{% for text in page.notices %}<li data-wz="notice">{{ text }}</li>{% endfor %}
{% if page.body %}<main data-wz="body">{{ body(page.body) }}</main>{% endif %}
<ul>{% for hop in page.original_links %}<li><a data-wz="original" href="{{ hop.url }}">{{ hop.source }}</a>{% endfor %}</ul>
<p>{{ page.holder }}</p>
{% if page.license %}<span data-wz="licence">
{% if page.license.granted %}<a href="{{ page.license.url }}">{{ page.license.name }}</a>{% else %}保留{% endif %}
</span>{% endif %}
{% if page.signoff %}<div data-wz="signoff">{{ page.signoff|safe }}</div>{% endif %}
{% for text in page.notices %}<b data-wz="notice">{{ text }}</b>{% endfor %}
</body></html>
""",
    "templates/tombstone.html": """\
<!doctype html><html lang="{{ page.head.variant }}"><head><meta charset="utf-8"><title>x</title>
<meta name="robots" content="noindex"></head><body data-wz-id="{{ page.id }}"><h1>{{ page.title }}</h1>
<p data-wz="tombstone">410 {{ page.reason }}</p>
<p data-wz="chain">{% for hop in page.chain %}<a href="{{ hop.url }}">{{ hop.source }}</a> {% endfor %}</p></body></html>
""",
    "assets/plain.css": "body { margin: 0 } @media print { nav { display: none } }\n",
}


def write_audited(folder: Path, *, theme: bool = False, settings: str = SETTINGS) -> Path:
    """Write the site, with its own theme or with the shipped one."""
    for name, text in SOURCES.items():
        write_file(folder / "content" / name, text)
    write_file(folder / "content/glossary.toml", '"读者" = {zh-TW = "看官", zh-HK = "讀友"}\n')
    if theme:
        settings += '[theme]\nname = "plain"\n'
        for name, text in THEME.items():
            write_file(folder / "themes/plain" / name, text)
    write_file(folder / "wenzhai.toml", settings)
    return folder
