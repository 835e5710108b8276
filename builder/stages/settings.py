"""A site's folder → what it says of itself: its settings, its theme, and what decides what texts become."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from builder.config import load_config, parse_base_url
from builder.content.discover import SourceFile, find_content
from builder.content.front_matter import SourceSettings
from builder.diagnostics import BuilderError, Checked, Diagnostic, Place, error, has_errors
from builder.located import decode
from builder.rendering.articles import RenderSettings

if TYPE_CHECKING:
    from builder.config import SiteConfig
    from builder.publish.theme import Theme


def load_site(folder: Path, base_url: str) -> Checked[SiteConfig]:
    """The settings of a site, `base_url` in the place of its own where that is not empty."""
    config = load_config(folder)
    if not base_url:
        return config
    given = parse_base_url(base_url, None)
    if has_errors(given.diagnostics):
        raise BuilderError(*given.diagnostics)
    if config.value.declared and not config.value.tag:
        hint = (
            'add `tag = "tag:example.org,2026"` under [site] in wenzhai.toml, with your host and year, once and for all'
        )
        raise BuilderError(error("site-tag", "the feeds need 'site.tag', the prefix of their guids", None, hint))
    return Checked(replace(config.value, base_url=given.value), config.diagnostics)


def load_site_theme(folder: Path, config: SiteConfig) -> Checked[Theme]:
    """The theme that the settings name."""
    from builder.publish.theme import load_theme

    own = folder / "themes"
    site_themes = own if own.is_dir() else None
    return load_theme(config.theme, dict(config.theme_options), site_themes, places=dict(config.theme_places))


def render_settings(
    folder: Path, content_root: str, config: SiteConfig
) -> tuple[RenderSettings, tuple[Diagnostic, ...]]:
    """What decides what texts become, and what is wrong with the site's glossary."""
    from builder.markup.render import MarkupSettings
    from builder.variants.glossary import load_site_glossary, merge_glossaries, shipped_glossary

    glossary, found = shipped_glossary(), tuple[Diagnostic, ...]()
    path = f"{content_root}/glossary.toml" if content_root else "glossary.toml"
    if (folder / path).is_file():
        text = read_text(folder, path)
        own = load_site_glossary(text, path)
        glossary, found = merge_glossaries(glossary, own.value), own.diagnostics
    source = SourceSettings(config.declared, config.zone, config.source_variant, config.rights, config.sources)
    return RenderSettings(source, MarkupSettings(config.markdown_html), config.variants, glossary), found


def read_text(folder: Path, path: str) -> str:
    """A text of the site. Raises `BuilderError` where it cannot be read."""
    try:
        data = (folder / path).read_bytes()
    except OSError as problem:
        raise BuilderError(error("unreadable", f"cannot read it: {problem.strerror}", Place(path))) from None
    text = decode(data, path)
    if text.value is None:
        raise BuilderError(*text.diagnostics)
    return text.value


def load_settings(folder: Path) -> Checked[RenderSettings]:
    """The settings that decide what texts become on the site in a folder."""
    config = load_config(folder)
    settings, found = render_settings(folder, find_content(folder).root, config.value)
    return Checked(settings, config.diagnostics + found)


def load_source(folder: Path, file: Path) -> Checked[SourceFile | None]:
    """One Markdown file as a source of the site in a folder; it need not be below its content root."""
    root = folder / find_content(folder).root
    path = file.resolve()
    shown = path.relative_to(folder.resolve()) if path.is_relative_to(folder.resolve()) else file
    named = path.relative_to(root.resolve()) if path.is_relative_to(root.resolve()) else Path(file.name)
    try:
        text = decode(path.read_bytes(), shown.as_posix())
    except OSError as problem:
        raise BuilderError(error("unreadable", f"cannot read it: {problem.strerror}", Place(str(file)))) from None
    if text.value is None:
        return Checked(None, text.diagnostics)
    return Checked(SourceFile(shown.as_posix(), named.with_suffix("").as_posix(), text.value))
