"""What `wenzhai list withdrawn --nginx` prints, in an nginx of its own over the built site, as docs/hosting.md sets it up."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from sites import THREE_VARIANTS, build, source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import MakeSite, Run

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
HOSTING = Path(__file__).parents[2] / "docs/hosting.md"
WITHDRAWN = {"date": "2024-04-01", "reason": "应作者要求"}
FOLDERS = ("", "zh-tw/", "zh-hk/")

pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed")


@pytest.mark.parametrize("base", ["/", "/digest/"])
def test_nginx_answers_410_for_what_is_gone_and_200_for_the_rest(site: MakeSite, run: Run, base: str) -> None:
    aliases = ["/old.html", "/旧/", "/$uri/it's;{c}/", "/news/old/"]
    folder = site(
        f"""\
-- content/articles/a.md --
{source("正文", category="news", aliases=aliases, withdrawn=WITHDRAWN)}
-- content/articles/繁體.md --
{source("正文", withdrawn=WITHDRAWN)}
-- content/articles/b.md --
{source("正文", category="news", aliases=["/news/older/"])}
""",
        THREE_VARIANTS.replace("https://example.org/", f"https://example.org{base}"),
    )
    root = folder / "www"
    root.mkdir()
    build(folder, output=root / base.strip("/"))
    snippet = run("list", "withdrawn", "--nginx", "-s", folder).out
    gone = [*aliases, *(f"/{start}{path}" for start in FOLDERS for path in ("news/a/", "articles/繁體/"))]
    there = ["/", "/news/b/", "/zh-tw/news/b/", "/feed.xml", "/news/older/", "/news/", "/zh-hk/"]
    with nginx_over(root, snippet) as ask:
        for path in gone:
            status, page = ask(base + quote(path[1:]))
            assert (status, "noindex" in page) == (410, True), path
        for path in there:
            status, page = ask(base + path[1:])
            assert status == 200, path
        # The tombstone's file is no second address of it.
        assert ask(f"{base}news/a/index.html")[0] == 404
        assert ask(f"{base}nowhere/")[0] == 404


@contextmanager
def nginx_over(root: Path, snippet: str) -> Iterator[Callable[[str], tuple[int, str]]]:
    # The address of a socket has at most 107 bytes, and the folders of tests long names.
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "withdrawn.conf").write_text(snippet, "utf-8")
        block = re.search(r"```nginx\n(server .*?)```", HOSTING.read_text("utf-8"), re.DOTALL)
        assert block
        server = block[1].replace("/srv/www/public", str(root)).replace("snippets/", f"{home}/")
        server = server.replace("server {", f"server {{ listen unix:{home}/socket;", 1)
        temporary = "".join(
            f"{kind}_temp_path {home}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        settings = f"daemon off; master_process off; pid {home}/pid; events {{}} "
        settings += f"http {{ access_log off; {temporary} {server} }}"
        (home / "nginx.conf").write_text(settings, "utf-8")
        assert NGINX
        command = [NGINX, "-e", str(home / "errors"), "-p", name, "-c", str(home / "nginx.conf")]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            try:
                for _ in range(100):
                    if process.poll() is not None or (home / "socket").exists():
                        break
                    time.sleep(0.05)
                assert process.poll() is None, process.stderr and process.stderr.read()
                yield lambda path: answer(home / "socket", path)
            finally:
                process.terminate()


def answer(address: Path, path: str) -> tuple[int, str]:
    connection = HTTPConnection("example.org", timeout=10)
    connection.sock = socket.socket(socket.AF_UNIX)
    try:
        connection.sock.connect(str(address))
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    finally:
        connection.close()
