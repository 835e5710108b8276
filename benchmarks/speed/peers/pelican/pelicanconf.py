import os

LANG = os.environ.get("SITE_LANG", "zh-CN")
AUTHOR = "编辑部"
SITENAME = {"zh-CN": "科技速览"}.get(LANG, "科技速覽")
SITEURL = "https://digest.example.org" + ("" if LANG == "zh-CN" else "/" + LANG)
PATH = os.environ.get("CONTENT", "content")
ARTICLE_PATHS = [""]
TIMEZONE = "Asia/Shanghai"
DEFAULT_LANG = LANG
THEME = "theme"
THEME_STATIC_DIR = "css"
DEFAULT_PAGINATION = 20
PAGINATED_TEMPLATES = {"index": None, "tag": None, "category": None}
ARTICLE_URL = "posts/{slug}/"
ARTICLE_SAVE_AS = "posts/{slug}/index.html"
TAG_URL = "tags/{slug}/"
TAG_SAVE_AS = "tags/{slug}/index.html"
TAGS_SAVE_AS = "tags/index.html"
CATEGORY_URL = "categories/{slug}/"
CATEGORY_SAVE_AS = "categories/{slug}/index.html"
CATEGORIES_SAVE_AS = "categories/index.html"
AUTHOR_SAVE_AS = ""
AUTHORS_SAVE_AS = ""
ARCHIVES_SAVE_AS = ""
DIRECT_TEMPLATES = ["index", "tags", "categories", "sitemap"]
SITEMAP_SAVE_AS = "sitemap.xml"
PAGINATION_PATTERNS = [
    (1, "{url}", "{save_as}"),
    (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"),
]
SLUGIFY_USE_UNICODE = True
SLUGIFY_SOURCE = "title"
FEED_RSS = None
FEED_ALL_ATOM = None
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
FEED_ALL_RSS = "index.xml"
FEED_MAX_ITEMS = 50
RSS_FEED_SUMMARY_ONLY = False
PLUGINS = ["pelican.plugins.neighbors"]
LOAD_CONTENT_CACHE = bool(os.environ.get("PELICAN_CACHE"))
CACHE_CONTENT = LOAD_CONTENT_CACHE
