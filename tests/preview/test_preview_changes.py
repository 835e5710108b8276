"""A writer's session: save, look, break, mend."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from asking import Start, starting

import builder.preview.server as preview

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from asking import Reply, Shown


@pytest.fixture
def start_preview(tmp_path: Path) -> Iterator[Start]:
    with starting(tmp_path) as begin:
        yield begin


def shows(reply: Reply) -> str:
    match = re.search(rb'data-page="([0-9a-f]+)"', reply.body)
    assert match
    return match[1].decode()


def open_page(shown: Shown, path: str) -> Iterator[tuple[str, str, str]]:
    """Opens a page as a browser does; gives the events after the first."""
    events = shown.events(page=path, shows=shows(shown.ask(path)))
    assert next(events)[0] == "hello"
    return events


def test_a_saved_source_is_shown_and_told(start_preview: Start) -> None:
    shown = start_preview()
    events = open_page(shown, "/")
    shown.write("content/index.md", "新的首页")
    assert next(events)[0] == "reload"
    assert "新的首页" in shown.ask("/").text


def test_a_page_that_did_not_change_is_left_alone(start_preview: Start) -> None:
    shown = start_preview()
    events = open_page(shown, "/")
    everything = shown.events()
    assert next(everything)[0] == "hello"
    shown.write("content/progress/文.md", "改了")
    assert next(everything)[0] == "reload"
    shown.write("content/index.md", "也改了")
    assert next(events)[1] == next(everything)[1]  # the first that it hears of is the second change


def test_new_renamed_and_deleted_sources(start_preview: Start) -> None:
    shown = start_preview()
    shown.write("content/new/one.md", "新")
    shown.until("/new/one/", lambda reply: reply.status == 200)
    (shown.site.folder / "content/new/one.md").rename(shown.site.folder / "content/new/two.md")
    shown.until("/new/two/", lambda reply: reply.status == 200)
    assert shown.ask("/new/one/").status == 404
    (shown.site.folder / "content/new/two.md").unlink()
    shown.until("/new/two/", lambda reply: reply.status == 404)


def test_a_style_sheet_is_swapped(start_preview: Start) -> None:
    shown = start_preview()
    events = open_page(shown, "/")
    shown.write("themes/style.css", "p { color: red }")
    assert next(events)[0] == "style"
    name = re.search(r"/assets/style\.\w+\.css", shown.ask("/").text)
    assert name
    assert shown.ask(name[0]).text == "p { color: red }"


def test_a_new_picture_reloads(start_preview: Start) -> None:
    shown = start_preview()
    events = open_page(shown, "/")
    shown.write("static/pic.svg", "<svg/>")
    assert next(events)[0] == "reload"


def test_the_settings_move_the_site(start_preview: Start) -> None:
    shown = start_preview()
    (shown.site.folder / "wenzhai.toml").unlink()
    shown.until("/", lambda reply: reply.status == 500)
    shown.write("wenzhai.toml", "/digest/")
    shown.until("/digest/", lambda reply: reply.status == 200)
    assert shown.ask("/").headers["location"] == "/digest/"


def test_a_broken_source_shows_on_every_page_until_it_is_mended(start_preview: Start) -> None:
    shown = start_preview()
    events = open_page(shown, "/")
    shown.write("content/progress/文.md", "---\n中文 BROKEN\n")
    shown.write("content/gone.md", "BROKEN")
    assert next(events)[0] == "reload"
    reply = shown.until("/nothing", lambda reply: "2 errors" in reply.text)
    assert reply.status == 500
    assert "content/progress/文.md:2:4: error[broken-source]: this &lt;cannot&gt; be planned" in reply.text
    assert "  2 | 中文 BROKEN\n    | 　　 ^\n  help: write something else" in reply.text
    assert shown.ask("/robots.txt").status == 200
    assert "content/gone.md:1:1: error[broken-source]: this <cannot> be planned" in shown.said
    broken = open_page(shown, "/")
    shown.write("content/gone.md", "已撤下")
    assert next(broken)[0] == "reload"
    shown.write("content/progress/文.md", "好了")
    assert next(broken)[0] == "reload"
    assert shown.ask("/").status == 200
    assert shown.said[-1] == "mended: the preview shows the site again"
    assert not any("\n" in line for line in shown.said)


def test_a_site_that_is_broken_from_the_start(start_preview: Start) -> None:
    shown = start_preview()
    shown.write("content/index.md", "BROKEN")
    second = start_preview(shown.site)
    for path in ("/", "/x.css", "/anything/", "/%2e%2e/x"):
        assert second.ask(path).status == 500
    assert second.ask("/__wenzhai__/reload.js").status == 200
    second.write("content/index.md", "好")
    second.until("/", lambda reply: reply.status == 200)


def test_a_page_that_cannot_be_rendered_shows_why(start_preview: Start) -> None:
    shown = start_preview()
    shown.write("themes/page.html", "{{ x }}\n")
    shown.write("content/index.md", "BAD")
    reply = shown.until("/", lambda reply: reply.status == 500)
    assert "themes/page.html:1:3: error[template-error]: &#x27;x&#x27; is undefined\n  1 | {{ x }}\n" in reply.text
    assert shown.ask("/progress/%E6%96%87/").status == 200
    shown.ask("/")
    assert sum("template-error" in line for line in shown.said) == 1
    events = shown.events(page="/", shows=shows(reply))
    assert next(events)[0] == "hello"
    shown.write("content/index.md", "好")
    assert next(events)[0] == "reload"
    assert shown.ask("/").status == 200


def test_a_fault_of_ours_is_shown_and_survived(start_preview: Start) -> None:
    shown = start_preview()
    shown.write("content/index.md", "FAULT")
    reply = shown.until("/", lambda reply: reply.status == 500)
    assert "error[internal-error]: KeyError: &#x27;no such view&#x27; (in folder_site.py, line" in reply.text
    (shown.site.folder / "content/index.md").write_bytes(b"\xff")  # the small site does not expect it
    shown.until("/gone/", lambda reply: "UnicodeDecodeError" in reply.text)
    shown.write("content/index.md", "好")
    shown.until("/", lambda reply: reply.status == 200)


def test_a_request_right_after_saving_waits_for_the_plan(start_preview: Start) -> None:
    shown = start_preview()
    shown.write("seconds", "0.5")
    shown.write("content/index.md", "第一次")
    time.sleep(0.3)  # noticed, and being planned
    assert shown.ask("/robots.txt").status == 200  # a file does not wait
    assert "首页" not in shown.ask("/").text
    shown.write("content/index.md", "第二次")
    time.sleep(0.3)
    shown.write("content/index.md", "第三次")
    time.sleep(0.3)
    assert "第三次" in shown.ask("/").text


def test_a_plan_that_takes_long_is_not_waited_for(start_preview: Start) -> None:
    shown = start_preview()
    shown.write("seconds", "2.5")
    shown.write("content/index.md", "新")
    time.sleep(0.2)
    started = time.monotonic()
    reply = shown.ask("/")
    assert time.monotonic() - started > 1
    assert "首页" in reply.text
    events = shown.events(page="/", shows=shows(reply))
    assert [next(events)[0], next(events)[0]] == ["hello", "reload"]


def test_an_old_page_reloads_when_it_comes_back(start_preview: Start) -> None:
    """As after a restart of the preview: the state's name is of another run."""
    shown = start_preview()
    now = shows(shown.ask("/"))
    old = shown.events(page="/", shows="0123", last="deadbeef.1")
    assert [next(old)[0], next(old)[0]] == ["hello", "reload"]
    current = shown.events(page="/", shows=now, last="deadbeef.7")
    assert next(current)[0] == "hello"
    shown.write("content/index.md", "新")
    assert next(current)[0] == "reload"


def test_a_page_that_slept_catches_up(start_preview: Start) -> None:
    shown = start_preview()
    page = shows(shown.ask("/"))
    _, state, _ = next(shown.events(page="/", shows=page))
    everything = shown.events()
    next(everything)
    shown.write("static/pic.svg", "<svg/>")
    next(everything)
    slept = shown.events(page="/", shows=page, last=state)
    assert [next(slept)[0], next(slept)[0]] == ["hello", "reload"]


def test_many_windows_take_turns(start_preview: Start) -> None:
    """A browser that opened its six connections for streams could load nothing any more."""
    shown = start_preview()
    streams = [shown.events() for _ in range(9)]
    states = [next(events)[1] for events in streams]
    assert [next(events, None) for events in streams[:5]] == [None] * 5
    shown.write("content/index.md", "新")
    assert [next(events)[0] for events in streams[5:]] == ["reload"] * 4
    back = shown.events(last=states[0])
    assert [next(back)[0], next(back)[0]] == ["hello", "reload"]


def test_following_the_writer(start_preview: Start) -> None:
    shown = start_preview(base="/digest/", navigate=True)

    home, variant = open_page(shown, "/digest/"), open_page(shown, "/digest/zh-tw/gone/")
    shown.write("content/progress/文.md", "改")
    name, _, path = next(home)
    assert (name, path) == ("navigate", "/digest/progress/%E6%96%87/")
    # Whoever reads a variant goes to the page in that variant, and stays where it is the page's own.
    assert next(variant)[2] == "/digest/zh-tw/progress/%E6%96%87/"
    same = open_page(shown, "/digest/zh-tw/progress/%E6%96%87/")
    shown.write("content/progress/文.md", "又改")
    assert next(same)[0] == "reload"


def test_the_public_names() -> None:
    assert all(hasattr(preview, name) for name in preview.__all__)
