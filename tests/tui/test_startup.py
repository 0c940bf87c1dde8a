"""The light start of the app: lazy modules work when they are used, and garbage collection is resumed."""

from __future__ import annotations

import http.server
import json
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widgets import DataTable, Input

from tests.support.environment import fenced
from tui.app import PipedeckApp
from tui.panes.pane import Pane
from tui.sample import copy_sample
from tui.screens.filter_input import FilterInput
from tui.screens.main import MainScreen
from tui.subclasses import init_subclass

CHECKOUT = Path(__file__).resolve().parents[2]
CODE = """
import gc, json, sys
from tui.startup import resume_collection, start_light

start_light()
import tui.app
from tui.startup import LAZY, LazyModule, finish_imports
finish_imports()
held = not gc.isenabled()
loaded = sorted(name for name in LAZY if not isinstance(sys.modules.get(name), LazyModule))
resume_collection()
import asyncio, ssl, httpx

async def status():
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=sys.argv[2]), trust_env=False) as client:
        return (await client.get(sys.argv[1])).status_code

import asyncio.sslproto, difflib, ipaddress, mimetypes, pickle, platformdirs, random, tempfile, tokenize
import typing, typing_extensions, urllib.parse, uuid
import rich.markup, rich.panel, rich.table, rich.tree, textual.command
works = [
    pickle.loads(pickle.dumps(5)) == 5, random.random() < 1, difflib.get_close_matches("ab", ["abc"]) == ["abc"],
    platformdirs.user_downloads_path() != "", mimetypes.guess_type("a.txt")[0] == "text/plain", str(uuid.uuid4()) != "",
    urllib.parse.quote("a b") == "a%20b", tempfile.gettempdir() != "", bool(tokenize.TokenInfo),
    asyncio.sslproto.SSLProtocol is not None, ipaddress.ip_address("::1").is_loopback,
    typing_extensions.override is not None and typing_extensions.Final is typing.Final,
    issubclass(textual.command.CommandPalette, object),
    rich.table.Table().row_count == 0, rich.panel.Panel("x") is not None, rich.tree.Tree("x") is not None,
    str(rich.markup.render("[b]x")) == "x",
]
print(json.dumps([held, gc.isenabled(), asyncio.run(status()), all(works), loaded]))
"""


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers every request with status 204."""

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of an HTTPS server, and the file of its authority."""
    authority, file = trustme.CA(), tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as httpd:
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"https://127.0.0.1:{httpd.server_address[1]}/", file
        httpd.shutdown()
        thread.join()


def test_lazy_modules_work_and_a_live_check_uses_tls(server: tuple[str, Path], tmp_path: Path) -> None:
    address, authority = server
    code = f"import sys; sys.path.insert(0, {str(CHECKOUT)!r})\n{CODE}"
    result = subprocess.run(
        [sys.executable, "-c", code, address, str(authority)],
        env=fenced(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    held, resumed, status, works, loaded = json.loads(result.stdout)
    assert (held, resumed, status, works) == (True, True, 204, True)
    assert not loaded, "modules that are used at the start are not lazy"


def test_subclasses_of_nodes_are_defined_as_textual_defines_them() -> None:
    names = ("_reactives", "_computes", "_css_type_names", "_css_type_name")

    def result(node: Any) -> list[object]:
        return [*(getattr(node, name) for name in names), node._merged_bindings.key_to_bindings]

    for base in (MainScreen, Input, Pane, DataTable, Vertical, FilterInput, PipedeckApp):
        for options in ({}, {"inherit_css": False, "inherit_bindings": False}):
            node: Any = type("Node", (base,), {"compute_size_": lambda self: 1, "own": reactive(1)}, **options)
            expected = result(node)
            init_subclass(node, **options)
            assert result(node) == expected
            assert node._reactives["own"] is node.__dict__["own"]


DATACLASSES = """
import dataclasses, json, sys
from tui.startup import finish_imports, start_light

if sys.argv[1] == "light":
    start_light()
import tui.run
if sys.argv[1] == "light":
    finish_imports()

def described(value):
    default = "none" if value.default is dataclasses.MISSING else value.default
    factory = getattr(value.default_factory, "__name__", "none")
    return f"{type(value).__name__} {default} {factory} {value.init} {value.repr} {value.compare}"

def tried(do):
    try:
        return do()
    except Exception as error:
        return type(error).__name__

def all_below(cls):
    return {cls, *(below for each in type.__subclasses__(cls) for below in all_below(each))}

found, fast = {}, 0
for cls in all_below(object):
    if cls.__module__.startswith(("textual", "rich")) and "__dataclass_fields__" in vars(cls):
        fast += type(vars(cls)["__dataclass_fields__"]).__name__ == "_Fields"
        values = [None for item in dataclasses.fields(cls) if item.init]
        one, other = tried(lambda: cls(*values)), tried(lambda: cls(*values))
        found[f"{cls.__module__}.{cls.__qualname__}"] = [
            [f"{item.name} {item.type} {described(item)}" for item in dataclasses.fields(cls)],
            list(cls.__match_args__),
            cls.__hash__ is None,
            tried(lambda: one == other),
            tried(lambda: hash(one) == hash(other)),
            tried(lambda: repr(one)),
            tried(lambda: setattr(one, next(iter(cls.__match_args__)), 1)),
            tried(lambda: cls(*values, 1, 2, 3)),
        ]
print(json.dumps([fast, found]))
"""


def test_dataclasses_of_textual_are_as_the_standard_decorator_makes_them(tmp_path: Path) -> None:
    def described(mode: str) -> tuple[int, dict[str, object]]:
        code = f"import sys; sys.path.insert(0, {str(CHECKOUT)!r})\n{DATACLASSES}"
        command = [sys.executable, "-c", code, mode]
        result = subprocess.run(command, env=fenced(tmp_path), capture_output=True, text=True, timeout=60, check=False)
        assert result.returncode == 0, result.stderr
        fast, found = json.loads(result.stdout)
        return fast, found

    (fast, light), (standard, expected) = described("light"), described("standard")
    assert fast >= 20
    assert standard == 0
    assert light == {name: row for name, row in expected.items() if name in light}


LOADED = """
import json, sys
from tui.startup import LazyModule, start_light

start_light()
import tui.app
from tui.run import run
from tui.loading import Request, load

view = load(Request(sys.argv[1], environ={})).view
app = tui.app.PipedeckApp(Request(sys.argv[1], environ={}))
import tui.screens.main
print(json.dumps([name for name, module in sys.modules.items() if not isinstance(module, LazyModule)]))
"""
BUDGET = {"core": 126, "tui": 73, "": 380}
"""How many modules of a package, and of all others, are imported before the first frame; each takes about 0.3 million
instructions, a thousandth of the start is 1.5 million. Raise a number only for what the first frame shows:
`python -X importtime -m tui` lists the modules, and `valgrind --tool=callgrind` counts instructions.
"""
NOT_AT_START = [
    "asyncio.sslproto",
    "configparser",
    "core.edits",
    "core.lives.lives",
    "core.methods",
    "core.pipes",
    "core.toml.edit",
    "core.toml.redaction",
    "core.workspace",
    "email",
    "hashlib",
    "httpx",
    "packaging",
    "pydantic",
    "ssl",
    "textual.widgets._input",
    "tomlkit",
    "tomllib",
    "tui.commands.adding",
    "tui.dialogs",
    "tui.forms",
    "tui.pages.page_screen",
]


def test_modules_before_the_first_frame_stay_within_their_budget(tmp_path: Path) -> None:
    copy_sample(tmp_path / "shop")
    code = f"import sys; sys.path.insert(0, {str(CHECKOUT)!r})\n{LOADED}"
    command = [sys.executable, "-c", code, str(tmp_path / "shop")]
    result = subprocess.run(command, env=fenced(tmp_path), capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    loaded = json.loads(result.stdout)
    packages = Counter(name.partition(".")[0] if name.startswith(("core", "tui")) else "" for name in loaded)
    assert sorted(set(loaded) & set(NOT_AT_START)) == []
    over = {name: count for name, count in packages.items() if count > BUDGET[name]}
    assert over == {}


COMMAND = """
import sys
from tui.cli.main import main

status = main(["--tree", sys.argv[1], "validate", "--json"])
print(sorted({"asyncio", "httpx", "ssl", "textual", "tomlkit"} & set(sys.modules)), file=sys.stderr)
"""


def test_validate_imports_neither_the_network_nor_the_app(tmp_path: Path) -> None:
    copy_sample(tmp_path / "shop")
    code = f"import sys; sys.path.insert(0, {str(CHECKOUT)!r})\n{COMMAND}"
    command = [sys.executable, "-c", code, str(tmp_path / "shop")]
    result = subprocess.run(command, env=fenced(tmp_path), capture_output=True, text=True, timeout=60, check=False)
    assert result.stderr.splitlines()[-1:] == ["[]"]
    assert json.loads(result.stdout)["counts"]
