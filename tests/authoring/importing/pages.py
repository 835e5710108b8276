"""Pages and feeds of invented sites."""

from __future__ import annotations

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="gb2312"><title>量子芯片降温_某站</title>
<meta property="og:site_name" content="某站"><meta name="author" content="admin">
<link rel="canonical" href="https://site.example/2026/1.html">
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">
<script type="application/ld+json">{"@graph": [{"@type": "WebPage"}, {"@type": ["NewsArticle"], "headline": "量子芯片降温",
"datePublished": "2026-03-26T09:30:00+08:00", "author": {"@type": "Organization", "name": "某站"}}]}</script>
</head><body><nav><a href="/">首页</a> <a href="/news">新闻</a></nav>
<div class="main"><h1>量子芯片降温</h1>
<div class="info"><span>2026-03-26 09:30</span> <span>来源：<a href="https://far.example/">远山日报</a></span>
<span>作者：林远</span> <span>阅读：1234</span></div>
<div class="content"><p>本文仅供学习交流之用，版权归原作者所有，请勿用于商业用途！</p>
<p>研究人员宣布，新的量子芯片可以在更高的温度下工作，这意味着冷却的成本会下降。他们在<a href="/paper?a=1&amp;b=2">论文</a>里
给出了数据，<strong>误差</strong>只有百分之一。<script>alert(1)</script></p>
<p><img data-src="/img/a.jpg" src="data:image/gif;base64,R0lGOD" alt="芯片"></p>
<h2>下一步</h2><p>团队计划在明年继续测试*更大*的芯片，包括 C# 接口，并且公开全部的测量数据，供同行检验结果。</p>
<ul><li>第一条内容比较长一点</li><li>第二条内容也比较长</li></ul>
<pre><code>print("hi")
x = 1</code></pre>
<p>作者：韩立 来源：海岸周刊</p></div></div><footer>版权所有 某站 备案号</footer></body></html>
"""

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:cc="http://backend.userland.com/creativeCommonsRssModule">
<channel><title>云上周刊</title><link>https://cloud.example/</link><language>zh-cn</language>
<item><title>第一篇 &amp;amp; 其他</title><link>https://cloud.example/1.html?utm_source=rss</link>
<dc:creator>甲文</dc:creator><category>芯片</category><pubDate>Thu, 26 Mar 2026 01:30:00 GMT</pubDate>
<dc:rights>未经授权，不得转载。</dc:rights>
<description>短的摘要。</description>
<content:encoded>
<![CDATA[<p>第一段有<a href="a.html">链接</a>。</p><p><img src="p.png" alt="图"></p><p>来源：海岸周刊</p>]]></content:encoded>
</item>
<item><title>第二篇</title><link>https://cloud.example/2.html</link><source url="https://far.example/feed">远山日报</source>
<cc:license>https://creativecommons.org/licenses/by-nc/4.0/</cc:license>
<description>&lt;p&gt;第二篇的正文。&lt;/p&gt;</description></item>
<item><title>空的</title><link>https://cloud.example/3.html</link></item>
</channel></rss>
"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>原子周刊</title><id>x</id>
<entry><title>原子</title><id>y</id><link href="https://atom.example/1"/><author><name>乙文</name></author>
<published>2026-03-26T09:30:00+08:00</published><link rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/"/>
<content type="html">&lt;p&gt;這是正體的網路文章，說軟體。&lt;/p&gt;</content></entry></feed>
"""

JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "数据周刊", "home_page_url": "https://json.example/",
"items": [{"id": "1", "url": "https://json.example/1", "external_url": "https://far.example/x", "title": "一",
 "content_html": "<p>正文在这里。</p>", "date_published": "2026-03-26T09:30:00+08:00", "authors":
 [{"name": "丙文"}, {"name": "丁文"}], "tags": ["芯片", "芯片", 1]}, {"id": "2", "content_text": "没有标题的正文在这里。"}, 3]}
"""
