"""A planned site → its files: what each is made from, and how it is made when somebody asks for it."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from builder.diagnostics import BuilderError, Diagnostic, Place
from builder.memo import MemoError, digest_bytes
from builder.rendering.records import unpack_text
from builder.site.feeds import make_feed
from builder.site.pages import make_page
from builder.site.plan import FeedFilePlan, PagePlan
from builder.site.views import bodies_of
from builder.workers import batches_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from builder.memo import Memo
    from builder.publish.feeds import FeedRenderer
    from builder.publish.renderer import CompiledTheme, Renderer
    from builder.publish.write import Output, Stage, Staged
    from builder.rendering.articles import Text
    from builder.rendering.records import BodyKey, Record
    from builder.site.parts import Parts
    from builder.site.views import FeedItem, FeedView, PageView
    from builder.workers import Workers

#: Pages that one task of a worker takes: large enough that sending them costs little. A feed is as much work as many pages.
PAGES_A_BATCH, FEEDS_A_BATCH = 100, 12
#: Pages that are rendered step by step together: their texts are all in memory, a quarter of a megabyte each of a long list.
PAGES_A_STEP = 20


class PageFile(NamedTuple):
    """A file that is rendered from a view, in a variant."""

    made_from: str
    variant: str
    plan: PagePlan | FeedFilePlan


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """A file that is published as it is."""

    made_from: str
    source: Path


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file whose bytes are made here, when they are wanted."""

    made_from: str
    make: Callable[[], bytes]


PlannedFile: TypeAlias = PageFile | CopiedFile | MadeFile


def known_file(content: bytes) -> MadeFile:
    """A file whose bytes are known already."""
    return MadeFile(digest_bytes(content), lambda: content)


class StoredTexts:
    """What articles say, and their rendered bodies, in a memo."""

    def __init__(self, memo: Memo) -> None:
        self._memo = memo

    def read(self, record: Record, variant: str) -> Text[BodyKey]:
        """What an article says in a variant. Raises `MemoError` when that is gone."""
        return unpack_text(self._find(record.texts), variant)

    def __getitem__(self, digest: str) -> str:
        """A body's HTML, references not resolved. Raises `MemoError` when it is gone."""
        return self._find(digest).decode() if digest else ""  # a standing page without a text

    def reading(self) -> AbstractContextManager[object]:
        """See `Memo.reading`."""
        return self._memo.reading()

    def _find(self, digest: str) -> bytes:
        value = self._memo.get("text", digest)
        if value is None:
            raise MemoError(f"the text {digest} is gone")
        return value


@dataclass(frozen=True, eq=False)
class Look:
    """A theme and its texts in every variant: two of one digest render the same bytes, and are equal."""

    theme: CompiledTheme
    strings: Mapping[str, Mapping[str, str]]
    digest: str

    def __eq__(self, other: object) -> bool:
        """Equal by digest: the parts are large."""
        return isinstance(other, Look) and self.digest == other.digest

    def __hash__(self) -> int:
        """As `__eq__`."""
        return hash(self.digest)


class Materials:
    """What rendering takes besides a plan: the look, what the views of each variant are made of, and texts."""

    def __init__(self, look: Look, parts: Mapping[str, Parts], texts: StoredTexts) -> None:
        self.look = look
        self.parts = parts
        self.texts = texts
        # Items that stand in several feeds are made once.
        self._items: dict[str, dict[str, FeedItem]] = {variant: {} for variant in parts}

    def turn_to(self, variant: str) -> None:
        """Let go of what was kept for other variants: pages come variant by variant, and what thousands of them show takes
        much memory."""
        for other, parts in self.parts.items():
            if other != variant:
                parts.forget()
                self._items[other].clear()
                _renderer(self.look).forget(other)

    def view(self, file: PageFile) -> PageView | FeedView:
        """What a file's template sees."""
        plan = file.plan
        if isinstance(plan, PagePlan):
            return make_page(plan, self.parts[file.variant])
        return self._view_feed(plan, file.variant)

    def _view_feed(self, plan: FeedFilePlan, variant: str) -> FeedView:
        parts = self.parts[variant]
        return make_feed(parts.feeds[plan.feed], plan.format, plan.archive, parts, self._items[variant])

    def render(self, file: PageFile) -> bytes:
        """A file's bytes. Raises `BuilderError` when it cannot be rendered."""
        (data,) = self.render_all([file])
        if isinstance(data, bytes):
            return data
        raise BuilderError(*data)

    def render_all(self, files: Sequence[PageFile]) -> list[bytes | tuple[Diagnostic, ...]]:
        """The bytes of files, or what is wrong with each."""
        rendered: list[bytes | tuple[Diagnostic, ...]] = []
        for (variant, kind), group in groupby(files, lambda file: (file.variant, type(file.plan))):
            plans, parts = [file.plan for file in group], self.parts[variant]
            if kind is PagePlan:
                # Read at once, and no longer than that: whoever writes to the memo waits meanwhile.
                with self.texts.reading():
                    views = [make_page(plan, parts) for plan in plans if isinstance(plan, PagePlan)]
                    bodies = _BodiesRead(self.texts, views)
                rendered += _renderer(self.look).render_pages(views, parts.site, bodies)
            else:
                feeds = (self._view_feed(plan, variant) for plan in plans if isinstance(plan, FeedFilePlan))
                rendered += [_feed_renderer(self.look).render(feed, self.texts) for feed in feeds]
        return rendered


class _BodiesRead(dict[str, str]):
    """The bodies of views, that of another when it is asked for."""

    def __init__(self, texts: StoredTexts, views: Iterable[PageView]) -> None:
        super().__init__((ref.digest, texts[ref.digest]) for view in views for ref in bodies_of(view))
        self._texts = texts

    def __missing__(self, digest: str) -> str:
        return self._texts[digest]


def try_files(files: Mapping[str, PlannedFile], materials: Materials, workers: Workers) -> tuple[Diagnostic, ...]:
    """What is wrong with rendering any of the files."""
    pages = {path: file for path, file in files.items() if isinstance(file, PageFile)}
    found: list[Diagnostic] = []
    tasks = _batches([(path, "") for path in pages], pages)
    with closing(workers.run(_try_batch, (materials, pages), tasks)) as results:
        for findings in results:
            found += findings
    return _few_of_a_kind(found)


def stage_files(
    files: Mapping[str, PlannedFile],
    stale: Sequence[str],
    materials: Materials,
    output: Output,
    workers: Workers,
    progress: Callable[[int, int], None],
) -> list[Staged]:
    """Render and stage the files at some paths. Raises `BuilderError` with the findings of all that failed."""
    from builder.publish.write import Staged, stage_copy, stage_file

    staged: list[Staged] = []
    tasks: list[tuple[str, str]] = []
    pages: dict[str, PageFile] = {}
    for path in stale:
        file = files[path]
        if isinstance(file, PageFile):
            pages[path] = file
            tasks.append((path, output.known_digest(path)))
        elif isinstance(file, CopiedFile):
            staged.append(stage_copy(output.stage, path, file.source))
        else:
            staged.append(stage_file(output.stage, path, file.make()))
    found: list[Diagnostic] = []
    with closing(workers.run(_stage_batch, (materials, pages, output.stage), _batches(tasks, pages))) as results:
        for number, result in enumerate(results, start=1):
            progress(number, len(pages))
            if isinstance(result, Staged):
                staged.append(result)
            else:
                found += result
    if found:
        raise BuilderError(*_few_of_a_kind(found))
    return staged


def _batches(tasks: Sequence[tuple[str, str]], files: Mapping[str, PageFile]) -> list[Sequence[tuple[str, str]]]:
    """Feeds first, since each of them takes long, then pages in the order of the plan."""
    feeds = [task for task in tasks if isinstance(files[task[0]].plan, FeedFilePlan)]
    pages = [task for task in tasks if isinstance(files[task[0]].plan, PagePlan)]
    return [*batches_of(feeds, FEEDS_A_BATCH), *batches_of(pages, PAGES_A_BATCH)]


def _stage_batch(
    shared: tuple[Materials, Mapping[str, PageFile], Stage], tasks: Sequence[tuple[str, str]]
) -> list[Staged | tuple[Diagnostic, ...]]:
    """For each (path, digest of what is there): what was staged (nothing, where the output has these bytes already), or why
    it could not be rendered."""
    from builder.publish.write import Staged, digest_of, stage_file

    materials, files, stage = shared
    if tasks:
        materials.turn_to(files[tasks[0][0]].variant)
    results: list[Staged | tuple[Diagnostic, ...]] = []
    for some in batches_of(tasks, PAGES_A_STEP):
        for (path, known), data in zip(some, materials.render_all([files[path] for path, _ in some]), strict=True):
            if isinstance(data, tuple):
                results.append(data)
            elif known and digest_of(data) == known:
                results.append(Staged(path, known, len(data)))
            else:
                results.append(stage_file(stage, path, data))
    return results


def _try_batch(
    shared: tuple[Materials, Mapping[str, PageFile]], tasks: Sequence[tuple[str, str]]
) -> list[tuple[Diagnostic, ...]]:
    materials, files = shared
    rendered = materials.render_all([files[path] for path, _ in tasks])
    return [() if isinstance(data, bytes) else data for data in rendered]


def _few_of_a_kind(found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """One fault of a template is found on every page: three of a code at a place say enough."""
    seen: Counter[tuple[str, Place | None]] = Counter()
    kept = []
    for diagnostic in sorted(dict.fromkeys(found), key=Diagnostic.sort_key):
        seen[diagnostic.code, diagnostic.place] += 1
        if seen[diagnostic.code, diagnostic.place] <= 3:
            kept.append(diagnostic)
    return tuple(kept)


@lru_cache(maxsize=2)
def _renderer(look: Look) -> Renderer:
    """Templates that were read, and parts that were rendered, are kept from page to page."""
    from builder.publish.renderer import Renderer

    return Renderer(look.theme, look.strings)


@lru_cache(maxsize=2)
def _feed_renderer(look: Look) -> FeedRenderer:
    """Items are kept from feed to feed."""
    from builder.publish.feeds import FeedRenderer

    return FeedRenderer(look.strings)
