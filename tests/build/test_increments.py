"""An incremental build is a clean build, whatever happened since the one before.

A few examples are tried in every run of the tests. For hundreds of them, after a change of what builds remember:
`pytest tests/build/test_increments.py --hypothesis-profile=long`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from editor import Editor
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from sites import SAMPLE, read_tree

from builder.diagnostics import has_errors
from builder.memo import Memo
from builder.planning import SitePlan, plan_site, read_planned
from builder.replanning import replan
from builder.stages.options import PlanOptions
from builder.stages.sources import Recalled

if TYPE_CHECKING:
    from conftest import Run
    from sites import Outcome

#: So many times is what happens between two builds drawn, in an example.
STEPS = 5

MANIFEST = ".wenzhai-manifest"


@settings(
    max_examples=settings().max_examples // 25,
    # What was done says enough; to make it smaller would take minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_an_incremental_build_is_a_clean_build(tmp_path: Path, run: Run, data: st.DataObject) -> None:
    with TemporaryDirectory(dir=tmp_path) as work:
        editor = Editor(Path(work) / "site", data.draw)
        editor.begin()
        recalled = Recalled(Memo())
        before: dict[str, bytes] = {}
        shown: Shown | None = None
        done: list[str] = []
        for step in range(STEPS + 1):
            before = check(editor, run, before, Path(work) / f"clean{step}", harmed="harm_cache" in done)
            shown = check_plan(editor, recalled, before, shown)
            done = [editor.step() for _ in range(data.draw(st.integers(1, 3)))]
            note(f"then: {', '.join(done)}")
        check_in_new_processes(editor, Path(work) / "clean")


def check(editor: Editor, run: Run, before: dict[str, bytes], clean: Path, *, harmed: bool) -> dict[str, bytes]:
    """Build the site in its place, as it was left by builds `before`, and a copy without what builds leave; what is the output
    now."""
    was = read_tree(editor.folder / "public")
    copy_sources(editor.folder, clean)
    outcome, expected = run(*command(editor, editor.folder)), run(*command(editor, clean))
    tree = read_tree(editor.folder / "public")
    assert outcome.status == expected.status
    # A harmed cache is said, and nothing else comes of it.
    assert harmed or findings(outcome) == findings(expected)
    if outcome.status:
        assert tree == was
        return before
    assert tree == read_tree(clean / "public")
    # Only what changed was written, and what is gone was removed.
    report = outcome.records[-1]
    del tree[MANIFEST]
    was.pop(MANIFEST, None)
    assert report["written"] == len([path for path in tree if was.get(path) != tree[path]])
    assert report["removed"] == len(was.keys() - tree.keys())
    again = run(*command(editor, editor.folder))
    assert findings(again) == findings(expected)
    assert (again.records[-1]["written"], again.records[-1]["removed"]) == (0, 0)
    shutil.rmtree(clean)
    return tree


def check_plan(editor: Editor, recalled: Recalled, tree: dict[str, bytes], before: Shown | None) -> Shown | None:
    """A plan that remembers the sources of the one before, as the preview does, has the files of the output; one that follows
    what was written since then, if it follows, as well."""
    asked, now = editor.asked, editor.now
    base_url = asked[1] if "-b" in asked else ""
    output = editor.folder / "public"
    options = PlanOptions(editor.folder, output, base_url, drafts="-D" in asked, future="-F" in asked, now=now)
    inputs = read_tree(editor.folder)
    inputs = {path: data for path, data in inputs.items() if not path.startswith(("public/", ".wenzhai/"))}
    followed = None
    if before and before.plan.options == options:
        paths = inputs.keys() | before.inputs.keys()
        changed = [path for path in paths if inputs.get(path) != before.inputs.get(path)]
        followed = replan(before.plan, changed, recalled)
    plan = plan_site(options, recalled=recalled)
    if has_errors(plan.diagnostics):
        return None
    for shown in (plan, followed):
        if shown:
            planned = {path: read_planned(shown, path) for path in shown.files}
            assert tree == {
                path: file.read_bytes() if isinstance(file, Path) else file for path, file in planned.items()
            }
            assert shown.diagnostics == plan.diagnostics
    return Shown(plan, inputs)


class Shown(NamedTuple):
    """A plan, and the files that it was made from."""

    plan: SitePlan
    inputs: dict[str, bytes]


def check_in_new_processes(editor: Editor, clean: Path) -> None:
    """Nothing that a process remembers has a part in it."""
    copy_sources(editor.folder, clean)
    statuses = [
        subprocess.run(
            [sys.executable, "-m", "builder", *command(editor, folder)], cwd=SAMPLE, check=False, capture_output=True
        ).returncode
        for folder in (editor.folder, clean)
    ]
    assert statuses[0] == statuses[1]
    if not statuses[0]:
        assert read_tree(editor.folder / "public") == read_tree(clean / "public")


def copy_sources(site: Path, copy: Path) -> None:
    """A site as it would come out of version control."""
    shutil.copytree(site, copy, ignore=shutil.ignore_patterns("public", ".wenzhai"))


def command(editor: Editor, folder: Path) -> list[str]:
    clock = ["--clock", editor.now.isoformat()]
    return ["build", "-s", str(folder), "-j", "1", "--format", "json", *clock, *editor.asked]


def findings(outcome: Outcome) -> list[dict[str, Any]]:
    return [record for record in outcome.records if record["type"] == "diagnostic"]
