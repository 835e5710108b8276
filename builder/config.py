"""`wenzhai.toml` → the settings of a site, checked and complete."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from builder.diagnostics import BuilderError, Checked, Diagnostic, Place, error, has_errors, warning
from builder.located import Listing, Reader, Scalar, Table, Value, parse_toml

if TYPE_CHECKING:
    from pathlib import Path

CONFIG_NAME = "wenzhai.toml"

Mode = Literal["full", "excerpt", "link"]

#: From the loosest to the strictest: the strictest of site, sources and article wins.
MODES: tuple[Mode, ...] = ("full", "excerpt", "link")

#: The variants that can be written and read, as BCP 47 tags.
VARIANT_TAGS = ("zh-CN", "zh-TW", "zh-HK")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text that a variant may word itself: `texts` maps variant tags to what is used as written, the one in `script`
    first; a variant that is not there is converted from that."""

    script: str
    texts: tuple[tuple[str, str], ...]

    def written_for(self, variant: str) -> str | None:
        """The hand-written text of a variant, if there is one."""
        return next((text for tag, text in self.texts if tag == variant), None)

    @property
    def original(self) -> str:
        """The text that the others are converted from."""
        return self.texts[0][1]


@dataclass(frozen=True, slots=True)
class Author:
    """Who publishes the site."""

    name: str = ""
    email: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One script variant of the site. `path` is "" for the default one, at the root. `opencc` overrides the conversion
    from a source script: pairs of (script, OpenCC configuration)."""

    tag: str
    label: str
    path: str
    quotes: bool
    opencc: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """A category with a title of its own, in the order of the settings."""

    key: str
    title: Wording


@dataclass(frozen=True, slots=True)
class SourcePolicy:
    """What is known and agreed about a source. `mode` is None where the source sets none."""

    name: str
    url: str = ""
    mode: Mode | None = None
    license: str = ""
    notices: tuple[Wording, ...] = ()


@dataclass(frozen=True, slots=True)
class RightsDefaults:
    """The site's terms."""

    mode: Mode = "full"
    notices: tuple[Wording, ...] = ()
    require_permission: bool = False
    index_reposts: bool = False
    own_license: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """All settings. `declared` is false for a folder without `wenzhai.toml`."""

    declared: bool
    title: Wording
    description: Wording
    base_url: str  # absolute, ends with "/", or ""
    tag: str
    timezone: str
    source_variant: str
    author: Author
    variants: tuple[Variant, ...]  # the default one first
    categories: tuple[Category, ...] = ()
    rights: RightsDefaults = RightsDefaults()
    sources: tuple[SourcePolicy, ...] = ()
    feed_limit: int = 40
    feed_content: Literal["full", "summary"] = "full"
    markdown_html: Literal["sanitize", "escape", "allow"] = "sanitize"
    theme: str = "default"
    theme_options: tuple[tuple[str, str], ...] = field(default=())

    @property
    def base_path(self) -> str:
        """The path that the site is mounted at: "/" or "/digest/", percent-encoded."""
        return urlsplit(self.base_url).path or "/"

    @property
    def zone(self) -> ZoneInfo:
        """The zone of naive times."""
        return ZoneInfo(self.timezone)


_DEFAULT_VARIANTS = (
    Variant("zh-CN", "简体", "", quotes=False),
    Variant("zh-TW", "繁體（台灣）", "zh-tw", quotes=True),
    Variant("zh-HK", "繁體（香港）", "zh-hk", quotes=True),
)


def default_config(folder_name: str) -> SiteConfig:
    """The settings of a folder that has none: it claims nothing and names no address."""
    return SiteConfig(
        declared=False,
        title=Wording("zh-CN", (("zh-CN", folder_name),)),
        description=Wording("zh-CN", (("zh-CN", ""),)),
        base_url="",
        tag="",
        timezone="Asia/Shanghai",
        source_variant="zh-CN",
        author=Author(),
        variants=_DEFAULT_VARIANTS,
    )


def load_config(folder: Path) -> Checked[SiteConfig]:
    """The settings of the site in a folder. Raises `BuilderError` with every finding when they cannot be used."""
    try:
        data = (folder / CONFIG_NAME).read_bytes()
    except FileNotFoundError:
        return Checked(default_config(folder.resolve().name or "文摘"))
    except OSError as problem:
        raise BuilderError(error("unreadable", f"cannot read it: {problem.strerror}", Place(CONFIG_NAME))) from None
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        message = f"byte 0x{data[problem.start]:02X} is not UTF-8"
        raise BuilderError(error("encoding", message, Place(CONFIG_NAME, line), "save the file as UTF-8")) from None
    parsed = parse_toml(text, CONFIG_NAME)
    if parsed.value is None:
        raise BuilderError(*parsed.diagnostics)
    checked = _read_config(Reader(parsed.value, CONFIG_NAME), folder)
    if has_errors(checked.diagnostics):
        raise BuilderError(*checked.diagnostics)
    return checked


def read_wording(reader: Reader, key: str, value: Value, script: str) -> Wording | None:
    """A text, or a table of texts per variant; None with a finding when it is neither."""
    if isinstance(value, Scalar):
        return Wording(script, ((script, value.text.strip()),)) if value.text.strip() else None
    if isinstance(value, Listing):
        reader.wrong(key, value, "a text, or a table of texts per variant", "a list")
        return None
    sub = Reader(value, reader.path, f"{reader.name}.{key}" if reader.name else key, reader.found)
    written = {tag: text for tag in VARIANT_TAGS if (text := sub.text(tag))}
    sub.finish()
    if not written:
        reader.wrong(key, value, "a text, or a table of texts per variant", "an empty table")
        return None
    first = script if script in written else next(iter(written))
    return Wording(first, ((first, written.pop(first)), *written.items()))


def read_wordings(reader: Reader, key: str, script: str) -> tuple[Wording, ...]:
    """A list of wordings; a lone one counts as a list of one. Exact repetitions are dropped."""
    value = reader.value(key)
    if value is None:
        return ()
    items = value.items if isinstance(value, Listing) else (value,)
    read = (read_wording(reader, key, item, script) for item in items)
    return tuple(dict.fromkeys(wording for wording in read if wording))


def is_web_address(url: str) -> bool:
    """Whether this is an absolute http(s) address with a host."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # the port is only read, and checked, here
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s<>\"]", url)


def parse_base_url(written: str, place: Place | None) -> Checked[str]:
    """A base URL in its one form: absolute, percent-encoded, ending with "/"; "" with an error when it is none."""
    written = written.strip()
    if not is_web_address(written) or urlsplit(written).query or urlsplit(written).fragment:
        message = f"'{written}' is not the address of a site"
        return Checked("", (error("base-url", message, place, 'write it like "https://example.org/digest/"'),))
    parts = urlsplit(written)
    path = "/".join(segment for segment in parts.path.split("/") if segment)
    path = quote(path, safe="/%:@!$&'()*+,;=~")
    host = parts.netloc.encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
    return Checked(f"{parts.scheme}://{host}/{path}/" if path else f"{parts.scheme}://{host}/")


def _read_config(root: Reader, folder: Path) -> Checked[SiteConfig]:
    empty = Table((), 1, 1)
    site = root.sub("site") or Reader(empty, CONFIG_NAME, "site", root.found)
    script = site.choice("source_variant", VARIANT_TAGS, "zh-CN")
    title = site.value("title")
    description = site.value("description")
    base = site.scalar("base_url")
    base_url = ""
    if base:
        checked = parse_base_url(base.text, root.place(base))
        base_url = checked.value
        root.found += checked.diagnostics
    tag = _read_tag(site, base_url)
    author = site.sub("author")
    config = SiteConfig(
        declared=True,
        title=(title and read_wording(site, "title", title, script))
        or Wording(script, ((script, folder.resolve().name),)),
        description=(description and read_wording(site, "description", description, script))
        or Wording(script, ((script, ""),)),
        base_url=base_url,
        tag=tag,
        timezone=_read_timezone(site),
        source_variant=script,
        author=_read_author(author) if author else Author(),
        variants=_read_variants(root),
        categories=_read_categories(root, script),
        rights=_read_rights(root, script),
        sources=_read_sources(root, script),
        **_read_rest(root),  # type: ignore[arg-type]
    )
    site.finish()
    root.finish()
    return Checked(config, tuple(root.found))


def _read_tag(site: Reader, base_url: str) -> str:
    scalar = site.scalar("tag")
    if scalar is None:
        if base_url:
            host = urlsplit(base_url).hostname
            hint = f'add `tag = "tag:{host},2026"` with the year the site began, and never change it'
            site.found.append(
                error("site-tag", "the feeds need 'site.tag', the prefix of their guids", site.place(), hint)
            )
        return ""
    tag = scalar.text.strip().rstrip(":")
    if not re.fullmatch(r"tag:[A-Za-z0-9.@_-]+,\d{4}(-\d\d(-\d\d)?)?(:[^\s]*)?", tag):
        hint = 'write a tag URI (RFC 4151): "tag:example.org,2026"'
        site.found.append(error("site-tag", f"'{scalar.text}' is not a tag URI", site.place(scalar), hint))
    return tag


def _read_timezone(site: Reader) -> str:
    scalar = site.scalar("timezone")
    if scalar is None:
        return "Asia/Shanghai"
    try:
        ZoneInfo(scalar.text.strip())
    except (ValueError, OSError, KeyError):
        hint = 'give a name of the IANA database, such as "Asia/Shanghai" or "Asia/Taipei"'
        site.found.append(error("timezone", f"'{scalar.text}' is not a time zone", site.place(scalar), hint))
        return "Asia/Shanghai"
    return scalar.text.strip()


def _read_author(reader: Reader) -> Author:
    author = Author(reader.text("name"), reader.text("email"), _read_url(reader, "url"))
    reader.finish()
    return author


def _read_url(reader: Reader, key: str) -> str:
    scalar = reader.scalar(key)
    if scalar is None:
        return ""
    if not is_web_address(scalar.text.strip()):
        message = f"'{scalar.text}' is not an http(s) address"
        reader.found.append(error("url", message, reader.place(scalar), "give the whole address, from https:// on"))
        return ""
    return scalar.text.strip()


def _read_variants(root: Reader) -> tuple[Variant, ...]:
    table = root.sub("variants")
    if table is None:
        return _DEFAULT_VARIANTS
    variants = []
    places: dict[str, str] = {}
    for tag in VARIANT_TAGS:
        reader = table.sub(tag)
        if reader is None:
            continue
        default = next(variant for variant in _DEFAULT_VARIANTS if variant.tag == tag)
        path_scalar = reader.scalar("path")
        path = path_scalar.text.strip().strip("/") if path_scalar else ""
        if path and not re.fullmatch(r"[A-Za-z0-9_-]+", path):
            message = f"the path '{path}' of a variant must be one plain word"
            hint = 'letters, digits and "-", such as "zh-tw"'
            root.found.append(error("variant-path", message, reader.place(path_scalar), hint))
        if path in places:
            same = "both lack a `path`" if not path else f"share the path '{path}'"
            message = f"the variants {places[path]} and {tag} {same}"
            hint = "exactly one variant, the default, has no path; the others have one each"
            root.found.append(error("variant-path", message, reader.place(), hint))
        places[path] = tag
        opencc = reader.sub("opencc")
        overrides = tuple((script, name) for script in VARIANT_TAGS if opencc and (name := opencc.text(script)))
        if opencc:
            opencc.finish()
        label, quotes = reader.text("label", default.label), reader.switch("quotes", default=False)
        variants.append(Variant(tag, label, path, quotes, overrides))
        reader.finish()
    table.finish()
    if not variants:
        root.found.append(error("variants", "no variant is named", table.place(), "name one: [variants.zh-CN]"))
        return _DEFAULT_VARIANTS
    if "" not in places:
        message = "no variant is the default: all have a `path`"
        root.found.append(
            error("variant-path", message, table.place(), "take the path from the one that is to stand at the root")
        )
    return tuple(sorted(variants, key=lambda variant: variant.path != ""))


def _read_categories(root: Reader, script: str) -> tuple[Category, ...]:
    table = root.sub("categories")
    if table is None:
        return ()
    categories = []
    for key, _ in table.table.entries:
        reader = table.sub(key.text)
        if reader is None:
            continue
        value = reader.value("title")
        title = (value and read_wording(reader, "title", value, script)) or Wording(script, ((script, key.text),))
        categories.append(Category(key.text.strip("/"), title))
        reader.finish()
    return tuple(categories)


def _read_rights(root: Reader, script: str) -> RightsDefaults:
    reader = root.sub("rights")
    if reader is None:
        return RightsDefaults()
    contact = reader.scalar("contact")
    if contact and not (contact.text.startswith("mailto:") or is_web_address(contact.text)):
        hint = 'write "mailto:name@example.org" or the address of a page'
        root.found.append(error("url", f"'{contact.text}' is not an address", reader.place(contact), hint))
    rights = RightsDefaults(
        mode=cast("Mode", reader.choice("mode", MODES, "full")),
        notices=read_wordings(reader, "notices", script),
        require_permission=reader.switch("require_permission"),
        index_reposts=reader.switch("index_reposts"),
        own_license=reader.text("own_license"),
        contact=contact.text.strip() if contact else "",
    )
    reader.finish()
    return rights


def _read_sources(root: Reader, script: str) -> tuple[SourcePolicy, ...]:
    table = root.sub("sources")
    if table is None:
        return ()
    policies = []
    for key, _ in table.table.entries:
        reader = table.sub(key.text)
        if reader is None:
            continue
        mode = reader.choice("mode", MODES, "")
        url, license_name, notices = (
            _read_url(reader, "url"),
            reader.text("license"),
            read_wordings(reader, "notices", script),
        )
        policies.append(SourcePolicy(key.text, url, cast("Mode", mode) if mode else None, license_name, notices))
        reader.finish()
    return tuple(policies)


def _read_rest(root: Reader) -> dict[str, object]:
    rest: dict[str, object] = {}
    if feeds := root.sub("feeds"):
        rest["feed_limit"] = feeds.number("limit", 40, least=1, most=500)
        rest["feed_content"] = feeds.choice("content", ("full", "summary"), "full")
        feeds.finish()
    if markdown := root.sub("markdown"):
        rest["markdown_html"] = markdown.choice("html", ("sanitize", "escape", "allow"), "sanitize")
        markdown.finish()
    if theme := root.sub("theme"):
        name = theme.text("name", "default")
        if not re.fullmatch(r"[\w-]+", name):
            root.found.append(
                error("theme-missing", f"'{name}' is not the name of a theme", theme.place(), "one plain word")
            )
        rest["theme"] = name
        if options := theme.sub("options"):
            rest["theme_options"] = tuple((key.text, options.text(key.text)) for key, _ in options.table.entries)
        theme.finish()
    return rest


def warn_undeclared(config: SiteConfig) -> tuple[Diagnostic, ...]:
    """What a site goes without that lacks an address, or a tag (a folder that was given an address only)."""
    if config.base_url and config.tag:
        return ()
    if config.base_url:
        hint = f'write a wenzhai.toml with `tag = "tag:{urlsplit(config.base_url).hostname},2026"` under [site]'
        return (warning("site-tag", "without a 'site.tag', the prefix of their guids, there are no feeds", None, hint),)
    message = "without a base URL there are no feeds, no sitemap and no canonical links"
    hint = 'set base_url under [site] in wenzhai.toml, or pass -b "https://example.org/"'
    return (warning("base-url", message, Place(CONFIG_NAME) if config.declared else None, hint),)
