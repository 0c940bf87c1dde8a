"""Odd transfers: encodings, frames of HTTP/1.1, chains of redirects and forms of JSON, for models and for lists."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Final

from core.probes.availability import Availability
from tests.core.probes.behaviours import BODY, CHAT, ChatRow, ListRow
from tests.support.fake_servers import Behaviour, Talk, answer, raw

_WHOLE: Final = json.loads(BODY)
_JSON: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNKED: Final = _JSON + b"Transfer-Encoding: chunked\r\n\r\n"
_HALF: Final = len(BODY) // 2


def _encoded(body: bytes, encoding: str) -> Behaviour:
    """A completion under a content encoding."""
    return lambda talk: talk.send(raw(body, 200, {"Content-Type": "application/json", "Content-Encoding": encoding}))


def _bytes(data: bytes) -> Behaviour:
    """A response as it is."""
    return lambda talk: talk.send(data)


def _answered(head: bytes, body: bytes = BODY) -> Behaviour:
    """A completion below a head of its own."""
    return _bytes(head + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)


def _stored_zstd(body: bytes) -> bytes:
    """A text in a frame of Zstandard without compression (RFC 8878)."""
    return b"\x28\xb5\x2f\xfd\x20" + bytes([len(body)]) + (len(body) << 3 | 1).to_bytes(3, "little") + body


def _hops(count: int) -> Behaviour:
    """A chain of redirects of the same origin, then the completion."""

    def behave(talk: Talk) -> None:
        hop = int(talk.request.target.partition("hop=")[2] or 0)
        if hop == count:
            return CHAT(talk)
        return talk.send(raw(b"", 307, {"Location": f"/v1/chat/completions?hop={hop + 1}"}))

    return behave


def _wants_cookie(talk: Talk) -> None:
    """Set a cookie with a redirect, and answer requests with it."""
    if "visit=1" in talk.request.headers.get("cookie", ""):
        return CHAT(talk)
    return talk.send(raw(b"", 307, {"Location": "/v1/chat/completions", "Set-Cookie": "visit=1; Path=/"}))


def _dripping(talk: Talk) -> None:
    """Send a completion in parts, each after a moment."""
    talk.send(raw(b"", length=len(BODY), headers={"Content-Type": "application/json"}))
    for start in range(0, len(BODY), 20):
        talk.delay(0.02)
        talk.send(BODY[start : start + 20])


def _content(content: object, **choice: object) -> Behaviour:
    """A completion with a content."""
    message = {"role": "assistant", "content": content}
    return answer({**_WHOLE, "choices": [{"index": 0, "finish_reason": "stop", "message": message, **choice}]})


def _ids(*ids: object) -> Behaviour:
    """A list with these ids, of a server that lists all its models."""
    return answer({"object": "list", "data": [{"id": name, "owned_by": "vllm"} for name in ids]})


_WORDS: Final = {
    "bad_response": "the response does not have the format of this provider",
    "bad_response/encoding": "the response cannot be decompressed",
    "bad_response/no_answer": "the response is not that of a model",
    "bad_response/not_json": "the response is not JSON, but maybe a login page",
    "bad_response/redirect_loop": "the server redirects in a circle, or to no address",
    "bad_response/reset": "the connection was closed",
    "bad_response/shape": "the response is not a list of models",
    "ok/key_unproven": "reached; the key is not verified by this request",
}
"""The message of each outcome."""


def _answers(name: str, behaviour: Behaviour) -> ChatRow:
    """A behaviour that Pipelex takes a text from."""
    return ChatRow(name, behaviour, "", "ok/answered", "reached; a model answered")


def _fails(name: str, behaviour: Behaviour, error: str, status: str) -> ChatRow:
    """A behaviour that Pipelex has an error for."""
    return ChatRow(name, behaviour, error, status, _WORDS[status])


def _listed(name: str, behaviour: Behaviour, status: str, model: Availability) -> ListRow:
    """A behaviour of a list."""
    return ListRow(name, behaviour, status, model, _WORDS[status])


TRANSFER_CHATS: Final = (
    _answers("a completion in deflate", _encoded(zlib.compress(BODY), "deflate")),
    _answers("a completion in deflate without its frame", _encoded(zlib.compress(BODY)[2:-4], "deflate")),
    _answers("a completion in gzip twice", _encoded(gzip.compress(gzip.compress(BODY)), "gzip, gzip")),
    _fails(
        "a completion in two members of gzip",
        _encoded(gzip.compress(BODY[:_HALF]) + gzip.compress(BODY[_HALF:]), "gzip"),
        "JSONDecodeError",
        "bad_response/not_json",
    ),
    _fails(
        "a completion in gzip, cut off",
        _encoded(gzip.compress(BODY)[:-20], "gzip"),
        "JSONDecodeError",
        "bad_response/not_json",
    ),
    _fails("gzip that is none", _encoded(BODY, "gzip"), "LLMCompletionError", "bad_response/encoding"),
    _fails(
        "a completion in Zstandard", _encoded(_stored_zstd(BODY), "zstd"), "UnicodeDecodeError", "bad_response/encoding"
    ),
    _answers("Brotli that is none", _encoded(BODY, "br")),
    _answers("an encoding of no name", _encoded(BODY, "x-unknown")),
    _answers("an encoding of identity", _encoded(BODY, "identity")),
    _answers("chunks with trailers", _bytes(_CHUNKED + b"%x\r\n" % len(BODY) + BODY + b"\r\n0\r\nX-Sum: 1\r\n\r\n")),
    _answers("chunks with extensions", _bytes(_CHUNKED + b"%x;a=b\r\n" % len(BODY) + BODY + b"\r\n0;c\r\n\r\n")),
    _answers(
        "chunks beside a length",
        _bytes(
            _JSON
            + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BODY)
            + BODY
            + b"\r\n0\r\n\r\n"
        ),
    ),
    _fails(
        "a chunk of a wrong size",
        _bytes(_CHUNKED + b"5\r\n" + BODY + b"\r\n0\r\n\r\n"),
        "LLMCompletionError",
        "bad_response/reset",
    ),
    _fails(
        "a length below zero",
        _bytes(_JSON + b"Content-Length: -5\r\n\r\n" + BODY),
        "LLMCompletionError",
        "bad_response/reset",
    ),
    _fails(
        "two lengths that differ",
        _bytes(_JSON + b"Content-Length: 5\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY),
        "LLMCompletionError",
        "bad_response/reset",
    ),
    _answers(
        "a wait for more before the answer",
        _answered(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + _JSON),
    ),
    _fails(
        "a switch of protocols",
        _bytes(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n" + BODY),
        "LLMCompletionError",
        "bad_response/reset",
    ),
    _answers("a status line without a reason", _answered(b"HTTP/1.1 200\r\n")),
    _answers("a status line of HTTP/1.2", _answered(b"HTTP/1.2 200 OK\r\n")),
    _answers("lines that end in a line feed", _bytes(b"HTTP/1.1 200 OK\nContent-Length: %d\n\n" % len(BODY) + BODY)),
    _answers("a header over two lines", _answered(_JSON + b"X-Long: a\r\n b\r\n")),
    _fails("a header without a name", _answered(_JSON + b": a\r\n"), "LLMCompletionError", "bad_response/reset"),
    _fails("a header with a NUL", _answered(_JSON + b"X-Odd: a\0b\r\n"), "LLMCompletionError", "bad_response/reset"),
    _answers("a header of 60 kB", _answered(_JSON + b"X-Long: " + b"a" * 60_000 + b"\r\n")),
    _fails(
        "a header of 200 kB",
        _answered(_JSON + b"X-Long: " + b"a" * 200_000 + b"\r\n"),
        "LLMCompletionError",
        "bad_response/reset",
    ),
    _answers("300 headers", _answered(_JSON + b"".join(b"X-%d: a\r\n" % number for number in range(300)))),
    _answers("an answer in drops", _dripping),
    _answers("a chain of three redirects", _hops(3)),
    _answers("a chain of twelve redirects", _hops(12)),
    _fails("a chain of thirty redirects", _hops(30), "LLMCompletionError", "bad_response/redirect_loop"),
    _answers("a redirect that sets a cookie", _wants_cookie),
    _fails(
        "several choices of a place",
        answer(b"", 300, {"Location": "/moved/chat"}),
        "LLMCompletionError",
        "bad_response",
    ),
    _answers("a redirect 303 of the same origin", answer(b"", 303, {"Location": "/moved/chat"})),
    _fails("not modified", _bytes(b"HTTP/1.1 304 Not Modified\r\n\r\n"), "LLMCompletionError", "bad_response"),
    _answers("a part of the content", answer(BODY, 206)),
    _answers("a reset of the content", answer(BODY, 205)),
    _answers("a completion in UTF-16", answer(BODY.decode().encode("utf-16"))),
    _answers("a completion in UTF-16 without a mark", answer(BODY.decode().encode("utf-16-le"))),
    _answers("a completion in UTF-32", answer(BODY.decode().encode("utf-32-be"))),
    _answers("NaN and infinity", answer(BODY[:-1] + b', "a": NaN, "b": -Infinity}')),
    _fails(
        "a number of 5,000 digits",
        answer(BODY[:-1] + b', "a": ' + b"1" * 5000 + b"}"),
        "ValueError",
        "bad_response/not_json",
    ),
    _answers("keys that are repeated", answer(b'{"choices": [], ' + BODY[1:])),
    _answers("400 levels of nested lists", answer(BODY[:-1] + b', "a": ' + b"[" * 400 + b"]" * 400 + b"}")),
    _fails("a word after the JSON", answer(BODY + b" done"), "JSONDecodeError", "bad_response/not_json"),
    _fails("two lines of JSON", answer(BODY + b"\n" + BODY), "JSONDecodeError", "bad_response/not_json"),
    _answers("half of a pair of UTF-16", answer(BODY.replace(b"pong", rb"p\ud800"))),
    _fails("a content in parts", _content([{"type": "text", "text": "pong"}]), "TypeError", "bad_response/no_answer"),
    _fails("a content that is a number", _content(5), "TypeError", "bad_response/no_answer"),
    _fails("a content that is a table", _content({"text": "pong"}), "TypeError", "bad_response/no_answer"),
    _answers("no reason for the end", _content("pong", finish_reason=None)),
    _answers("an unknown reason for the end", _content("pong", finish_reason="eos")),
    _fails("a choice of null", answer({**_WHOLE, "choices": [None]}), "AttributeError", "bad_response/no_answer"),
    _fails("choices as a text", answer({**_WHOLE, "choices": "pong"}), "AttributeError", "bad_response/no_answer"),
    _fails(
        "the events of a stream that is cut off",
        answer(b"data: {", headers={"Content-Type": "text/event-stream"}),
        "AttributeError",
        "bad_response/not_json",
    ),
    _answers("a completion called a web page", answer(BODY, headers={"Content-Type": "text/html"})),
    _answers("a completion called a stream of events", answer(BODY, headers={"Content-Type": "text/event-stream"})),
)

TRANSFER_LISTS: Final = (
    _listed("models by id", answer({"data": {"m0": {"object": "model"}}}), "bad_response/shape", Availability.UNKNOWN),
    _listed(
        "models by id without a key",
        answer({"m0": {"object": "model"}, "b": {}}),
        "bad_response/shape",
        Availability.UNKNOWN,
    ),
    _listed("an id of another case", _ids("M0"), "ok/key_unproven", Availability.NOT_SERVED),
    _listed("an id with blanks", _ids(" m0 "), "ok/key_unproven", Availability.NOT_SERVED),
    _listed("an id with control characters", _ids("m0\x1b[31m", "m\n0"), "ok/key_unproven", Availability.NOT_SERVED),
    _listed("an id beside empty ones", _ids("", None, "m0"), "ok/key_unproven", Availability.SERVED),
    _listed("numbers for ids", _ids(5, 6), "bad_response/shape", Availability.UNKNOWN),
    _listed("a number beside an id", _ids(5, "m0"), "ok/key_unproven", Availability.SERVED),
    _listed("ids that are repeated", _ids("m0", "m0", "m0"), "ok/key_unproven", Availability.SERVED),
    _listed("ids that are tables", _ids({"name": "m0"}), "bad_response/shape", Availability.UNKNOWN),
    _listed("an id that is too long", _ids("m" * 600), "bad_response/shape", Availability.UNKNOWN),
    _listed("entries of null", answer({"data": [None, None]}), "bad_response/shape", Availability.UNKNOWN),
    _listed("a list of texts", answer(["m0", "b"]), "ok/key_unproven", Availability.SERVED),
    _listed("a list of null", answer({"data": None}), "bad_response/shape", Availability.UNKNOWN),
    _listed("a list as a text", answer({"data": "m0"}), "bad_response/shape", Availability.UNKNOWN),
    _listed("a list in lists", answer({"data": [["m0"]]}), "bad_response/shape", Availability.UNKNOWN),
    _listed(
        "a list in a table of data",
        answer({"data": {"models": [{"id": "m0"}]}}),
        "bad_response/shape",
        Availability.UNKNOWN,
    ),
    _listed(
        "a next page that is the same",
        answer({"data": [{"id": "b"}], "next": "/v1/models"}),
        "ok/key_unproven",
        Availability.UNKNOWN,
    ),
    _listed(
        "a cursor that never ends",
        answer({"data": [{"id": "b"}], "next_cursor": "x", "has_more": True}),
        "ok/key_unproven",
        Availability.UNKNOWN,
    ),
    _listed(
        "a list in gzip",
        _encoded(gzip.compress(b'{"data": [{"id": "m0"}]}'), "gzip"),
        "ok/key_unproven",
        Availability.SERVED,
    ),
    _listed(
        "a list in UTF-16", answer('{"data": [{"id": "m0"}]}'.encode("utf-16")), "ok/key_unproven", Availability.SERVED
    ),
    _listed(
        "a list with NaN",
        answer(b'{"data": [{"id": "m0", "context_length": NaN}]}'),
        "ok/key_unproven",
        Availability.SERVED,
    ),
    _listed(
        "a list as events",
        answer(b'data: {"data": [{"id": "m0"}]}\n\n', headers={"Content-Type": "text/event-stream"}),
        "bad_response/not_json",
        Availability.UNKNOWN,
    ),
    _listed(
        "no content for a list",
        _bytes(b"HTTP/1.1 204 No Content\r\n\r\n"),
        "bad_response/not_json",
        Availability.UNKNOWN,
    ),
    _listed("a list under 203", answer({"data": [{"id": "m0"}]}, 203), "ok/key_unproven", Availability.SERVED),
    _listed(
        "a list that was not modified",
        _bytes(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
        "bad_response",
        Availability.UNKNOWN,
    ),
)
