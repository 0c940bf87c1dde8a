"""Servers by others, asked by pipedeck and by the real client of a release: both must say the same of an answer.

    python -m tests.conformance.servers [NAME...]

Installs each server into an environment of its own in the cache of the tests (see `tests.support.stock`), starts it on
loopback, and asks it with a good key, a bad key, no key, a wrong model and a wrong path. Prints a line for each, and
exits with 1 if any differ. Servers that do not install here are skipped with the reason.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.api import inspect_tree
from core.probes.check_planner import plan_checks
from core.probes.check_result import CheckResult
from core.probes.completion import PROMPT, plan_completion
from core.probes.plan_options import PlanOptions
from core.probes.proofs import Proof
from tests.core.probes.check_runs import Spec, TrustAll, backend, outcome, run_plans, tree
from tests.support.environment import ORIGINAL, fenced, of_release
from tests.support.fake_servers import closed_port
from tests.support.polling import listens, until
from tests.support.stock import cache_dir
from tests.support.trees import write_tree

from .client import ClientAnswer, ClientCall, answers_of
from .environments import READY, locked

RELEASE = "0.92.2"
GOOD_KEY, BAD_KEY = "sk-good-key-of-the-servers", "sk-bad-key-of-the-servers"
TEXT = "Answer with the one word: pong"
INSTALL_TIMEOUT_S, START_TIMEOUT_S = 900, 90

LITELLM = f"""
model_list:
  - model_name: m
    litellm_params: {{model: openai/m, api_key: none, mock_response: pong}}
general_settings: {{master_key: {GOOD_KEY}}}
"""
LITSERVE = """
import sys
import litserve as ls

class Echo(ls.LitAPI):
    def setup(self, device):
        pass

    def predict(self, prompt):
        yield "pong"

if __name__ == "__main__":
    server = ls.LitServer(Echo(spec=ls.OpenAISpec()), accelerator="cpu")
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)
"""
AIMOCK = {"fixtures": [{"match": {"userMessage": text}, "response": {"content": "pong"}} for text in (TEXT, PROMPT)]}
SERVE_LLAMA = Path(__file__).resolve().parent / "inside" / "serve_llama.py"
# The gateway listens on all interfaces, whatever it is told.
LOOPBACK = """
const net = require("net");
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  const done = rest.find((one) => typeof one === "function");
  const number = typeof port === "object" ? port.port : port;
  return listen.call(this, { port: number, host: "127.0.0.1" }, done);
};
"""


@dataclass(frozen=True)
class ServerKind:
    """A server by others. In its command `{bin}` and `{port}` are replaced."""

    name: str
    package: str
    """Its packages, separated by blanks."""
    command: str
    npm: bool = False
    files: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers of the model. `{upstream}` is the address of llmock."""
    light: bool = False
    """Whether it installs and starts within seconds."""


KINDS = (
    ServerKind("llmock", "llmock", "{bin}/bin/llmock serve --host 127.0.0.1 --port {port}", light=True),
    ServerKind(
        "llm-katan",
        "llm-katan",
        "{bin}/bin/llm-katan -m m -b echo -h 127.0.0.1 -p {port} --stats-file stats.json --validate-keys"
        f" --api-keys openai={GOOD_KEY}",
    ),
    ServerKind(
        "aimock",
        "@copilotkit/aimock",
        "node {bin}/node_modules/@copilotkit/aimock/dist/cli.js -p {port} -h 127.0.0.1 -f fixtures",
        npm=True,
        files={"fixtures/all.json": json.dumps(AIMOCK)},
        variables={"AIMOCK_API_KEYS": GOOD_KEY},
        light=True,
    ),
    # Bindings that ship llama.cpp's own server, compiled.
    ServerKind(
        "llama.cpp",
        "xllamacpp gguf",
        f"{{bin}}/bin/python {shlex.quote(str(SERVE_LLAMA))} {{port}} {GOOD_KEY}",
        light=True,
    ),
    ServerKind("litserve", "litserve", "{bin}/bin/python serve.py {port}", files={"serve.py": LITSERVE}),
    ServerKind(
        "litellm",
        # Pinned: the next version was published by somebody else.
        "litellm[proxy]==1.106.2",
        "{bin}/bin/litellm --config litellm.yaml --host 127.0.0.1 --port {port}",
        files={"litellm.yaml": LITELLM},
        variables={"LITELLM_LOCAL_MODEL_COST_MAP": "True"},
    ),
    ServerKind(
        "portkey",
        "@portkey-ai/gateway",
        "node --require ./loopback.cjs {bin}/node_modules/@portkey-ai/gateway/build/start-server.js --port={port}"
        " --headless",
        npm=True,
        files={"loopback.cjs": LOOPBACK},
        headers={"x-portkey-provider": "openai", "x-portkey-custom-host": "{upstream}/v1"},
    ),
)


class NotInstalledError(Exception):
    """A server cannot be installed here, with the last words of the installer."""


def installed(kind: ServerKind) -> Path:
    """The environment of a server, installed if it is not there yet. Raises NotInstalledError."""
    folder = cache_dir() / "servers" / kind.name
    with locked(folder.with_name(f"{kind.name}.lock")):
        if not (folder / READY).exists():
            folder.mkdir(parents=True, exist_ok=True)
            if kind.npm:
                _install(["npm", "install", "--silent", "--prefix", str(folder), kind.package])
            else:
                _install([sys.executable, "-m", "venv", "--clear", str(folder)])
                # Nothing is compiled: that takes longer than all else.
                options = ["install", "-q", "-q", "--no-input", "--only-binary=:all:"]
                _install([str(folder / "bin" / "python"), "-m", "pip", *options, *kind.package.split()])
            (folder / READY).touch()
    return folder


def _install(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(
            command, env=of_release(ORIGINAL), capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalledError(str(error)) from error
    if done.returncode:
        raise NotInstalledError(" | ".join((done.stderr or done.stdout).strip().splitlines()[-2:]))


@contextmanager
def running(kind: ServerKind, folder: Path) -> Iterator[str]:
    """The address of a running server, without its path."""
    port = closed_port()
    for name, text in kind.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    command = shlex.split(kind.command.format(bin=installed(kind), port=port))
    variables = {**of_release(fenced(folder)), **kind.variables}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            until(lambda: listens(port) or process.poll() is not None, START_TIMEOUT_S)
            if process.poll() is not None:
                raise NotInstalledError(f"it does not start: {(folder / 'log').read_text('utf-8', 'replace')[-300:]}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


@dataclass(frozen=True)
class Case:
    """One way of asking a server."""

    name: str
    path: str = "/v1"
    key: str = GOOD_KEY
    model_id: str = "m"


CASES = (
    Case("good key"),
    Case("bad key", key=BAD_KEY),
    Case("no key", key=""),
    Case("wrong model", model_id="no-such-model"),
    Case("wrong path", path="/no/such/path"),
)


EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("aimock", "wrong path"): "it takes calls under any path, and lists models under /v1 only",
}
"""Servers that answer where the check says that the address is wrong, with the reasons."""


def from_pipedeck(case: Case, url: str, headers: Mapping[str, str], folder: Path) -> tuple[CheckResult, CheckResult]:
    """The results of a check, and of a completion."""
    key = {"api_key": "${SERVER_KEY}"} if case.key else {}
    spec = Spec(case.model_id, "\n".join(f"{name} = {json.dumps(value)}" for name, value in headers.items()))
    write_tree(folder, tree(backend("lab", "openai", spec, endpoint=url + case.path, **key)))
    environ = {"HOME": str(folder / "no-home"), "SERVER_KEY": case.key}
    catalog = inspect_tree(str(folder), release=RELEASE, environ=environ).catalog
    terms = PlanOptions(trust=TrustAll())
    listed = run_plans(plan_checks(catalog, None, terms)).only
    return listed, run_plans([plan_completion(catalog, catalog.specs[0], terms).plan]).only


def difference(case: Case, listed: CheckResult, asked: CheckResult, theirs: ClientAnswer) -> str:
    """The contradiction between the results and the answer of the real client; empty without one."""
    answers = theirs.text is not None
    if (asked.proofs.answer is Proof.YES) != answers:
        return f"the completion says {asked.proofs.answer.value} ({outcome(asked)})"
    if answers and listed.bad:
        return f"the check calls it dead ({outcome(listed)})"
    if not answers and case.name in ("bad key", "no key") and listed.proofs.key is Proof.YES:
        return f"the check calls its key good ({outcome(listed)})"
    return ""


def compare(kinds: Sequence[ServerKind]) -> tuple[list[str], int]:
    """A line for each server and case, and the count of the differing ones."""
    lines, wrong = [], 0
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pipedeck-servers-")))
        urls: dict[str, str] = {}
        for kind in kinds:
            try:
                urls[kind.name] = stack.enter_context(running(kind, home / kind.name))
            except NotInstalledError as error:
                lines.append(f"{kind.name}: skipped: {error}")
        rows = [(kind, case) for kind in kinds if kind.name in urls for case in CASES]
        sent = {kind.name: _filled(kind, urls) for kind in kinds}
        calls = [
            ClientCall("openai", urls[kind.name] + case.path, case.key, model_id=case.model_id, headers=sent[kind.name])
            for kind, case in rows
        ]
        answers = answers_of(RELEASE, calls, home) if calls else []
        for number, ((kind, case), theirs) in enumerate(zip(rows, answers, strict=True)):
            listed, asked = from_pipedeck(case, urls[kind.name], sent[kind.name], home / f"tree-{number}")
            found = difference(case, listed, asked, theirs)
            found = "" if (kind.name, case.name) in EXCEPTIONS else found
            wrong += bool(found)
            said = "answers" if theirs.text is not None else f"{theirs.error}: {(theirs.message or '')[:80]}"
            words = f"completion {outcome(asked)}, check {outcome(listed)}, list {listed.proofs.list.value}"
            lines.append(
                f"{'x' if found else 'ok'} {kind.name}, {case.name}: {said} | {words}{' | ' * bool(found)}{found}"
            )
    return lines, wrong


def _filled(kind: ServerKind, urls: Mapping[str, str]) -> dict[str, str]:
    return {name: value.format(upstream=urls.get("llmock", "")) for name, value in kind.headers.items()}


if __name__ == "__main__":
    chosen = [kind for kind in KINDS if not sys.argv[1:] or kind.name in ("llmock", *sys.argv[1:])]
    shown, differing = compare(chosen)
    print("\n".join([*shown, f"{differing} of {len(shown)} lines differ"]))
    sys.exit(1 if differing else 0)
