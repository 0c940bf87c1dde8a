"""Providers and a local server added to trees, asked, imported from and written: a real release starts and serves all.

    python -m tests.conformance.adding [RELEASE...] [--trees FOLDER]

For each tree and each provider of the list of `init`: the backend is added (one that is there is removed first, its
file stays), a stand-in on loopback answers for the provider with models that nobody declares, these are imported as one
edit, and everything is written. The release of the tree then has to start with it (or to stop as before, at a tree with
which it does not start), and to serve every imported model at that backend; the models of the server are called with
the client of the release. Prints a line for each tree and each fault, and exits with 1 if there is any. `--trees`: a
folder of further projects, read as `real_trees` says.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from core.edits.backend_edits import RemoveBackend
from core.edits.intent import Intent
from core.edits.new_backends import ImportModels
from core.edits.template_backends import add_from_template, add_server
from core.probes.availability import compare
from core.probes.check_planner import plan_checks
from core.probes.check_result import CheckResult
from core.probes.model_proposals import propose_models
from core.probes.plan_options import PlanOptions
from core.resolution import Status
from core.scaffold.templates import INTERNAL, TEMPLATE_NAMES
from core.workspace import Proposal, Saved, Workspace
from tests.core.probes.check_runs import TrustAll, run_plans
from tests.support.fake_servers import Behaviour, Server, answer
from tests.support.stock import copy_project, stock_tree

from .client import ClientCall, answers_of
from .environments import environment
from .oracle import Oracle, Question
from .real_trees import PLACEHOLDER, RELEASES, TREES
from .test_new_trees import NEEDS_NETWORK

STOCK = ("0.10.2", "0.14.3", "0.18.6", "0.43.1", "0.92.2")
FITTING = {"Akshobhya-codes__moodmeal": "0.14.3"}
"""The release that a tree's files fit, where another one is asked about its faults."""
SERVER = "my_server"
CALLED_FROM = "0.92.2"
"""The release whose client is asked for a text of the server's models."""
NEW = ("zz-one", "lab/zz-two:free")
ADDRESSES = {
    "anthropic": "https://api.anthropic.com",
    "openai": "https://api.openai.com",
    "google": "https://generativelanguage.googleapis.com",
    "mistral": "https://api.mistral.ai",
    "xai": "https://api.x.ai",
    "groq": "https://api.groq.com",
    "openrouter": "https://openrouter.ai",
    "blackboxai": "https://api.blackbox.ai",
    "scaleway": "https://api.scaleway.ai",
    "minimax": "https://api.minimax.io",
    "ollama": "http://localhost:11434",
    "typesafe": "https://api.typesafe.ai",
}
"""The origins of the providers that list models; the others list none or only declared ones, or sign requests."""
VALUES = {"SCALEWAY_ENDPOINT": "https://api.scaleway.ai/p-1/v1", "AZURE_API_BASE": "https://shop.openai.azure.com/"}
KEY = "https://key-of-a-test"
"""The value of all other variables: a key, or an address."""


def listing() -> Behaviour:
    """A list of new models, in the formats of all providers at once."""
    rows = [
        {"id": name, "name": name, "endpoint_id": name, "metadata": {"status": "active"}, "owned_by": "vllm"}
        for name in NEW
    ]
    return answer({"object": "list", "data": rows, "models": rows, "has_more": False})


@dataclass
class Tally:
    """What came of the additions to one tree."""

    name: str
    release: str
    added: int = 0
    imported: int = 0
    stops: str = ""
    """The error with which the release stops at the tree as it is."""
    faults: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        stops = f", which stops at it before and after: {self.stops}" if self.stops else ""
        return f"{self.name} ({self.release}{stops[:120]}): {self.added} added, {self.imported} models imported"


def variables(root: Path) -> dict[str, str]:
    """A value for every variable that the tree names."""
    texts = (path.read_text(errors="replace") for path in root.rglob("*.toml"))
    return {name: VALUES.get(name, KEY) for text in texts for name in PLACEHOLDER.findall(text)}


class Adding:
    """One tree in a project of its own, and the release that starts it."""

    def __init__(self, tally: Tally, oracle: Oracle, source: Path, folder: Path) -> None:
        self.tally, self.oracle, self.source, self.folder = tally, oracle, source, folder
        self.before = self.start(self.project("before"))
        if self.before["status"] != "ok":
            tally.stops = f"{self.before['error_type']}: {self.before['message']}"

    def project(self, name: str) -> Path:
        """A new project with a copy of the tree."""
        return copy_project(self.source, self.folder / name).root

    def start(self, root: Path) -> Mapping[str, object]:
        """The answer of the release."""
        return self.oracle.ask(Question(root, None, variables(root)))

    def open(self, root: Path) -> Workspace:
        """The tree for edits."""
        environ = {"HOME": str(self.folder / "home"), **variables(root)}
        return Workspace.open(str(root), release=self.tally.release, environ=environ, cwd=str(root))

    def add(self, name: str) -> None:
        """Add one provider or the server, import from it, write, and start the release."""
        root = self.project(name)
        with Server({"*": listing()}) as server:
            workspace = self.open(root)
            if name in workspace.report.catalog.backends and not self._edit(workspace, RemoveBackend(name, file=False)):
                return  # the active profile sends everything to it
            intent = add_from_template(workspace.report, name) if name != SERVER else None
            if name == SERVER:
                intent = add_server(workspace.report, name, f"{server.url}/v1", None, ())
            if intent is None:
                return
            if not self._edit(workspace, intent) or not self._write(name, workspace):
                self.tally.faults.append(f"{name}: cannot be added")
                return
            self.tally.added += 1
            workspace = self.open(root)  # the variables of the backend are set now
            handles = self._import(name, workspace, server.url)
            if handles and not self._write(name, workspace):
                return
            self._judge(name, root, handles)
            if name == SERVER and self.tally.release == CALLED_FROM:
                self._call(workspace, handles)

    def _edit(self, workspace: Workspace, intent: Intent) -> bool:
        proposal = workspace.propose(intent)
        if isinstance(proposal, Proposal):
            workspace.accept(proposal)
        return isinstance(proposal, Proposal)

    def _write(self, name: str, workspace: Workspace) -> bool:
        result = workspace.save(accept_errors=True)
        if not isinstance(result, Saved):
            self.tally.faults.append(f"{name}: not written: {result}")
        return isinstance(result, Saved)

    def _import(self, name: str, workspace: Workspace, url: str) -> list[str]:
        """Ask the provider, and import what it lists and nobody declares."""
        if name not in (*ADDRESSES, SERVER):
            return []
        stand_ins = {ADDRESSES[name]: url} if name in ADDRESSES else {}
        catalog = workspace.report.catalog
        plans = plan_checks(catalog, [name], PlanOptions(trust=TrustAll(), stand_ins=stand_ins))
        result: CheckResult = run_plans(plans).only
        listed = list(compare(catalog, result).undeclared)
        models = [item for item in propose_models(catalog, name, listed) if item.callable]
        if not models:
            self.tally.faults.append(f"{name}: nothing to import: {result.texts}")
            return []
        tables = tuple((model.handle, tuple(model.fields.items())) for model in models)
        if not self._edit(workspace, ImportModels(name, tables)):
            self.tally.faults.append(f"{name}: its models cannot be imported")
            return []
        self.tally.imported += len(models)
        for model in models:
            self._judge_here(name, workspace, model.handle)
        return [model.handle for model in models]

    def _judge_here(self, name: str, workspace: Workspace, handle: str) -> None:
        """A fault where pipedeck does not call the model callable at this backend; nothing is without a profile."""
        if workspace.report.catalog.profile is None:
            return
        found = [item for item in workspace.report.resolutions if item.kind.value == "model" and item.name == handle]
        ends = [(item.spec.backend, item.status) for item in found if item.spec is not None]
        if ends != [(name, Status.CALLABLE)]:
            why = [item.refusal for item in found]
            self.tally.faults.append(f"{name}: {handle} is {ends or 'dead'} for pipedeck: {why}")

    def _judge(self, name: str, root: Path, handles: Sequence[str]) -> None:
        """A fault where the release does not start, or serves a model elsewhere or not at all.

        Where it stops at the tree as it is, it has to stop for the same reason.
        """
        theirs = self.start(root)
        if theirs["status"] != "ok":
            stops = f"{theirs['error_type']}: {theirs['message']}"
            if stops != self.tally.stops:
                self.tally.faults.append(f"{name}: does not start: {stops}")
            return
        models = theirs["models"]
        assert isinstance(models, dict)
        for handle in handles:
            backend = models.get(handle, {}).get("backend")
            if backend != name:
                self.tally.faults.append(f"{name}: the release serves {handle} at {backend}")

    def _call(self, workspace: Workspace, handles: Sequence[str]) -> None:
        """Call the models of the server with the client of the release."""
        reply = {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
        message = {"role": "assistant", "content": "pong"}
        chat = answer({**reply, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
        specs = {spec.handle: spec for spec in workspace.report.catalog.specs_by_backend[SERVER]}
        with Server({"*": chat}) as server:
            calls = [ClientCall("openai", f"{server.url}/v1", model_id=specs[handle].model_id) for handle in handles]
            for handle, given in zip(handles, answers_of(self.tally.release, calls, self.folder), strict=True):
                if given.text != "pong":
                    self.tally.faults.append(f"{SERVER}: the call of {handle} fails: {given.error}: {given.message}")


def measure(name: str, release: str, source: Path, names: Sequence[str]) -> Tally:
    """Add the named providers to a tree, each to a copy of its own."""
    tally = Tally(name, release)
    with ExitStack() as exits:
        folder = Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="pipedeck-adding-"))).resolve()
        (folder / "home").mkdir()
        oracle = exits.enter_context(Oracle(environment(release)))
        adding = Adding(tally, oracle, source, folder)
        for provider in names:
            adding.add(provider)
    return tally


EVERY = (*(name for name in TEMPLATE_NAMES if name not in (INTERNAL, NEEDS_NETWORK)), SERVER)


def trees(releases: Sequence[str], folder: Path | None) -> Iterator[tuple[str, str, Path]]:
    """Name, release and `inference` folder of the stock trees, then of the projects of a folder."""
    for release in releases:
        yield f"stock {release}", release, stock_tree(release)
    for name, release in (RELEASES | FITTING).items():
        tree = (folder or TREES) / name / ".pipelex" / "inference"
        if tree.is_dir():
            yield name, release, tree


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each tree, and each fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.adding", description=__doc__)
    parser.add_argument("releases", nargs="*", default=STOCK, help="releases of stock trees")
    parser.add_argument("--trees", type=Path, help="a folder of projects with real trees")
    options = parser.parse_args(argv)
    faults = 0
    for name, release, source in trees(options.releases, options.trees):
        tally = measure(name, release, source, EVERY)
        print(tally.line, flush=True)
        for fault in tally.faults:
            print(f"    {fault[:400]}", flush=True)
        faults += len(tally.faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
