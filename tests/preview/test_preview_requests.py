"""What the preview answers: paths, types, conditions, ranges, hosts, and nothing outside the site."""

from __future__ import annotations

import os
import random
import socket
from typing import TYPE_CHECKING

import pytest
from asking import Shown, Start, starting
from folder_site import make_site

from builder.preview.server import strip_reload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def start_preview(tmp_path: Path) -> Iterator[Start]:
    with starting(tmp_path) as begin:
        yield begin


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """A preview that several tests ask and none changes."""
    with starting(tmp_path_factory.mktemp("site")) as begin:
        yield begin()


@pytest.fixture(scope="module")
def digest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The same, mounted at /digest/."""
    with starting(tmp_path_factory.mktemp("digest")) as begin:
        yield begin(base="/digest/")


@pytest.fixture(scope="module")
def guarding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The same, with a secret in the folder above the site's."""
    folder = tmp_path_factory.mktemp("guarding")
    (folder / "secret.txt").write_text("SECRET")
    with starting(folder) as begin:
        yield begin(make_site(folder / "site"))


def test_a_page_is_the_built_file_less_the_reload_script(shown: Shown) -> None:
    for path, file in (("/", "index.html"), ("/progress/%E6%96%87/", "progress/文/index.html")):
        reply = shown.ask(path)
        assert reply.status == 200
        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        assert reply.headers["cache-control"] == "no-cache"
        assert b'src="/__wenzhai__/reload.js"' in reply.body
        assert strip_reload(reply.body) == shown.site.plan().files[file]


def test_a_copied_page_without_body_gets_the_script_too(shown: Shown) -> None:
    reply = shown.ask("/plain.html")
    assert strip_reload(reply.body) == b"<p>as it is</p>" != reply.body


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("/feed.xml", "application/rss+xml; charset=utf-8"),
        ("/a.xml", "application/xml"),
        ("/a.json", "application/json"),
        ("/a.txt", "text/plain; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/a.md", "text/markdown; charset=utf-8"),
        ("/a.js", "text/javascript; charset=utf-8"),
        ("/a.webmanifest", "application/manifest+json"),
        ("/a.opml", "text/x-opml; charset=utf-8"),
        ("/pic.svg", "image/svg+xml"),
        ("/a.avif", "image/avif"),
        ("/a.webp", "image/webp"),
        ("/a.png", "image/png"),
        ("/a.jpg", "image/jpeg"),
        ("/a.woff2", "font/woff2"),
        ("/data.bin", "application/octet-stream"),
        ("/__wenzhai__/reload.js", "text/javascript; charset=utf-8"),
    ],
)
def test_content_types(shown: Shown, path: str, type_: str) -> None:
    reply = shown.ask(path)
    assert (reply.status, reply.headers["content-type"]) == (200, type_)
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert b"data-page=" not in reply.body


def test_the_style_sheet_has_its_type(shown: Shown) -> None:
    name = next(name for name in shown.site.plan().files if name.endswith(".css"))
    assert shown.ask("/" + name).headers["content-type"] == "text/css; charset=utf-8"


def test_raw_and_encoded_paths_and_queries(shown: Shown) -> None:
    with socket.create_connection(("127.0.0.1", shown.port), 5) as raw:
        raw.sendall(f"GET /progress/文/?q=1 HTTP/1.0\r\nHost: localhost:{shown.port}\r\n\r\n".encode())
        answer = b""
        while part := raw.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert "一篇文章" in answer.decode()
    assert "一篇文章" in shown.ask("/progress/%e6%96%87/index.html?x=/../y").text


def test_a_folder_without_its_slash_redirects(shown: Shown) -> None:
    reply = shown.ask("/progress/%E6%96%87?q=1")
    assert (reply.status, reply.headers["location"]) == (302, "/progress/%E6%96%87/")
    assert shown.ask("/a.txt/").status == 404


def test_the_site_is_mounted_at_its_base_path(digest: Shown) -> None:
    assert digest.running.url == f"http://127.0.0.1:{digest.port}/digest/"
    for path in ("/", "/digest"):
        reply = digest.ask(path)
        assert (reply.status, reply.headers["location"]) == (302, "/digest/")
    assert digest.ask("/digest/").status == 200
    assert digest.ask("/robots.txt").status == 404
    assert digest.ask("/digest/robots.txt").status == 200


def test_the_nearest_404_page(digest: Shown) -> None:
    for path, text in (
        ("/digest/nothing/", "没有这一页"),
        ("/elsewhere", "没有这一页"),
        ("/digest/zh-tw/a/b", "沒有這一頁"),
        ("/digest/" + "a/" * 3000, "没有这一页"),
    ):
        reply = digest.ask(path)
        assert reply.status == 404
        assert text in reply.text
        assert b"reload.js" in reply.body
        assert "etag" not in reply.headers


def test_redirects_and_withdrawn_pages(digest: Shown) -> None:
    reply = digest.ask("/digest/old.html")
    assert (reply.status, reply.headers["location"]) == (301, "/digest/progress/%E6%96%87/")
    assert digest.ask("/digest/%E6%97%A7/").status == 302
    gone = digest.ask("/digest/gone/")
    assert gone.status == 410
    assert "已撤下" in gone.text


def test_head_has_the_headers_of_get_and_no_body(shown: Shown) -> None:
    for path in ("/", "/data.bin", "/nothing"):
        get, head = shown.ask(path), shown.ask(path, "HEAD")
        assert head.body == b""
        assert head.status == get.status
        assert int(head.headers["content-length"]) == len(get.body)
        assert head.headers.get("etag") == get.headers.get("etag")


def test_other_methods_are_refused(shown: Shown) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"):
        reply = shown.ask("/", method, Content_Length="0")
        assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/", "/plain.html", "/data.bin", "/feed.xml", "/__wenzhai__/reload.js"])
def test_conditional_get(shown: Shown, path: str) -> None:
    first = shown.ask(path)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    again = shown.ask(path, If_None_Match=tag)
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["cache-control"] == "no-cache"
    assert shown.ask(path, If_None_Match=f'"x", {tag}').status == 304
    assert shown.ask(path, If_None_Match='"x"').status == 200


def test_the_tag_of_a_file_changes_with_it(start_preview: Start) -> None:
    shown = start_preview()
    tag = shown.ask("/data.bin").headers["etag"]
    file = shown.site.folder / "static/data.bin"
    about = file.stat()
    file.write_text("x" * about.st_size)
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns + 1))
    assert shown.ask("/data.bin", If_None_Match=tag).status == 200


@pytest.mark.parametrize("path", ["/", "/data.bin"])
def test_ranges(shown: Shown, path: str) -> None:
    whole = shown.ask(path)
    size = len(whole.body)
    assert whole.headers["accept-ranges"] == "bytes"
    for wanted, start, end in (
        ("bytes=0-9", 0, 10),
        ("bytes=10-", 10, size),
        ("bytes=-7", size - 7, size),
        ("bytes=5-999999999", 5, size),
        ("bytes=-999999999", 0, size),
    ):
        part = shown.ask(path, Range=wanted)
        assert part.status == 206
        assert part.body == whole.body[start:end]
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
    for wanted in (f"bytes={size}-", "bytes=999999999-", "bytes=-0"):
        refused = shown.ask(path, Range=wanted)
        assert (refused.status, refused.headers["content-range"]) == (416, f"bytes */{size}")
    for wanted in (
        "bytes=5-2",
        "bytes=0-1,3-4",
        "lines=1-2",
        "bytes=",
        "bytes=a-b",
        "bytes=--1",
        "bytes=" + "9" * 9000,
    ):
        assert shown.ask(path, Range=wanted).body == whole.body
    tag = whole.headers["etag"]
    assert shown.ask(path, Range="bytes=0-9", If_Range=tag).status == 206
    assert shown.ask(path, Range="bytes=0-9", If_Range='"old"').status == 200
    assert shown.ask(path, Range="bytes=0-9", If_None_Match=tag).status == 304
    assert shown.ask(path, "HEAD", Range="bytes=0-9").status == 200


OUTSIDE = [
    "/../secret.txt",
    "/x/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%2Fsecret.txt",
    "/.%2e/secret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "/%252e%252e/secret.txt",
    "/robots.txt%00.html",
    "//secret.txt",
    "/./secret.txt",
    "/file:///etc/passwd",
    "/%2fetc/passwd",
    "//etc/passwd",
    "/C:/secret.txt",
    "/%ff%fe",
    "/static/robots.txt",
    "/content/index.md",
    "/wenzhai.toml",
    "/__wenzhai__/",
    "/__wenzhai__/server.py",
    "/__wenzhai__/../secret.txt",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_outside_the_site(guarding: Shown, path: str) -> None:
    reply = guarding.ask(path)
    assert reply.status == 404
    assert b"SECRET" not in reply.body
    assert b"root:" not in reply.body


def test_links_out_of_the_site_and_pipes_are_not_sent(start_preview: Start, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("SECRET")
    site = make_site(tmp_path / "site")
    static = site.folder / "static"
    (static / "out.txt").symlink_to(tmp_path / "secret.txt")
    (static / "dir").symlink_to(tmp_path)
    (static / "in.txt").symlink_to(static / "robots.txt")
    (static / "nowhere.txt").symlink_to("missing")
    (static / "loop.txt").symlink_to("loop.txt")
    os.mkfifo(static / "pipe.txt")
    shown = start_preview(site)
    for name in ("out.txt", "dir/secret.txt", "nowhere.txt", "loop.txt", "pipe.txt"):
        assert shown.ask("/" + name).status == 404
    assert shown.ask("/in.txt").text == "User-agent: *"


def test_files_of_another_root_are_sent(start_preview: Start, tmp_path: Path) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "font.woff2").write_bytes(b"font")
    site = make_site(tmp_path / "site")
    (site.folder / "static/font.woff2").symlink_to(shipped / "font.woff2")
    assert start_preview(site).ask("/font.woff2").status == 404
    assert start_preview(site, roots=[shipped]).ask("/font.woff2").body == b"font"


def test_foreign_hosts_are_refused(shown: Shown) -> None:
    port = shown.port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}"):
        assert shown.ask("/", Host=host).status == 200
    foreign = [
        "evil.example",
        f"evil.example:{port}",
        f"localhost.evil.example:{port}",
        f"127.0.0.1.evil.example:{port}",
        "localhost",
        f"localhost:{port + 1}",
        f"192.168.1.5:{port}",
        f"0.0.0.0:{port}",
        f"user@localhost:{port}",
        "",
        "[",
        f"localhost:{port}, evil.example",
        f"localhost:{'9' * 5000}",
    ]
    for host in foreign:
        for path in ("/", "/__wenzhai__/events", "/data.bin"):
            reply = shown.ask(path, Host=host)
            assert reply.status == 403, host
            assert reply.text.startswith("This preview answers only to its own address")


def test_a_preview_for_the_network_answers_to_addresses_and_its_name(start_preview: Start) -> None:
    shown = start_preview(bind="0.0.0.0")
    port = shown.port
    assert shown.running.origin == f"http://127.0.0.1:{port}"
    for name in ("127.0.0.1", "localhost", "192.168.1.5", "[fe80::1]", socket.gethostname()):
        assert shown.ask("/", Host=f"{name}:{port}").status == 200
    for host in (f"evil.example:{port}", "192.168.1.5", f"999.1.1.1:{port}"):
        assert shown.ask("/", Host=host).status == 403


def test_odd_requests_never_end_the_preview(shown: Shown, capfd: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(20260326)
    host = f"127.0.0.1:{shown.port}".encode()
    requests = [
        b"",
        b"\r\n\r\n",
        b"GET",
        b"GET /\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://" + host + b"/ HTTP/1.1\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: " + host + b"\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: " + host + b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: " + host + b"\r\nHost: evil.example\r\n\r\n",
        b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 300 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: " + host + b'\r\nIf-None-Match: "\\\xff, W/\r\nRange: bytes=\xff\r\n\r\n',
        b"GET /\xff\xfe\x00 HTTP/1.1\r\nHost: " + host + b"\r\n\r\n",
        b"GET /%zz%%% HTTP/1.1\r\nHost: " + host + b"\r\n\r\n",
        b"GET /__wenzhai__/events?" + b"a=b&" * 500 + b" HTTP/1.0\r\nHost: " + host + b"\r\n\r\n",
        b"GET /__wenzhai__/events?page=%2f%2f%00&shows=%ff&last=a.b.9\xff HTTP/1.1\r\nHost: " + host + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: " + host + b"\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nab",
        b"GET /\x1b[31m HTTP/1.1\r\nHost: " + host + b"\r\nCookie: \x00\r\n\r\n",
    ]
    good = (
        b"GET /progress/%E6%96%87/?q HTTP/1.1\r\nHost: " + host + b'\r\nRange: bytes=0-5\r\nIf-None-Match: "a"\r\n\r\n'
    )
    for _ in range(250):
        odd = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(odd))
            odd[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 4))
        requests.append(bytes(odd))
    requests += [chance.randbytes(chance.randint(1, 400)) for _ in range(50)]
    for request in requests:
        with socket.create_connection(("127.0.0.1", shown.port), 5) as raw:
            try:
                raw.sendall(request)
                raw.shutdown(socket.SHUT_WR)
                raw.settimeout(0.5 if b"events" in request else 5)
                answer = raw.recv(65536)
            except (ConnectionError, TimeoutError):
                continue
            assert not answer.startswith(b"HTTP/1.1 5"), request
    assert shown.ask("/").status == 200
    assert [line for line in shown.said if "internal" in line] == []
    assert capfd.readouterr() == ("", "")


def test_a_client_that_leaves_is_no_news(start_preview: Start, capfd: pytest.CaptureFixture[str]) -> None:
    shown = start_preview()
    (shown.site.folder / "static/data.bin").write_bytes(b"x" * 20_000_000)
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", shown.port), 5) as raw:
            raw.sendall(f"GET /data.bin HTTP/1.1\r\nHost: localhost:{shown.port}\r\n\r\n".encode())
            raw.recv(1000)
    assert shown.ask("/").status == 200
    assert capfd.readouterr() == ("", "")
    assert shown.said == ["warning[draft-left-out]: one draft is left out"]


def test_verbose_tells_each_request_in_a_line(start_preview: Start) -> None:
    shown = start_preview(verbose=True)
    shown.ask("/progress/%E6%96%87/")
    shown.ask("/%1b[31m%0d%0ax")
    assert "200 GET /progress/文/" in shown.said
    assert "404 GET /�[31m��x" in shown.said


def test_the_variants_of_a_source_are_shown_side_by_side(shown: Shown) -> None:
    reply = shown.ask("/__wenzhai__/variants/content/progress/%E6%96%87.md")
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert '<td lang="zh-CN">&lt;<mark title="&lt;note&gt;">软件</mark>&gt;</td>' in reply.text
    assert '<td lang="zh-TW"><span class="glossary" title="&lt;软件&gt;">&lt;軟體&gt;</span></td>' in reply.text
    assert "reload.js" not in reply.text


def test_no_other_source_and_no_other_host_has_variants(shown: Shown) -> None:
    page = "/__wenzhai__/variants/content/progress/%E6%96%87.md"
    assert shown.ask(page, Host=f"evil.example:{shown.port}").status == 403
    assert shown.ask(page, "POST").status == 405
    for path in ("content/none.md", "../wenzhai.toml", "wenzhai.toml", "", "/etc/passwd", "content%2Fgone.md"):
        assert shown.ask(f"/__wenzhai__/variants/{path}").status == 404
    fault = shown.ask("/__wenzhai__/variants/content/index.md")
    assert fault.status == 500
    assert "internal-error" in fault.text
