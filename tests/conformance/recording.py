"""What a server receives from pipedeck and from a release for the same model: method, address and headers.

    python -m tests.conformance.recording [RELEASE...]

By default the releases 0.45.0, 0.60.0, 0.77.0 and 0.92.2. Prints the requests that differ, and exits with 1 if any do.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.api import inspect_tree
from core.probes.completion import plan_completion
from core.probes.plan_options import PlanOptions
from tests.core.probes.check_runs import Spec, TrustAll, backend, run_plans, tree
from tests.support.fake_servers import Request, Server, answer
from tests.support.trees import write_tree

from .client import ClientCall, answers_of

RELEASES = ("0.45.0", "0.60.0", "0.77.0", "0.92.2")
KEY = "sk-of-the-recording"
API_VERSION = "2025-04-01-preview"
TEXT = answer(
    {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "pong"}}],
        "status": "completed",
        "output": [
            {
                "id": "y",
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": "pong", "annotations": []}],
            }
        ],
    }
)
"""An answer in both formats of OpenAI."""

DIFFERENCES: Mapping[str, str] = {
    "accept-encoding": "pipedeck takes no compressed answer: a small one may expand to gigabytes",
    "connection": "pipedeck sends one request a connection",
    "content-length": "the bodies differ: pipedeck sends no temperature and no seed",
    "user-agent": "each names itself",
}
"""The headers that differ, with the reasons. Those with the prefix `x-stainless-` count the client's own retries."""


@dataclass(frozen=True)
class Case:
    """One backend and model. `path` is that of the endpoint."""

    sdk: str
    path: str
    key: str = KEY
    model_id: str = "m"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def api_version(self) -> str | None:
        return API_VERSION if self.sdk.startswith("azure") else None


PATHS = ("", "/", "/v1", "/v1/", "/v1//", "//v1", "/v1#part", "/\u00e9t\u00e9/v1", "/a/../v1", "/./v1", "/%7Ea/v1%2Fb")
"""The paths of endpoints: slashes, a fragment, letters beyond ASCII, dots, escapes."""
AZURE_PATHS = ("", "/", "//", "/gateway", "/gateway/")
MODELS = ("m", "vendor/m:free", "d p", "m\u00e9", "a+b", "@slug/m")
OWN_HEADERS = {"x-first": "one", "X-Second-Part": "two words"}


def cases() -> Iterator[Case]:
    """Every case."""
    for sdk in ("openai", "openai_responses"):
        yield from (Case(sdk, path) for path in PATHS)
        yield from (Case(sdk, "/v1", key="", headers=headers) for headers in ({}, OWN_HEADERS))
        yield from (Case(sdk, "/v1", model_id=name, headers=OWN_HEADERS) for name in MODELS)
    for sdk in ("azure_openai", "azure_openai_responses"):
        yield from (Case(sdk, path) for path in AZURE_PATHS)
        yield from (Case(sdk, "", model_id=name, headers=OWN_HEADERS) for name in MODELS)


Received = tuple[str, str, Mapping[str, str]]
"""Method, address and headers that matter."""


def received(request: Request) -> Received:
    """What of a request is compared."""
    headers = {
        name: value
        for name, value in request.headers.items()
        if name not in DIFFERENCES and not name.startswith("x-stainless-")
    }
    return request.method, request.target, headers


def from_pipedeck(case: Case, release: str, server: Server, folder: Path) -> Received | None:
    """What the server receives from pipedeck; None if nothing is sent."""
    more = {"api_key": "${LAB_KEY}"} if case.key else {}
    more |= {"api_version": case.api_version} if case.api_version else {}
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in case.headers.items())
    made = backend("lab", case.sdk, Spec(case.model_id, lines), endpoint=server.url + case.path, **more)
    write_tree(folder, tree(made))
    environ = {"HOME": str(folder / "no-home"), "LAB_KEY": case.key}
    report = inspect_tree(str(folder), release=release, environ=environ)
    server.requests.clear()
    plan = plan_completion(report.catalog, report.catalog.specs[0], PlanOptions(trust=TrustAll())).plan
    run_plans([plan])
    return received(server.requests[0]) if server.requests else None


def from_release(some: list[Case], release: str, server: Server, home: Path) -> list[Received | None]:
    """What the server receives from a release, in the same sequence."""
    server.requests.clear()
    calls = [
        ClientCall(
            case.sdk,
            # The number of the case is in the text, which tells its request.
            server.url + case.path,
            case.key,
            case.api_version,
            case.model_id,
            case.headers,
            user_text=f"case {number}",
        )
        for number, case in enumerate(some)
    ]
    answers_of(release, calls, home)
    requests = {number: request for request in server.requests for number in [_number(request)]}
    return [received(requests[number]) if number in requests else None for number in range(len(some))]


def _number(request: Request) -> int:
    return int(request.body.partition(b'"case ')[2].partition(b'"')[0])


def differing(release: str, some: list[Case]) -> list[str]:
    """The cases whose requests differ, with both."""
    with Server({"/*": TEXT}) as server, tempfile.TemporaryDirectory(prefix="pipedeck-recording-") as name:
        folder = Path(name)
        theirs = from_release(some, release, server, folder)
        lines = []
        for number, (case, right) in enumerate(zip(some, theirs, strict=True)):
            ours = from_pipedeck(case, release, server, folder / str(number))
            if ours != right or ours is None:
                lines.append(f"{release} {case}\n  pipedeck: {ours}\n  release:  {right}")
        return lines


def main(releases: list[str]) -> int:
    """Print what differs, and the count of what agrees."""
    wrong = 0
    for release in releases or RELEASES:
        some = list(cases())
        lines = differing(release, some)
        print("\n".join([*lines, f"{release}: {len(some) - len(lines)} of {len(some)} requests agree"]))
        wrong += len(lines)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
