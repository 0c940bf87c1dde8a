"""What a server receives from pipedeck and from a release through the clients other than OpenAI's.

    python -m tests.conformance.recording_clients [RELEASE...]

By default 0.45.0, 0.60.0, 0.77.0 and 0.92.2, with the packages of their extras. The release is booted, and every host
leads to a server on loopback; the hosts that the tree cannot name are served with a certificate for them. Prints the
requests that differ, and exits with 1 if any do.
"""

from __future__ import annotations

import json
import ssl
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from core.api import inspect_tree
from core.probes.completion import plan_completion
from core.probes.plan_options import PlanOptions
from tests.core.probes.check_runs import TrustAll, run_plans
from tests.support.fake_servers import Behaviour, Request, Server, Talk, answer

from .environments import ReleaseEnvironment, environment
from .generate.toml_text import document_text
from .packages import Pick, ask, extras_folder, packages_folder

RELEASES = ("0.45.0", "0.60.0", "0.77.0", "0.92.2")
KEY = "key-of-the-recording"
REGION = "eu-west-1"
HOSTS: Mapping[str, str] = {
    "mistral": "api.mistral.ai",
    "google": "generativelanguage.googleapis.com",
    "bedrock_aioboto": f"bedrock-runtime.{REGION}.amazonaws.com",
    "bedrock_aioboto3": f"bedrock-runtime.{REGION}.amazonaws.com",
}
"""The hosts of the sdks whose endpoint a tree cannot name."""
AWS: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret-of-the-recording",
    "AWS_REGION": REGION,
}
USAGE = {"input_tokens": 1, "output_tokens": 1}
TEXT = [{"type": "text", "text": "pong"}]
MESSAGE = {"role": "assistant", "content": "pong"}
WHOLE: Behaviour = answer(
    {
        "id": "x",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "object": "chat.completion",
        "created": 1,
        "content": TEXT,
        "stop_reason": "end_turn",
        "choices": [{"index": 0, "finish_reason": "stop", "message": MESSAGE}],
        "candidates": [{"content": {"role": "model", "parts": [{"text": "pong"}]}, "finishReason": "STOP"}],
        "output": {"message": {"role": "assistant", "content": [{"text": "pong"}]}},
        "stopReason": "end_turn",
        "metrics": {"latencyMs": 1},
        "usage": {
            **{"input_tokens": 1, "output_tokens": 1, "prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            **{"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
        },
        "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2},
    }
)
"""An answer in the formats of Anthropic, Mistral, Google and Amazon."""

START = {"id": "x", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": USAGE}
EVENTS = (
    {"type": "message_start", "message": START},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "pong"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
    {"type": "message_stop"},
)
STREAM: Behaviour = answer(
    "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in EVENTS).encode(),
    headers={"Content-Type": "text/event-stream"},
)
"""The same answer as Anthropic streams it: Pipelex asks for a stream."""


def reply(talk: Talk) -> None:
    """Answer in the form that is asked for."""
    (STREAM if b'"stream":true' in talk.request.body.replace(b" ", b"") else WHOLE)(talk)


DIFFERENCES: Mapping[str, str] = {
    "accept": "the clients of Google and Amazon name no type, or any",
    "accept-encoding": "pipedeck takes no compressed answer: a small one may expand to gigabytes",
    "amz-sdk-invocation-id": "counts the client's own retries",
    "amz-sdk-request": "counts the client's own retries",
    "connection": "pipedeck sends one request a connection",
    "content-length": "the bodies differ: pipedeck sends no temperature",
    "content-type": "some clients name the encoding too",
    "host": "compared with the address of the plan",
    "user-agent": "each names itself",
    "x-amz-date": "the time of the request",
    "x-goog-api-client": "names the client",
}
"""The headers that differ, with the reasons. Those with the prefix `x-stainless-` count the client's own retries."""


@dataclass(frozen=True)
class Case:
    """One backend and model. `path` is that of the endpoint; empty where the tree cannot name it."""

    sdk: str
    model_id: str = "m"
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


PATHS = ("", "/", "/base", "/base/", "/base//", "/a%20b")
"""The paths of endpoints. Nothing is sent to one that ends in `/v1`, which the client would double."""
MODELS = ("m", "vendor/m", "m:1", "d p")
OWN_HEADERS = {"x-first": "one", "X-Second-Part": "two words"}


def cases(release: str) -> tuple[list[Case], list[Case]]:
    """The cases whose endpoint the tree names, and the others."""
    boto = "bedrock_aioboto3" if int(release.split(".")[1]) < 69 else "bedrock_aioboto"
    named = [Case("anthropic", path=path) for path in PATHS]
    named += [Case("anthropic", name, headers=OWN_HEADERS) for name in MODELS]
    fixed = [Case(sdk, name, headers=OWN_HEADERS) for sdk in ("mistral", "google", boto) for name in MODELS]
    return named, [case for case in fixed if not (case.sdk == "google" and case.model_id != "m")]


def client_folders(made: ReleaseEnvironment) -> list[Path]:
    """The folders with the packages of the clients: the extras, and what they lack.

    Up to 0.51 the client of Amazon imports types that no extra brings (see `core.installation.workers`).
    """
    lacking = ["types-aiobotocore-bedrock-runtime"] if int(made.release.split(".")[1]) < 52 else []
    return [extras_folder(made), *([packages_folder(made, "types", lacking)] if lacking else [])]


Received = tuple[str, str, str, Mapping[str, str]]
"""Method, host, path and headers that matter."""


def received(request: Request, host: str) -> Received:
    """What of a request is compared. Of a signature only its scope is: key, region and service."""
    headers = {
        name: value
        for name, value in request.headers.items()
        if name not in DIFFERENCES and not name.startswith("x-stainless-")
    }
    if headers.get("authorization", "").startswith("AWS4"):
        headers["authorization"] = "/".join(headers["authorization"].partition(",")[0].split("/")[::2])
    return request.method, host, request.target, headers


def write_project(stock: Path, some: Sequence[Case], server: Server, project: Path) -> None:
    """Write a stock tree with a backend for each case, and for nothing else."""
    tree = project / ".pipelex" / "inference"
    for path in stock.rglob("*.toml"):
        target = tree / path.relative_to(stock)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    (project / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n', encoding="utf-8")
    backends: dict[str, object] = {"internal": {"enabled": True}}
    for number, case in enumerate(some):
        fields = {"aws_region": REGION} if case.sdk.startswith("bedrock") else {"api_key": "${LAB_KEY}"}
        # Where the client has a host of its own, this address gets no request: the server of that host takes none.
        fields["endpoint"] = server.url + case.path if case.sdk not in HOSTS else "http://127.0.0.1:9/v1"
        backends[f"lab-{number}"] = {"enabled": True, **fields}
        lists = {"inputs": ["text"], "outputs": ["text"], "costs": {"input": 1.0, "output": 1.0}}
        model = {"model_id": case.model_id, "max_tokens": 100, **lists, **case.headers}
        document = {"defaults": {"sdk": case.sdk, "model_type": "llm"}, f"case-{number}": model}
        (tree / "backends" / f"lab-{number}.toml").write_text(document_text(document), encoding="utf-8")
    (tree / "backends.toml").write_text(document_text(backends), encoding="utf-8")
    routes = {f"case-{number}": f"lab-{number}" for number in range(len(some))}
    profile = {"description": "of a test", "default": "lab-0", "routes": routes}
    routing = {"active": "bench", "profiles": {"bench": profile}}
    (tree / "routing_profiles.toml").write_text(document_text(routing), encoding="utf-8")


def differing(release: str, some: Sequence[Case]) -> Iterator[str]:
    """The cases whose requests differ, with both."""
    made = environment(release)
    authority = trustme.CA()
    context = None
    if some[0].sdk in HOSTS:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(*sorted(set(HOSTS.values()))).configure_cert(context)
    with tempfile.TemporaryDirectory(prefix="pipedeck-recording-") as name:
        folder = Path(name).resolve()
        bundle = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(bundle))
        (folder / "home").mkdir()
        variables = {"LAB_KEY": KEY, **AWS}
        trusted = {"SSL_CERT_FILE": str(bundle), "AWS_CA_BUNDLE": str(bundle)} if context else {}
        with Server({"*": reply}, context) as server:
            write_project(made.stock, some, server, folder / "project")
            picks = [Pick(f"lab-{number}", f"case-{number}", "llm", case.sdk) for number, case in enumerate(some)]
            theirs: list[Received | str] = []
            for pick, made_call in zip(
                picks,
                ask(
                    made,
                    client_folders(made),
                    folder / "project",
                    folder / "home",
                    {**variables, **trusted},
                    picks,
                    port=server.port,
                ),
                strict=True,
            ):
                # Some releases fail on their report after the answer of a model.
                if made_call["left"] or len(server.requests) == len(some):
                    request = server.requests[sum(isinstance(item, tuple) for item in theirs)]
                    theirs.append(received(request, request.headers["host"].partition(":")[0]))
                else:
                    theirs.append(f"{pick.sdk}: {made_call['message']}")
            yield from _compared(release, some, theirs, server if context is None else None, folder, variables)


def _compared(
    release: str,
    some: Sequence[Case],
    theirs: Sequence[Received | str],
    server: Server | None,
    folder: Path,
    variables: Mapping[str, str],
) -> Iterator[str]:
    """The differences of pipedeck's requests, sent to `server` or to one in place of the fixed hosts."""
    environ = {"HOME": str(folder / "home"), **variables}
    project = str(folder / "project")
    report = inspect_tree(project, release=release, environ=environ, cwd=project)
    specs = {spec.handle: spec for spec in report.catalog.specs if spec.handle.startswith("case-")}
    with Server({"*": reply}) as stand_in:
        target = server or stand_in
        origins = {f"https://{host}": stand_in.url for host in HOSTS.values()} if server is None else {}
        for number, (case, right) in enumerate(zip(some, theirs, strict=True)):
            target.requests.clear()
            plan = plan_completion(
                report.catalog, specs[f"case-{number}"], PlanOptions(trust=TrustAll(), stand_ins=origins)
            ).plan
            plain = plan_completion(report.catalog, specs[f"case-{number}"], PlanOptions(trust=TrustAll())).plan
            run_plans([plan])
            host = plain.requests[0].address.host if plain.requests else ""
            ours = received(target.requests[0], host) if target.requests else None
            if ours != right:
                yield f"{release} {case}\n  pipedeck: {ours}\n  release:  {right}"


def main(releases: Sequence[str]) -> int:
    """Print what differs, and the count of what agrees."""
    wrong = 0
    for release in releases or RELEASES:
        some = cases(release)
        lines = [line for part in some for line in differing(release, part)]
        count = sum(map(len, some))
        print("\n".join([*lines, f"{release}: {count - len(lines)} of {count} requests agree"]))
        wrong += len(lines)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
