"""`wenzhai.toml` → the settings of a site, checked and complete."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct

from builder.diagnostics import BuilderError, Checked, Diagnostic, Place, error, has_errors, warning
from builder.located import Listing, Reader, Scalar, Table, Value, decode, parse_toml, quoted
from builder.names import CONFIG_NAME, VARIANT_TAGS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Mode = Literal["full", "excerpt", "link"]

#: From the loosest to the strictest: the strictest of site, sources and article wins.
MODES: tuple[Mode, ...] = ("full", "excerpt", "link")

#: What a `content_signal` may speak of.
CONTENT_SIGNALS = ("search", "ai-input", "ai-train")

#: The conversions that OpenCC ships and that end in a script of Chinese.
OPENCC_CONFIGS = (
    "s2t",
    "s2tw",
    "s2twp",
    "s2hk",
    "s2hkp",
    "t2s",
    "t2tw",
    "t2hk",
    "tw2s",
    "tw2sp",
    "tw2t",
    "hk2s",
    "hk2sp",
    "hk2t",
)


#: House style of a variant, unless a site wants otherwise: pairs of what OpenCC writes and what is printed. (Conversion never
#: writes 裡 for Hong Kong; unmarked quotations do.)
USUAL_STYLES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "zh-CN": (),
    "zh-TW": (
        ("臺", "台"),
        ("佈", "布"),
        ("佔", "占"),
        ("汙", "污"),
        ("溼", "濕"),
        ("巖", "岩"),
        ("滙", "匯"),
        ("裏", "裡"),
        ("衚衕", "胡同"),
        ("傢俱", "家具"),
    ),
    "zh-HK": (
        *zip("説税户温脱閲悦鋭蜕藴醖愠", "說稅戶溫脫閱悅銳蛻蘊醞慍", strict=True),
        *zip("羣牀峯啓麪敍兑卧鈎葱囱綫", "群床峰啟麵敘兌臥鉤蔥囪線", strict=True),
        ("週", "周"),
        ("巖", "岩"),
        ("裡", "裏"),
        ("衚衕", "胡同"),
    ),
}


class Wording(Struct, frozen=True, array_like=True, gc=False):
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
    from a source script: pairs of (script, OpenCC configuration). `style` is the site's own house style: pairs of what
    would be printed and what is printed instead, of one length each."""

    tag: str
    label: str
    path: str
    quotes: bool
    opencc: tuple[tuple[str, str], ...] = ()
    style: tuple[tuple[str, str], ...] = ()


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
    noindex: bool = False  # search engines are asked to pass its texts over


@dataclass(frozen=True, slots=True)
class RightsDefaults:
    """The site's terms."""

    mode: Mode = "full"
    notices: tuple[Wording, ...] = ()
    require_permission: bool = False
    index_reposts: bool = False
    own_license: str = ""
    contact: str = ""
    content_signal: str = ""  # as robots.txt says it: "search=yes, ai-train=no"
    tdm_reservation: bool = False
    tdm_policy: str = ""


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
    feed_tags: bool = False  # whether every tag has feeds
    feed_sources: bool = False
    feed_archives: bool = True  # whether what has left the site's feed stays in archive documents
    feed_hub: str = ""  # a WebSub hub
    markdown_html: Literal["sanitize", "escape", "allow"] = "sanitize"
    theme: str = "default"
    theme_options: tuple[tuple[str, str], ...] = field(default=())
    theme_places: tuple[tuple[str, Place], ...] = field(default=())  # where "name" and the options stand

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
        hint = "it must be a file, and yours to read"
        raise BuilderError(
            error("unreadable", f"cannot read it: {problem.strerror}", Place(CONFIG_NAME), hint)
        ) from None
    text = decode(data, CONFIG_NAME)
    if text.value is None:
        raise BuilderError(*text.diagnostics)
    parsed = parse_toml(text.value, CONFIG_NAME)
    if parsed.value is None:
        raise BuilderError(*parsed.diagnostics)
    checked = _read_config(Reader(parsed.value, CONFIG_NAME), folder)
    if has_errors(checked.diagnostics):
        raise BuilderError(*checked.diagnostics)
    return checked


def read_wording(reader: Reader, key: str, value: Value, script: str) -> Wording | None:
    """A text, or a table of texts per variant; None where nothing is written, and with a finding when it is neither."""
    if isinstance(value, Scalar):
        return Wording(script, ((script, value.text.strip()),)) if value.text.strip() and not value.is_null else None
    hint = 'write a text, or one for each variant that words it itself: {zh-CN = "…", zh-TW = "…"}'
    if isinstance(value, Listing):
        reader.wrong(key, value, "a text, or a table of texts per variant", "a list", hint)
        return None
    sub = Reader(value, reader.path, reader.full_name(key), reader.found)
    written = {tag: text for tag in VARIANT_TAGS if (text := sub.text(tag))}
    sub.finish()
    if not written:
        reader.wrong(key, value, "a text, or a table of texts per variant", "a table without one", hint)
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
    """Whether this is an absolute http(s) address with a host, as a browser would take it."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # the port is only read, and checked, here
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or re.search(r"[\s<>\"\\\x00-\x20\x7f\ud800-\udfff]", url):
        return False
    # An empty port is what is left of https://https://example.org.
    return _is_host(parts.hostname or "") and not parts.netloc.endswith(":")


def _is_host(name: str) -> bool:
    if ":" in name:
        return True  # an IPv6 address, which was checked when it was split
    try:
        # Names in other scripts are looked up by their ASCII form, so they must have one.
        plain = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return False
    return all(
        re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?", label) for label in plain.rstrip(".").split(".")
    )


def parse_base_url(written: str, place: Place | None) -> Checked[str]:
    """A base URL in its one form: absolute, percent-encoded, ending with "/"; "" with an error when it is none."""
    written = written.strip()
    parts = urlsplit(written) if is_web_address(written) else None
    segments = [segment for segment in parts.path.split("/") if segment] if parts else []
    if parts is None or parts.query or parts.fragment or parts.username is not None or {".", ".."} & set(segments):
        message = f"{quoted(written)} is not the address of a site"
        hint = 'write it like "https://example.org/digest/", without ? and #'
        return Checked("", (error("base-url", message, place, hint),))
    path = re.sub("%(?![0-9A-Fa-f]{2})", "%25", quote("/".join(segments), safe="/%:@!$&'()*+,;=~"))
    host = parts.netloc.lower() if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    return Checked(f"{parts.scheme}://{host}/{path}/" if path else f"{parts.scheme}://{host}/")


def read_license(reader: Reader, key: str) -> str:
    """The terms under a key: an SPDX id in its own spelling, an address, or all-rights-reserved; "" where there is none. An
    id that is not known is a warning: it is shown as it stands, but grants nothing (`is_known_license`)."""
    scalar = reader.scalar(key)
    if scalar is None:
        return ""
    name = scalar.text.strip()
    if is_web_address(name):
        return name
    if name.lower() == ALL_RIGHTS_RESERVED:
        return ALL_RIGHTS_RESERVED
    if is_known_license(name):
        return name.upper() if name.lower().startswith("cc") else name
    joined = "-".join(name.split())
    near = (
        [joined]
        if is_known_license(joined)
        else difflib.get_close_matches(joined.upper(), _USUAL_LICENSES, n=1, cutoff=0.7)
    )
    hint = f"give an SPDX id (CC-BY-NC-4.0), the address of the terms, or {ALL_RIGHTS_RESERVED}"
    hint = f"did you mean {near[0].upper()}?" if near else hint
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]*", name):
        message = f"{quoted(name)} is not the id of a licence"
        reader.found.append(error("license", message, reader.place(scalar), hint))
        return ""
    message = f"{quoted(name)} is no licence that is known here: it is shown, but counts as no permission"
    reader.found.append(warning("license-unknown", message, reader.place(scalar), hint))
    return name


def is_known_license(name: str) -> bool:
    """Whether an SPDX id is that of a licence that lets everybody publish the text."""
    return _OPEN_LICENSES.fullmatch(name) is not None


ALL_RIGHTS_RESERVED = "all-rights-reserved"
_USUAL_LICENSES = (
    "CC0-1.0",
    *(f"CC-{terms}-4.0" for terms in ("BY", "BY-SA", "BY-ND", "BY-NC", "BY-NC-SA", "BY-NC-ND")),
)
_OPEN_LICENSES = re.compile(
    r"""CC0-1\.0 | CC-BY(-NC)?(-SA|-ND)?-[1-4]\.[05](-[A-Z]{2,3})? | CC-PDDC | PDDL-1\.0 | ODbL-1\.0 | ODC-By-1\.0
      | MIT(-0)? | 0BSD | BSD-[1-4]-Clause(-[A-Za-z-]+)? | ISC | Zlib | Unlicense | WTFPL | X11 | BSL-1\.0 | FSFAP
      | Apache-[12]\.[01] | MPL-[12]\.[01] | [AL]?GPL-[1-3]\.[01](\+|-only|-or-later)? | EUPL-1\.[0-2] | EPL-[12]\.0
      | GFDL-1\.[1-3](-invariants|-no-invariants)?(-only|-or-later)? | OFL-1\.[01](-RFN|-no-RFN)? | LAL-1\.[23]
      | Artistic-[12]\.0 | Python-2\.0(\.1)? | PSF-2\.0 | MulanPSL-[12]\.0 | OGL-(UK|Canada)-[1-3]\.0 | etalab-2\.0""",
    re.VERBOSE | re.IGNORECASE,
)


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
        or Wording(script, ((script, folder.resolve().name or "文摘"),)),
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
    root.finish(_ELSEWHERE)
    return Checked(config, tuple(root.found))


#: Keys that people look for at the top → where they stand.
_ELSEWHERE = {
    key: f"[site] {key} = …"
    for key in ("title", "base_url", "tag", "description", "timezone", "source_variant", "author")
}
_ELSEWHERE |= {
    key: f"[rights] {key} = …"
    for key in (
        *("mode", "notices", "require_permission", "index_reposts", "contact"),
        *("content_signal", "tdm_reservation", "tdm_policy"),
    )
}


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
    if not re.fullmatch(r"tag:[A-Za-z0-9.@_-]+,[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?(:[^\s]*)?", tag):
        hint = 'write a tag URI (RFC 4151): "tag:example.org,2026"'
        site.found.append(error("site-tag", f"{quoted(scalar.text)} is not a tag URI", site.place(scalar), hint))
    return tag


def _read_timezone(site: Reader) -> str:
    scalar = site.scalar("timezone")
    if scalar is None:
        return "Asia/Shanghai"
    name = scalar.text.strip()
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        # Only a wrong name pays for the list of all names.
        near = difflib.get_close_matches(name, available_timezones(), n=1)
        hint = f'did you mean "{near[0]}"?' if near else 'give a name such as "Asia/Shanghai", "Asia/Taipei" or "UTC"'
        site.found.append(error("timezone", f"{quoted(name)} is not a time zone", site.place(scalar), hint))
        return "Asia/Shanghai"
    return name


def _read_author(reader: Reader) -> Author:
    email = reader.scalar("email")
    address = email.text.strip() if email else ""
    if address and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address):
        hint = "write the address alone: editor@example.org"
        reader.found.append(error("email", f"{quoted(address)} is not an e-mail address", reader.place(email), hint))
    author = Author(reader.text("name"), address, _read_url(reader, "url"))
    reader.finish()
    return author


def _read_url(reader: Reader, key: str) -> str:
    scalar = reader.scalar(key)
    if scalar is None:
        return ""
    if not is_web_address(scalar.text.strip()):
        message = f"{quoted(scalar.text)} is not an http(s) address"
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
            message = f"the path {quoted(path)} of a variant must be one plain word"
            hint = 'letters, digits and "-", such as "zh-tw"'
            root.found.append(error("variant-path", message, reader.place(path_scalar), hint))
        if path in places:
            same = "both lack a `path`" if not path else f"share the path '{path}'"
            message = f"the variants {places[path]} and {tag} {same}"
            hint = "exactly one variant, the default, has no path; the others have one each"
            root.found.append(error("variant-path", message, reader.place(), hint))
        places[path] = tag
        opencc = reader.sub("opencc")
        overrides = tuple(
            (script, name) for script in VARIANT_TAGS if opencc and (name := opencc.choice(script, OPENCC_CONFIGS, ""))
        )
        if opencc:
            opencc.finish()
        label, quotes = reader.text("label", default.label), reader.switch("quotes", default=False)
        variants.append(Variant(tag, label, path, quotes, overrides, _read_style(reader)))
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


def _read_style(variant: Reader) -> tuple[tuple[str, str], ...]:
    table = variant.sub("style", hint='write style = {"臺" = "台"}')
    if table is None:
        return ()
    pairs = []
    for key, value in table.table.entries:
        written, printed = key.text, table.scalar(key.text)
        if printed is None:
            continue
        text = printed.text
        if not written or len(written) != len(text) or not (written + text).isprintable() or " " in written + text:
            message = f"{quoted(written)} = {quoted(text)} is no entry of a house style"
            hint = 'two ways to write one word, of the same length: "發佈" = "發布"; other words go into the glossary'
            table.found.append(error("variant-style", message, table.place(value), hint))
        else:
            pairs.append((written, text))
    return tuple(pairs)


def _read_categories(root: Reader, script: str) -> tuple[Category, ...]:
    table = root.sub("categories")
    if table is None:
        return ()
    categories: list[Category] = []
    for key, _ in table.table.entries:
        reader = table.sub(key.text, hint=f'write {_section("categories", key.text)} and below it title = "…"')
        if reader is None:
            continue
        value = reader.value("title")
        title = (value and read_wording(reader, "title", value, script)) or Wording(script, ((script, key.text),))
        # "news / progress" in an article's front matter is "news/progress" too.
        name = "/".join(part.strip() for part in key.text.split("/") if part.strip())
        if not name or any(category.key == name for category in categories):
            message = (
                f"{quoted(key.text)} is not the key of a category"
                if not name
                else f"the category '{name}' is there twice"
            )
            root.found.append(error("category", message, table.place(key), "give each category a name of its own"))
        else:
            categories.append(Category(name, title))
        reader.finish()
    return tuple(categories)


def _section(table: str, key: str) -> str:
    return f"[{table}.{key}]" if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'[{table}."{key}"]'


def _read_rights(root: Reader, script: str) -> RightsDefaults:
    reader = root.sub("rights")
    if reader is None:
        return RightsDefaults()
    contact = reader.scalar("contact")
    if contact and not (
        re.fullmatch(r"mailto:[^@\s]+@[^@\s]+", contact.text.strip()) or is_web_address(contact.text.strip())
    ):
        hint = 'write "mailto:name@example.org" or the address of a page'
        root.found.append(error("url", f"{quoted(contact.text)} is not an address", reader.place(contact), hint))
    rights = RightsDefaults(
        mode=cast("Mode", reader.choice("mode", MODES, "full")),
        notices=read_wordings(reader, "notices", script),
        require_permission=reader.switch("require_permission"),
        index_reposts=reader.switch("index_reposts"),
        own_license=read_license(reader, "own_license"),
        contact=contact.text.strip() if contact else "",
        content_signal=_read_content_signal(reader),
        tdm_reservation=reader.switch("tdm_reservation"),
        tdm_policy=_read_url(reader, "tdm_policy"),
    )
    reader.finish()
    return rights


def _read_content_signal(reader: Reader) -> str:
    """The signals of https://contentsignals.org/ in the form that robots.txt has them; "" where none is given."""
    scalar = reader.scalar("content_signal")
    if scalar is None:
        return ""
    signals = [re.fullmatch(r"\s*([a-z-]+)\s*=\s*(yes|no)\s*", part) for part in scalar.text.split(",")]
    named = [found[1] for found in signals if found]
    if len(named) < len(signals) or not set(named) <= set(CONTENT_SIGNALS) or len(set(named)) < len(named):
        message = f"{quoted(scalar.text)} is no content signal"
        hint = f'each of {", ".join(CONTENT_SIGNALS)} at most once, with yes or no: "search=yes, ai-train=no"'
        reader.found.append(error("content-signal", message, reader.place(scalar), hint))
        return ""
    return ", ".join(f"{found[1]}={found[2]}" for found in signals if found)


def _read_sources(root: Reader, script: str) -> tuple[SourcePolicy, ...]:
    table = root.sub("sources")
    if table is None:
        return ()
    policies = []
    for key, _ in table.table.entries:
        reader = table.sub(key.text, hint=f'write {_section("sources", key.text)} and below it mode = "excerpt"')
        if reader is None:
            continue
        mode = reader.choice("mode", MODES, "")
        url, license_name = _read_url(reader, "url"), read_license(reader, "license")
        notices = read_wordings(reader, "notices", script)
        noindex = reader.switch("noindex")
        policies.append(
            SourcePolicy(key.text, url, cast("Mode", mode) if mode else None, license_name, notices, noindex)
        )
        reader.finish()
    return tuple(policies)


def _read_rest(root: Reader) -> dict[str, object]:
    rest: dict[str, object] = {}
    if feeds := root.sub("feeds"):
        rest["feed_limit"] = feeds.number("limit", 40, least=1, most=500)
        rest["feed_content"] = feeds.choice("content", ("full", "summary"), "full")
        rest["feed_tags"] = feeds.switch("tags")
        rest["feed_sources"] = feeds.switch("sources")
        rest["feed_archives"] = feeds.switch("archives", default=True)
        rest["feed_hub"] = _read_url(feeds, "hub")
        feeds.finish()
    if markdown := root.sub("markdown"):
        rest["markdown_html"] = markdown.choice("html", ("sanitize", "escape", "allow"), "sanitize")
        markdown.finish()
    if theme := root.sub("theme"):
        written = theme.scalar("name")
        name = written.text.strip() if written else "default"
        if not re.fullmatch(r"[\w-]+", name):
            hint = "a theme is called like its folder in themes/: one word"
            found = error("theme-missing", f"{quoted(name)} is not the name of a theme", theme.place(written), hint)
            root.found.append(found)
        rest["theme"] = name
        places = [("name", theme.place(written))] if written else []
        if options := theme.sub("options"):
            rest["theme_options"] = tuple((key.text, options.text(key.text)) for key, _ in options.table.entries)
            places += [(key.text, options.place(value)) for key, value in options.table.entries]
        rest["theme_places"] = tuple(places)
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
