"""The command `wenzhai`: options → one call each → a report. The one place that prints."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import sys
import threading
import time
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from builder import __version__
from builder.diagnostics import BuilderError, Diagnostic, error, has_errors, show_json, show_text
from builder.names import CONFIG_NAME, VARIANT_TAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager
    from zoneinfo import ZoneInfo

    from builder.build import BuildReport
    from builder.content.models import Article
    from builder.memo import Memo
    from builder.planning import SitePlan
    from builder.profiling import Spent
    from builder.rendering.review import Comparison
    from builder.stages.options import PlanOptions
    from builder.workers import Workers

#: Warnings of one code that a run shows without -v; the rest are counted.
_SHOWN_A_CODE = 10

#: The progress bar: its characters, those of its whole line, and seconds between two drawings.
_BAR_WIDTH, _LINE_WIDTH, _DRAWN_EVERY = 30, 78, 0.1

OK, WRONG_CONTENT, WRONG_COMMAND = 0, 1, 2


def run() -> NoReturn:
    """The command `wenzhai`, as a process: it leaves without letting go of what it holds first, which takes a build of
    10,000 articles as long as its pages take that one edit changes. What is to be done at the end of a process, such as
    writing a profile, is not done: to measure, call `main`."""
    options = _parse(None)
    status = _do(options)
    if threading.active_count() > 1:  # those of a server or a cluster, which end as they see fit
        sys.exit(status)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status: 0 fine, 1 content or settings are wrong, 2 the command line is wrong."""
    return _do(_parse(arguments))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    options = _make_parser().parse_args(arguments)
    options.source = options.source or find_site(Path.cwd())
    return options


def _do(options: argparse.Namespace) -> int:
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the process has none, and what is opened next would be taken for it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # JSON is UTF-8; to a person, a terminal that lacks a character shows its number.
            stream.reconfigure(encoding="utf-8" if options.format == "json" else None, errors="backslashreplace")
    say = Report(options, sys.stdout, sys.stderr)
    command: Callable[[argparse.Namespace, Report], int] = options.run
    try:
        status = command(options, say)
        sys.stdout.flush()
    except BuilderError as problem:
        say.progress_done()
        say.findings(problem.diagnostics)
        return WRONG_CONTENT
    except KeyboardInterrupt:
        say.progress_done()
        say.line("stopped")
        return 130
    except BrokenPipeError:
        # The reader went away (`wenzhai list | head`): point stdout at nothing, so that closing it is quiet too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return WRONG_CONTENT
    return status


class Report:
    """What a run says: lines for a person, or one JSON object a line."""

    def __init__(self, options: argparse.Namespace, out: TextIO, err: TextIO) -> None:
        self.folder: Path = options.source
        self.json: bool = options.format == "json"
        self.quiet: bool = options.quiet
        self.verbose: bool = options.verbose
        self._out, self._err = out, err
        self._draws = err.isatty() and not self.json and not self.quiet
        self._drawn = 0.0
        self._color = err.isatty() and "NO_COLOR" not in os.environ

    def line(self, text: str) -> None:
        """Something said to a person; nothing when quiet."""
        if not self.quiet and not self.json:
            print(text, file=self._out, flush=True)

    def event(self, text: str) -> None:
        """Something that happened while a command goes on; nothing when quiet."""
        if self.json:
            self.result("", {"type": "event", "message": text})
        else:
            self.line(text)

    def result(self, text: str, record: dict[str, object]) -> None:
        """What the command was asked for, in the format that was asked for."""
        print(json.dumps(record, ensure_ascii=False) if self.json else text, file=self._out, flush=True)

    def progress(self, phase: str, done: int, total: int) -> None:
        """Draw how far it is, on a terminal only, a few times a second."""
        if not self._draws or (time.monotonic() - self._drawn < _DRAWN_EVERY and done < total):
            return
        self._drawn = time.monotonic()
        filled = _BAR_WIDTH * done // max(1, total)
        bar = "█" * filled + "░" * (_BAR_WIDTH - filled)
        print(f"\r{bar} {done}/{total} {phase}".ljust(_LINE_WIDTH), end="", file=self._err, flush=True)

    def progress_done(self) -> None:
        """Wipe the bar, so that what follows stands on a line of its own."""
        if self._drawn:
            print("\r" + " " * _LINE_WIDTH + "\r", end="", file=self._err, flush=True)
            self._drawn = 0.0

    def findings(self, diagnostics: Iterable[Diagnostic]) -> None:
        """What is wrong, sorted by place, and how many of each kind."""
        found = sorted(dict.fromkeys(diagnostics), key=Diagnostic.sort_key)
        if self.json:
            for diagnostic in found:
                print(show_json(diagnostic), file=self._out, flush=True)
            return
        lines: dict[str, list[str]] = {}
        shown: dict[str, int] = {}
        for diagnostic in found:
            if diagnostic.severity == "warning" and self.quiet:
                continue
            shown[diagnostic.code] = shown.get(diagnostic.code, 0) + 1
            if diagnostic.severity == "warning" and shown[diagnostic.code] > _SHOWN_A_CODE and not self.verbose:
                continue
            if diagnostic.place and diagnostic.place.path not in lines:
                lines[diagnostic.place.path] = self._read_lines(diagnostic.place.path)
            print(show_text(diagnostic, lines, color=self._color), file=self._err)
        for code, number in shown.items():
            if (
                number > _SHOWN_A_CODE
                and not self.verbose
                and any(d.code == code and d.severity == "warning" for d in found)
            ):
                print(f"… {number - _SHOWN_A_CODE} more warnings [{code}]; -v shows all", file=self._err)
        errors = sum(diagnostic.severity == "error" for diagnostic in found)
        if found and not (self.quiet and not errors):
            print(f"{_count(errors, 'error')}, {_count(len(found) - errors, 'warning')}", file=self._err)

    def _read_lines(self, path: str) -> list[str]:
        with suppress(OSError, ValueError):
            return (self.folder / path).read_text("utf-8-sig", errors="replace").split("\n")
        return []


# -- the commands ------------------------------------------------------------------------------------------------------


def _build(options: argparse.Namespace, say: Report) -> int:
    from builder.build import build_site

    started = time.perf_counter()
    asked = _plan_options(options)
    profile = None
    with _workers(options, say) as workers:
        if options.scheduler is not None:
            asked = replace(asked, folder=asked.folder.resolve(), output=asked.output.resolve())
        if options.profile:
            from builder.profiling import Profile

            profile = Profile()
            workers = profile.watch(workers)
        report = build_site(
            asked,
            strict=options.strict,
            force=options.force,
            clean=options.clean,
            workers=workers,
            progress=say.progress,
        )
    options.report = report  # it is let go of with them: see `run`
    say.progress_done()
    seconds = time.perf_counter() - started
    summary = report.summary
    say.findings(summary.diagnostics)
    for text in summary.inferred:
        say.line(text)
    for path, reason in summary.withheld:
        say.line(f"not published ({reason}): {path}")
    if profile:
        _say_spent(profile.spent(report), say)
    elif say.verbose and not say.json:
        for phase, spent in report.phases.items():
            say.line(f"{spent:8.3f} s  {phase}")
    _say_built(report, options, seconds, say)
    return OK


def _workers(options: argparse.Namespace, say: Report) -> AbstractContextManager[Workers]:
    """Those of this machine, or of the cluster that was asked for."""
    from builder.workers import LocalWorkers, available_processors

    if options.scheduler is None:
        return nullcontext(LocalWorkers(options.jobs or available_processors(), _lost(say)))
    from builder.cluster import cluster_workers

    _require_site(options.source)
    return cluster_workers(options.scheduler, options.source.resolve(), _lost(say))


def _say_spent(spent: Iterable[Spent], say: Report) -> None:
    titles = {
        "phase": "phases",
        "kind": "kinds, all processes together",
        "source": "slowest sources",
        "file": "slowest files",
    }
    said = ""
    for item in spent:
        if item.what != said and not say.json:
            said = item.what
            say.result(f"{titles[said]}:", {})
        number = f"  {item.count} × {1000 * item.seconds / item.count:.2f} ms" if item.what == "kind" else ""
        record: dict[str, object] = {"type": "profile", "what": item.what, "name": item.name, "count": item.count}
        say.result(f"{item.seconds:10.3f} s  {item.name}{number}", record | {"seconds": round(item.seconds, 6)})


def _lost(say: Report) -> Callable[[str], None]:
    """Says that a worker process died."""

    def tell(why: str) -> None:
        say.progress_done()
        say.event(f"a worker process died ({why}); its work is done again without it")

    return tell


def _say_built(report: BuildReport, options: argparse.Namespace, seconds: float, say: Report) -> None:
    written, summary = report.written, report.summary
    output = _shown(options.output or options.source / "public")
    record: dict[str, object] = {
        "type": "build",
        "output": str(output),
        "pages": summary.pages,
        "articles": summary.articles,
        "variants": summary.variants,
        "files": len(written.written) + written.unchanged,
        "written": len(written.written),
        "unchanged": written.unchanged,
        "removed": len(written.removed),
        "seconds": round(seconds, 3),
        "phases": {phase: round(spent, 4) for phase, spent in report.phases.items()},
    }
    if say.json:
        say.result("", record)
        return
    say.line(
        f"{summary.pages} pages in {_count(summary.variants, 'variant')} → {output} in {seconds:.2f} s "
        f"({len(written.written)} files written, {written.unchanged} unchanged, {len(written.removed)} removed)"
    )
    say.line(f"Preview them with: {_program()} serve")


def _serve(options: argparse.Namespace, say: Report) -> int:
    from builder.preview.server import serve
    from builder.preview.site import SitePreview

    preview = SitePreview(_plan_options(options))
    stopped = serve(
        preview,
        folder=options.source,
        watched=preview.watched,
        roots=preview.roots,
        ignored=preview.ignored,
        bind=options.bind,
        port=options.port,
        open_browser=options.open,
        navigate=options.navigate,
        verbose=options.verbose,
        say=say.event,
        found=say.findings,
    )
    if not stopped:
        # A page is still being made by a thread that nobody waits for.
        sys.stdout.flush()
        os._exit(OK)
    return OK


def _check(options: argparse.Namespace, say: Report) -> int:
    from builder.checking import check_site, review_site
    from builder.memo import open_memo, with_memo
    from builder.planning import plan_site
    from builder.stages.sources import Recalled
    from builder.workers import LocalWorkers, available_processors

    workers = LocalWorkers(available_processors(), _lost(say))
    asked = _plan_options(options)

    def check(memo: Memo) -> tuple[SitePlan, tuple[Diagnostic, ...]]:
        plan = plan_site(asked, recalled=Recalled(memo), workers=workers, progress=say.progress)
        found = check_site(plan, workers)
        if options.external:
            from builder.auditing.external import check_external
            from builder.site.references import addresses_elsewhere

            found += check_external(addresses_elsewhere(plan.collections.everything(), plan.materials.texts))
        return plan, found

    plan, found = with_memo(open_memo(options.source, make=False), options.source, check)
    say.progress_done()
    if options.variants:
        found += review_site(plan)
    say.findings(found)
    failed = has_errors(found) or (options.strict and bool(found))
    if not found:
        pages = plan.summary.pages
        say.line(f"{len(plan.collections.everything())} sources, {pages} pages: nothing to mend")
    return WRONG_CONTENT if failed else OK


def _audit(options: argparse.Namespace, say: Report) -> int:
    from builder.auditing.audit import audit_site

    _require_site(options.source)
    report = audit_site(options.source, options.output or options.source / "public", options.clock)
    say.findings(report.diagnostics)
    for item in report.audited:
        record: dict[str, object] = {
            "type": "audited",
            "what": item.what,
            "path": item.path,
            "source": item.source,
            "id": item.id,
            "variant": item.variant,
            "passed": not item.faults,
            "findings": item.faults,
        }
        if say.json:
            say.result("", record)
        elif say.verbose:
            verdict = f"FAIL ({item.faults})" if item.faults else "PASS"
            say.line(f"{verdict}  {item.what:9}  {item.variant}  {item.path}  [{item.id}]")
    pages, tombstones, items = (report.count(what) for what in ("page", "tombstone", "item"))
    articles = len({item.id for item in report.audited if item.what == "page"})
    variants = len({item.variant for item in report.audited})
    passed = not report.diagnostics
    summary = {
        "type": "audit",
        "articles": articles,
        "variants": variants,
        "pages": pages,
        "tombstones": tombstones,
    }
    result = "all passed" if passed else f"{_count(len(report.diagnostics), 'finding')}"
    text = (
        f"{_count(articles, 'article')} in {_count(variants, 'variant')}: {_count(pages, 'page')}, "
        f"{_count(tombstones, 'tombstone')}, {_count(items, 'feed item')}: {result}"
    )
    if say.json:
        say.result("", summary | {"items": items, "findings": len(report.diagnostics), "passed": passed})
    else:
        say.line(text)
    return OK if passed else WRONG_CONTENT


def _variants(options: argparse.Namespace, say: Report) -> int:
    from builder.content.twins import variant_of
    from builder.rendering.review import compare_source, compare_text
    from builder.side_by_side import show_comparison
    from builder.stages.settings import load_settings, load_source

    if not options.source.is_dir():
        raise BuilderError(
            error("no-site", f"there is no folder {options.source}", hint="give the site's folder with -s")
        )
    loaded = load_settings(options.source)
    if has_errors(loaded.diagnostics):
        say.findings(loaded.diagnostics)
        return WRONG_CONTENT
    settings = loaded.value
    written = options.script or settings.source.source_variant
    settings = replace(settings, source=replace(settings.source, source_variant=written))
    columns = shutil.get_terminal_size((100, 24)).columns
    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def tell(comparison: Comparison) -> None:
        say.result(show_comparison(comparison, columns=columns, color=color), comparison.as_record())

    if options.text == "-":
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
        for line in sys.stdin:
            tell(compare_text(line.rstrip("\r\n"), written, settings))
        return OK
    file = next((path for path in (Path(options.text), options.source / options.text) if _is_file(path)), None)
    if file is None and options.text.endswith((".md", ".markdown")):
        raise BuilderError(
            error("unreadable", f"there is no file {options.text}", hint="name a source by its path from here")
        )
    if file is None:
        tell(compare_text(options.text, written, settings))
        return OK
    source = load_source(options.source, file)
    if source.value is None:
        say.findings(source.diagnostics)
        return WRONG_CONTENT
    twin = variant_of(source.value.name)[1]
    if twin:
        settings = replace(settings, source=replace(settings.source, source_variant=twin))
    compared = compare_source(source.value, settings)
    for comparison in compared.value:
        tell(comparison)
    # What is wrong with the article otherwise is for `check` to say.
    say.findings(finding for finding in compared.diagnostics if not compared.value)
    return OK if compared.value or not has_errors(compared.diagnostics) else WRONG_CONTENT


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a text that is too long for a name, or holds what no name does
        return False


def _list(options: argparse.Namespace, say: Report) -> int:
    from builder.planning import plan_site

    plan = plan_site(_plan_options(options))
    collections = plan.collections
    if options.nginx:
        from builder.publish.sitemap import render_nginx

        text = render_nginx(plan.withdrawn)
        if text or say.json:
            say.result(text.rstrip("\n"), {"type": "nginx", "text": text})
        return OK
    everything = [(entry.article, "published") for entry in collections.everything() if not entry.article.withdrawn]
    withdrawn = [(entry.article, "withdrawn") for entry in collections.tombstones]
    withheld = [(article, str(reason)) for article, reason in collections.withheld]
    if options.what == "sources":
        for term in collections.sources:
            record = {"type": "source", "name": term.name, "articles": len(term.entries), "path": "/" + term.path}
            say.result(f"{len(term.entries):5d}  {term.name}", dict(record))
        return OK
    chosen = {
        "all": everything + withdrawn + withheld,
        "drafts": [item for item in withheld if item[1] == "draft"],
        "future": [item for item in withheld if item[1] == "future"],
        "withdrawn": withdrawn,
        "excluded": withdrawn + withheld,
    }[options.what]
    for article, state in sorted(chosen, key=lambda item: item[0].path):
        _say_article(article, state, plan.config.zone, say)
    # What cannot be read is not published either, and this is where one looks for the reason.
    errors = [diagnostic for diagnostic in plan.diagnostics if diagnostic.severity == "error"]
    if errors and options.what in ("all", "excluded"):
        say.findings(errors)
        return WRONG_CONTENT
    return OK


def _say_article(article: Article, state: str, zone: ZoneInfo, say: Report) -> None:
    date = f"{article.date.moment.astimezone(zone):%Y-%m-%d}" if article.date else ""
    why = {"draft": "draft: true", "future": f"dated {date}, in the future"}.get(state, state)
    if article.withdrawn:
        why = f"withdrawn {article.withdrawn.date.moment.astimezone(zone):%Y-%m-%d}: {article.withdrawn.reason}"
    record: dict[str, object] = {
        "type": "source-file",
        "path": article.path,
        "id": article.id,
        "kind": article.kind,
        "state": state,
        "why": why,
        "date": date,
        "title": article.title,
    }
    say.result(f"{date or '-':10}  {article.kind:7}  {article.path}  {article.title}  [{why}]", record)


def _init(options: argparse.Namespace, say: Report) -> int:
    from builder.authoring.init import create_site

    for path in create_site(options.folder, now=datetime.now().astimezone()):
        say.line(f"wrote {_shown(path)}")
    program = _program()
    # The suggested line changes folders first.
    program = os.path.abspath(program) if "/" in program else program  # noqa: PTH100 - without its dots
    command = f"cd {shlex.quote(str(_shown(options.folder)))} && {shlex.quote(program)} serve"
    say.result(f"A new site. Next: {command}", {"type": "init", "folder": str(options.folder), "next": command})
    return OK


def _new(options: argparse.Namespace, say: Report) -> int:
    from builder.authoring.new import create_source

    now = datetime.now().astimezone()
    path = create_source(options.source, options.kind, options.title, origin=options.origin, now=now)
    say.result(str(_shown(path)), {"type": "new", "path": str(path)})
    return OK


def _import(options: argparse.Namespace, say: Report) -> int:
    from builder.authoring.importing.fetch import fetch
    from builder.authoring.importing.take import Wishes, plan_import, write_planned

    _require_site(options.source)
    wishes = Wishes(options.title, options.origin, options.category, options.draft)
    planned = plan_import(options.source, fetch(options.what), wishes, now=datetime.now().astimezone())
    written = () if options.dry_run else write_planned(options.source, planned.value)
    for source in planned.value:
        record: dict[str, object] = {
            "type": "import",
            "path": source.path,
            "id": source.id,
            "title": source.title,
            "from": source.origin,
            "written": source.path in written,
        }
        if options.dry_run:
            say.result(source.diff.rstrip("\n"), record | {"diff": source.diff})
        elif source.path in written or say.json:
            say.result(str(_shown(options.source / source.path)), record)
    say.findings(planned.diagnostics)
    return WRONG_CONTENT if has_errors(planned.diagnostics) else OK


def _withdraw(options: argparse.Namespace, say: Report) -> int:
    from builder.authoring.withdraw import foresee, withdraw_source
    from builder.site.collections import announced_until

    now = datetime.now().astimezone()
    done = withdraw_source(options.source, options.file, options.reason, date=options.date, now=now)
    withdrawn = done.article.withdrawn
    assert withdrawn is not None
    say.line(f"{done.path}: {done.line}")
    record: dict[str, object] = {
        "type": "withdraw",
        "path": done.path,
        "id": done.article.id,
        "date": withdrawn.date.moment.isoformat(),
        "reason": withdrawn.reason,
        "feeds_until": announced_until(withdrawn).isoformat(),
    }
    # The mark is set; what follows only tells what comes of it.
    coming = foresee(done, _plan_options(options))
    found, addresses = coming.diagnostics, coming.value
    say.findings(found)
    if has_errors(found):
        say.line("The next build would fail: mend these errors first, until then the text stays where it is.")
    elif not addresses:
        say.line("It was not published (a draft, or dated in the future), so the next build makes no tombstone.")
    else:
        say.line("The next build")
        say.line("- puts a tombstone, with 410 where the host can, in the place of " + ", ".join(addresses))
        say.line(f"- carries the tombstone in its feeds until {announced_until(withdrawn):%Y-%m-%d}")
        say.line("- removes the text and its pictures from all lists, feeds, variants and the sitemap")
    say.line(f"Next: {_program()} build")
    if say.json:
        say.result("", record | {"addresses": list(addresses)})
    return OK


# -- the command line --------------------------------------------------------------------------------------------------


def _make_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="wenzhai", description="Static site generator for curated Chinese tech-news digests.")
    parser.add_argument("--version", action="version", version=f"wenzhai {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = _common_options()

    def add(name: str, run: Callable[[argparse.Namespace, Report], int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text, parents=[common])
        command.set_defaults(run=run)
        return command

    init = add("init", _init, "start a new site in a folder")
    init.add_argument("folder", metavar="DIR", type=Path)

    new = add("new", _new, "write a source file with filled-in front matter and print its path")
    new.add_argument("kind", choices=("article", "issue", "page"))
    new.add_argument("title", metavar="TITLE")

    new.add_argument(
        "--from",
        dest="origin",
        metavar="URL",
        default="",
        help="where an article's text comes from: recorded with the time",
    )

    taking = add("import", _import, "make sources of a scraped text, an HTML page or a feed, with their attribution")
    taking.add_argument("what", metavar="FILE|URL|-", help="a file, an http(s) address, or - for standard input")
    taking.add_argument("--dry-run", action="store_true", help="show what would be written as a diff, write nothing")
    taking.add_argument("--title", metavar="TEXT", default="", help="the title, where the text does not begin with it")
    taking.add_argument(
        "--from",
        dest="origin",
        metavar="NAME|URL",
        default="",
        help="who published it, where the text does not say, or its address",
    )
    taking.add_argument("--category", metavar="KEY", default="", help="the category (default: what the text says)")
    taking.add_argument("--draft", action="store_true", help="mark what is written as a draft")

    withdraw = add(
        "withdraw", _withdraw, "take a text down: mark its source, so that the next build puts a tombstone there"
    )
    withdraw.add_argument("file", metavar="FILE", type=Path)
    withdraw.add_argument("--reason", metavar="TEXT", required=True, help="why, for readers")
    withdraw.add_argument(
        "--date", metavar="DATE", default="", help="since when, as front matter writes it (default: now)"
    )

    build = add("build", _build, "build the site")
    build.add_argument("-o", "--output", metavar="DIR", type=Path, help="output folder (default: public/ in the site)")
    _add_plan_options(build)
    where = build.add_mutually_exclusive_group()
    where.add_argument(
        "-j",
        "--jobs",
        metavar="N",
        type=_count_of_jobs,
        default=0,
        help="processes (default: as many as there are processors)",
    )
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="the machines of a Dask scheduler, such as tcp://10.0.0.2:8786, instead of processes",
    )
    build.add_argument("--profile", action="store_true", help="say what took how long: phases, sources, files")
    build.add_argument("--clean", action="store_true", help="ignore what earlier builds left, render everything anew")
    build.add_argument("--strict", action="store_true", help="warnings fail the build")
    build.add_argument("--force", action="store_true", help="build into a non-empty folder that wenzhai did not write")

    serve = add("serve", _serve, "preview the site while it is written")
    serve.add_argument(
        "-p", "--port", type=_port, default=8000, help="port (default: 8000; the next free one if it is busy)"
    )
    serve.add_argument(
        "--bind", default="127.0.0.1", metavar="ADDRESS", help="address to listen on (default: 127.0.0.1)"
    )
    serve.add_argument("-O", "--open", action="store_true", help="open a browser")
    serve.add_argument("-N", "--navigate", action="store_true", help="go to the page that changed")
    _add_plan_options(serve)

    check = add("check", _check, "check everything a build checks and more, writing nothing")
    check.add_argument("--external", action="store_true", help="also ask whether the addresses of other sites answer")
    check.add_argument(
        "--variants", action="store_true", help="also list the places that conversion may have got wrong"
    )
    check.add_argument("--strict", action="store_true", help="warnings fail the check")
    _add_plan_options(check)

    audit = add("audit", _audit, "read the built site back and prove that every page and feed item carries its terms")
    audit.add_argument(
        "output",
        metavar="DIR",
        type=Path,
        nargs="?",
        help="the folder it was built into (default: public/ in the site)",
    )
    _add_clock(audit)

    variants = add("variants", _variants, "show the conversions side by side, with the places to look at")
    variants.add_argument(
        "text", metavar="FILE|TEXT|-", help="a source, a text, or - for a text a line from standard input"
    )
    variants.add_argument(
        "--script", choices=VARIANT_TAGS, help="what a text is written in (default: site.source_variant)"
    )

    listing = add("list", _list, "list what is there, and why something is not published")
    choices = ("all", "drafts", "future", "withdrawn", "sources", "excluded")
    listing.add_argument("what", nargs="?", choices=choices, default="all")
    listing.add_argument(
        "--nginx", action="store_true", help="instead: what nginx needs to answer 410 for what is withdrawn"
    )
    _add_plan_options(listing)
    return parser


class _Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong with a command line."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_COMMAND, f"{self.prog}: {message}\nSee `{self.prog} --help`.\n")


def find_site(start: Path) -> Path:
    """The nearest folder upwards that has a wenzhai.toml, else `start` itself."""
    return next((folder for folder in (start, *start.parents) if (folder / CONFIG_NAME).is_file()), start)


def _common_options() -> _Parser:
    common = _Parser(add_help=False)
    common.add_argument(
        "-s", "--source", metavar="DIR", type=Path, help="the site's folder (default: the nearest with wenzhai.toml)"
    )
    common.add_argument(
        "--format", choices=("text", "json"), default="text", help="json: one object a line on standard output"
    )
    common.add_argument("-q", "--quiet", action="store_true", help="errors only")
    common.add_argument("-v", "--verbose", action="store_true", help="more: every warning, the time of each phase")
    return common


def _add_plan_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-b", "--base-url", metavar="URL", default="", help="use this address instead of site.base_url"
    )
    command.add_argument("-D", "--drafts", action="store_true", help="include drafts")
    command.add_argument("-F", "--future", action="store_true", help="include what is dated in the future")
    _add_clock(command)


def _add_clock(command: argparse.ArgumentParser) -> None:
    command.add_argument("--clock", metavar="TIME", type=_time, help='what "now" is, such as 2026-03-26T09:30:00+08:00')


def _require_site(folder: Path) -> None:
    if not folder.is_dir():
        raise BuilderError(error("no-site", f"there is no folder {folder}", hint="give the site's folder with -s"))


def _plan_options(options: argparse.Namespace) -> PlanOptions:
    from builder.stages.options import PlanOptions

    _require_site(options.source)
    output = getattr(options, "output", None) or options.source / "public"
    return PlanOptions(
        folder=options.source,
        output=output,
        base_url=getattr(options, "base_url", ""),
        drafts=getattr(options, "drafts", False),
        future=getattr(options, "future", False),
        now=getattr(options, "clock", None),
    )


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a time such as 2026-03-26T09:30:00+08:00") from None


def _port(text: str) -> int:
    if text.isdecimal() and 0 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is not a port")


def _count_of_jobs(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 256:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is not a number of processes")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _shown(path: Path) -> Path:
    """A path as short as it can be said from here."""
    with suppress(ValueError):
        return path.resolve().relative_to(Path.cwd())
    return path


def _program() -> str:
    """How this program was called, so that what is suggested can be copied."""
    called = sys.argv[0]
    if called.endswith("__main__.py"):
        return "python -m builder"
    if "/" not in called or shutil.which("wenzhai") == called:
        return "wenzhai"
    return str(_shown(Path(called).parent) / Path(called).name) if Path(called).is_absolute() else called
