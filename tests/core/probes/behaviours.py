"""Odd behaviours of servers: what Pipelex 0.92.2 makes of each, and what pipedeck says.

`python -m tests.conformance.behaviours` repeats the requests with the real client of the release.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from core.probes.availability import Availability
from tests.support.fake_servers import Behaviour, Talk, answer, models, raw, redirect, reset

MODEL: Final = "m0"
BODY: Final = json.dumps(
    {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": MODEL,
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "pong"}}],
    }
).encode()
CHAT: Final = answer(BODY)


@dataclass(frozen=True)
class ListRow:
    """A behaviour of the list, at a server whose models answer: Pipelex asks no list.

    `status` is that of the check, `model` the state of the declared model, `words` the message.
    """

    name: str
    behaviour: Behaviour
    status: str
    model: Availability
    words: str


@dataclass(frozen=True)
class ChatRow:
    """A behaviour of a model. `error` is that of Pipelex, empty if it takes a text; `status` and `words` are ours."""

    name: str
    behaviour: Behaviour
    error: str
    status: str
    words: str


def redirect_to_list(talk: Talk) -> None:
    """Redirect to a list at another path."""
    talk.send(raw(b"", 307, {"Location": "/moved/models"}))


def redirect_to_chat(status: int) -> Behaviour:
    """Redirect to a completion at another path."""
    return lambda talk: talk.send(raw(b"", status, {"Location": "/moved/chat"}))


def routes(row: ListRow | ChatRow) -> dict[str, Behaviour]:
    """The routes of the server of a row."""
    of_list = isinstance(row, ListRow)
    return {
        "/v1/models": row.behaviour if of_list else models(MODEL),
        "/v1/chat/completions": CHAT if of_list else row.behaviour,
        "/moved/models": models(MODEL),
        "/moved/chat": CHAT,
    }


LISTS: Final = (
    ListRow(
        "the list of vLLM",
        models("m0", "b"),
        "ok/key_unproven",
        Availability.SERVED,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "a list of unknown make",
        answer({"data": [{"id": "m0"}]}),
        "ok/key_unproven",
        Availability.SERVED,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "a list of unknown make without the model",
        answer({"data": [{"id": "b"}]}),
        "ok/key_unproven",
        Availability.UNKNOWN,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "a list of LiteLLM without the model",
        answer({"data": [{"id": "b"}]}, headers={"x-litellm-version": "1.106.2"}),
        "ok/key_unproven",
        Availability.NOT_SERVED,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "a list of LiteLLM with a wildcard",
        answer({"data": [{"id": "openai/*"}]}, headers={"x-litellm-version": "1.106.2"}),
        "ok/key_unproven",
        Availability.UNKNOWN,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "a list of llama.cpp without the model",
        answer({"models": [{"name": "b"}], "data": [{"id": "b", "owned_by": "llamacpp"}]}),
        "ok/key_unproven",
        Availability.UNKNOWN,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "a list of Ollama with the latest tag",
        models("m0:latest", owned_by="library"),
        "ok/key_unproven",
        Availability.SERVED,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "a list of LM Studio without the model",
        models("b", owned_by="organization_owner"),
        "ok/key_unproven",
        Availability.UNKNOWN,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "ids with a prefix",
        answer({"data": [{"id": "models/m0"}]}),
        "ok/key_unproven",
        Availability.SERVED,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "an empty list",
        answer({"object": "list", "data": []}),
        "ok/key_unproven",
        Availability.UNKNOWN,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "an empty list beside a full one",
        answer({"data": [], "models": [{"name": "m0"}]}),
        "ok/key_unproven",
        Availability.SERVED,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "more by hasMore",
        answer({"data": [{"id": "b"}], "hasMore": True}),
        "ok/key_unproven",
        Availability.UNKNOWN,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "more by has_next",
        answer({"data": [{"id": "b"}], "has_next": True}),
        "ok/key_unproven",
        Availability.UNKNOWN,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "more by links",
        answer({"data": [{"id": "b"}], "links": {"next": "/v1/models?page=2"}}),
        "ok/key_unproven",
        Availability.UNKNOWN,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "more by total_pages",
        answer({"data": [{"id": "b"}], "page": 1, "total_pages": 3}),
        "ok/key_unproven",
        Availability.UNKNOWN,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "more by total",
        answer({"data": [{"id": "b"}], "total": 40}),
        "ok/key_unproven",
        Availability.UNKNOWN,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "a page cut off",
        answer(b'{"data": [{"id": "m0"}, {"id"'),
        "bad_response/not_json",
        Availability.UNKNOWN,
        "the response is not JSON, but maybe a login page",
    ),
    ListRow(
        "no list",
        answer({"error": {"message": "no such path"}}, 404),
        "not_found/no_list_endpoint",
        Availability.UNKNOWN,
        "the server responds, but has no list of models: no such path",
    ),
    ListRow(
        "a method that is not allowed",
        answer(b"", 405),
        "not_found/no_list_endpoint",
        Availability.UNKNOWN,
        "the server responds, but has no list of models",
    ),
    ListRow(
        "a web page for a list",
        answer(b"<!doctype html><html><title>Chat</title></html>"),
        "bad_response/not_json",
        Availability.UNKNOWN,
        "the response is not JSON, but maybe a login page",
    ),
    ListRow(
        "a word for a list",
        answer({"status": "ok"}),
        "bad_response/shape",
        Availability.UNKNOWN,
        "the response is not a list of models",
    ),
    ListRow(
        "a list for other keys",
        answer({"error": {"message": "missing scopes: api.model.read"}}, 403),
        "forbidden/missing_scope",
        Availability.UNKNOWN,
        "the key is valid, but lacks the permission to list models: missing scopes: api.model.read",
    ),
    ListRow(
        "a forbidden list",
        answer({"detail": "Forbidden"}, 403),
        "forbidden",
        Availability.UNKNOWN,
        "the server refuses the request: Forbidden",
    ),
    ListRow(
        "a list that fails",
        answer({"error": {"message": "boom"}}, 500),
        "server_error",
        Availability.UNKNOWN,
        "the provider has an internal error: boom",
    ),
    ListRow(
        "a list that is rate limited",
        answer({"error": {"message": "slow down"}}, 429, {"Retry-After": "90"}),
        "rate_limited",
        Availability.UNKNOWN,
        "reached, but the rate limit is exceeded; this does not verify the key: slow down (it says: retry after 90 s)",
    ),
    ListRow(
        "a list behind a payment",
        answer({"error": {"message": "Payment required"}}, 402),
        "rate_limited/quota",
        Availability.UNKNOWN,
        "reached, but no credit or quota is left; this does not verify the key: Payment required",
    ),
    ListRow(
        "a list under a redirect of the same origin",
        redirect_to_list,
        "ok/key_unproven",
        Availability.SERVED,
        "reached; the key is not verified by this request",
    ),
    ListRow(
        "a list under a redirect to another origin",
        redirect("https://elsewhere.example/v1/models"),
        "bad_response/redirect",
        Availability.UNKNOWN,
        "the server redirects to another origin; no key is sent there: https://elsewhere.example",
    ),
    ListRow("a list that resets", reset, "bad_response/reset", Availability.UNKNOWN, "the connection was closed"),
    ListRow(
        "a list behind a gateway",
        answer(b"<html><title>502 Bad Gateway</title></html>", 502, {"Server": "nginx"}),
        "server_error/gateway",
        Availability.UNKNOWN,
        "the gateway responds, but not the server behind it: 502 Bad Gateway",
    ),
)
