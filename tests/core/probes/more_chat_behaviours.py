"""Further odd behaviours of models, with the errors of Pipelex 0.92.2: forms of answers, of HTTP, and refusals."""

from __future__ import annotations

import gzip
import json
from typing import Final

from tests.core.probes.behaviours import BODY, ChatRow, redirect_to_chat
from tests.support.fake_servers import Behaviour, answer, raw

_WHOLE: Final = json.loads(BODY)
_JSON: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def _with(**more: object) -> Behaviour:
    """A completion with further keys."""
    return answer({**_WHOLE, **more})


def _message(**fields: object) -> Behaviour:
    """A completion whose message has these fields."""
    message = {"role": "assistant", "content": "pong", **fields}
    return _with(choices=[{"index": 0, "finish_reason": "stop", "message": message}])


MORE_CHATS: Final = (
    ChatRow(
        "a completion after a byte order mark",
        answer(b"\xef\xbb\xbf" + BODY),
        "",
        "ok/answered",
        "reached; a model answered",
    ),
    ChatRow(
        "a completion with blanks around it",
        answer(b"\n \n" + BODY + b"\n"),
        "",
        "ok/answered",
        "reached; a model answered",
    ),
    ChatRow(
        "a completion in gzip",
        lambda talk: talk.send(
            raw(gzip.compress(BODY), 200, {"Content-Type": "application/json", "Content-Encoding": "gzip"})
        ),
        "",
        "ok/answered",
        "reached; a model answered",
    ),
    ChatRow("a completion under 201", answer(BODY, 201), "", "ok/answered", "reached; a model answered"),
    ChatRow("a completion under 202", answer(BODY, 202), "", "ok/answered", "reached; a model answered"),
    ChatRow(
        "an empty answer under 200",
        answer(b""),
        "JSONDecodeError",
        "bad_response/not_json",
        "the response is not JSON, but maybe a login page",
    ),
    ChatRow(
        "no content",
        lambda talk: talk.send(raw(b"", 204, {})),
        "AttributeError",
        "bad_response/not_json",
        "the response is not JSON, but maybe a login page",
    ),
    ChatRow(
        "null", answer(b"null"), "AttributeError", "bad_response/no_answer", "the response is not that of a model: null"
    ),
    ChatRow(
        "a list", answer([_WHOLE]), "AttributeError", "bad_response/no_answer", "the response is not that of a model"
    ),
    ChatRow(
        "a text", answer(b'"pong"'), "AttributeError", "bad_response/no_answer", "the response is not that of a model"
    ),
    ChatRow(
        "a number", answer(b"5"), "AttributeError", "bad_response/no_answer", "the response is not that of a model"
    ),
    ChatRow(
        "a refusal in place of a content",
        _message(content=None, refusal="I cannot"),
        "LLMCompletionError",
        "bad_response/no_answer",
        "the response is not that of a model",
    ),
    ChatRow(
        "a tool call in place of a content",
        _message(
            content=None, tool_calls=[{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
        ),
        "LLMCompletionError",
        "bad_response/no_answer",
        "the response is not that of a model",
    ),
    ChatRow(
        "reasoning in place of a content",
        _message(content=None, reasoning_content="thinking"),
        "LLMCompletionError",
        "bad_response/no_answer",
        "the response is not that of a model",
    ),
    ChatRow(
        "reasoning beside an empty content",
        _message(content="", reasoning_content="thinking"),
        "",
        "ok/answered",
        "reached; a model answered",
    ),
    ChatRow(
        "an answer cut by its length",
        answer(
            {
                **_WHOLE,
                "choices": [{"index": 0, "finish_reason": "length", "message": {"role": "assistant", "content": "po"}}],
            }
        ),
        "LLMCompletionTruncatedError",
        "bad_response/cut_off",
        "the model's answer is cut off or held back, and Pipelex takes no text from it",
    ),
    ChatRow(
        "an answer stopped by a filter",
        answer(
            {
                **_WHOLE,
                "choices": [
                    {"index": 0, "finish_reason": "content_filter", "message": {"role": "assistant", "content": ""}}
                ],
            }
        ),
        "LLMCompletionRefusedError",
        "bad_response/cut_off",
        "the model's answer is cut off or held back, and Pipelex takes no text from it",
    ),
    ChatRow("a completion without a usage", _with(), "", "ok/answered", "reached; a model answered"),
    ChatRow("a usage of null", _with(usage=None), "", "ok/answered", "reached; a model answered"),
    ChatRow(
        "a usage of texts",
        _with(usage={"prompt_tokens": "1", "completion_tokens": "1", "total_tokens": "2"}),
        "",
        "ok/answered",
        "reached; a model answered",
    ),
    ChatRow("a completion of another model", _with(model="other"), "", "ok/answered", "reached; a model answered"),
    ChatRow(
        "a completion without a model",
        answer({k: v for k, v in _WHOLE.items() if k != "model"}),
        "",
        "ok/answered",
        "reached; a model answered",
    ),
    ChatRow(
        "two choices",
        answer({**_WHOLE, "choices": _WHOLE["choices"] * 2}),
        "",
        "ok/answered",
        "reached; a model answered",
    ),
    ChatRow(
        "choices as a table",
        answer({**_WHOLE, "choices": {"0": _WHOLE["choices"][0]}}),
        "KeyError",
        "bad_response/no_answer",
        "the response is not that of a model",
    ),
    ChatRow(
        "a choice with a text",
        answer(
            {**_WHOLE, "object": "text_completion", "choices": [{"index": 0, "text": "pong", "finish_reason": "stop"}]}
        ),
        "AttributeError",
        "bad_response/no_answer",
        "the response is not that of a model",
    ),
    ChatRow(
        "an answer of Anthropic",
        answer({"id": "x", "type": "message", "role": "assistant", "content": [{"type": "text", "text": "pong"}]}),
        "LLMCompletionError",
        "bad_response/no_answer",
        "the response is not that of a model",
    ),
    ChatRow(
        "an answer of Ollama",
        answer({"model": "m0", "message": {"role": "assistant", "content": "pong"}, "done": True}),
        "LLMCompletionError",
        "bad_response/no_answer",
        "the response is not that of a model",
    ),
    ChatRow(
        "an answer of Google",
        answer({"candidates": [{"content": {"parts": [{"text": "pong"}]}}]}),
        "LLMCompletionError",
        "bad_response/no_answer",
        "the response is not that of a model",
    ),
    ChatRow(
        "the events of a stream as JSON",
        answer({**_WHOLE, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "pong"}}]}),
        "AttributeError",
        "bad_response/no_answer",
        "the response is not that of a model",
    ),
    ChatRow(
        "an answer in Latin-1",
        answer(BODY.replace(b"pong", "p\xf6ng".encode("latin-1"))),
        "UnicodeDecodeError",
        "bad_response/not_json",
        "the response is not JSON, but maybe a login page",
    ),
    ChatRow("an answer with a NUL", _message(content="po\u0000ng"), "", "ok/answered", "reached; a model answered"),
    ChatRow(
        "an answer with escape codes",
        _message(content="\x1b[31mpong\x1b[0m"),
        "",
        "ok/answered",
        "reached; a model answered",
    ),
    ChatRow(
        "a repeated length",
        lambda talk: talk.send(
            _JSON + b"Content-Length: %d\r\nContent-Length: %d\r\n\r\n" % (len(BODY), len(BODY)) + BODY
        ),
        "",
        "ok/answered",
        "reached; a model answered",
    ),
    ChatRow(
        "a length that is too long",
        lambda talk: talk.send(_JSON + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % (len(BODY) + 50) + BODY),
        "LLMCompletionError",
        "bad_response/reset",
        "the connection was closed",
    ),
    ChatRow(
        "a length that is too short",
        lambda talk: talk.send(_JSON + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % (len(BODY) - 20) + BODY),
        "JSONDecodeError",
        "bad_response/not_json",
        "the response is not JSON, but maybe a login page",
    ),
    ChatRow(
        "no length and a closed connection",
        lambda talk: talk.send(_JSON + b"Connection: close\r\n\r\n" + BODY),
        "",
        "ok/answered",
        "reached; a model answered",
    ),
    ChatRow(
        "chunks",
        lambda talk: talk.send(
            _JSON + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BODY) + BODY + b"\r\n0\r\n\r\n"
        ),
        "",
        "ok/answered",
        "reached; a model answered",
    ),
    ChatRow(
        "chunks without an end",
        lambda talk: talk.send(
            _JSON + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n%x\r\n" % len(BODY) + BODY + b"\r\n"
        ),
        "LLMCompletionError",
        "bad_response/reset",
        "the connection was closed",
    ),
    ChatRow(
        "an answer of HTTP/1.0",
        lambda talk: talk.send(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + BODY),
        "",
        "ok/answered",
        "reached; a model answered",
    ),
    ChatRow(
        "a notice before the answer",
        lambda talk: talk.send(
            b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + raw(BODY, 200, {"Content-Type": "application/json"})
        ),
        "",
        "ok/answered",
        "reached; a model answered",
    ),
    ChatRow(
        "no status line",
        lambda talk: talk.send(BODY),
        "LLMCompletionError",
        "bad_response/reset",
        "the connection was closed",
    ),
    ChatRow(
        "another protocol",
        lambda talk: talk.send(b"SSH-2.0-OpenSSH_9.6\r\n"),
        "LLMCompletionError",
        "bad_response/reset",
        "the connection was closed",
    ),
    ChatRow(
        "a permanent redirect of the same origin", redirect_to_chat(308), "", "ok/answered", "reached; a model answered"
    ),
    ChatRow("a redirect 301 of the same origin", redirect_to_chat(301), "", "ok/answered", "reached; a model answered"),
    ChatRow(
        "a redirect without a place",
        lambda talk: talk.send(raw(b"", 307, {})),
        "LLMCompletionError",
        "bad_response/redirect_loop",
        "the server redirects in a circle, or to no address",
    ),
    ChatRow(
        "a redirect to itself",
        lambda talk: talk.send(raw(b"", 307, {"Location": "/v1/chat/completions"})),
        "LLMCompletionError",
        "bad_response/redirect_loop",
        "the server redirects in a circle, or to no address",
    ),
    ChatRow(
        "a key that is missing",
        answer({"error": {"message": "You didn't provide an API key."}}, 401),
        "LLMCompletionError",
        "unauthorized",
        "the key is rejected: You didn't provide an API key.",
    ),
    ChatRow(
        "a key without rights to the model",
        answer({"error": {"message": "Project does not have access to model m0", "code": "model_not_found"}}, 403),
        "LLMCompletionError",
        "not_found/model",
        "unknown model: Project does not have access to model m0",
    ),
    ChatRow(
        "a key from another place",
        answer(
            {
                "error": {
                    "message": "Country, region, or territory not supported",
                    "code": "unsupported_country_region_territory",
                }
            },
            403,
        ),
        "LLMCompletionError",
        "forbidden/region",
        "the provider does not serve this country or region: Country, region, or territory not supported",
    ),
    ChatRow(
        "an account that is blocked",
        answer(
            {
                "error": {
                    "message": "Your account is not active, please check your billing details",
                    "code": "billing_not_active",
                }
            },
            429,
        ),
        "LLMCompletionError",
        "rate_limited/quota",
        "reached, but no credit or quota is left; this does not verify the key: "
        "Your account is not active, please check your billing details",
    ),
    ChatRow(
        "an unknown model under 400",
        answer({"error": {"message": "Invalid model name passed in model=m0"}}, 400),
        "LLMCompletionError",
        "not_found/model",
        "unknown model: Invalid model name passed in model=m0",
    ),
    ChatRow(
        "an unknown model under 422",
        answer({"detail": "Model Not Found"}, 422),
        "LLMCompletionError",
        "not_found/model",
        "unknown model: Model Not Found",
    ),
    ChatRow(
        "a model that is not pulled",
        answer({"error": {"message": 'model "m0" not found, try pulling it first'}}, 404),
        "LLMModelNotFoundError",
        "not_found/model",
        'unknown model: model "m0" not found, try pulling it first',
    ),
    ChatRow(
        "a model that was retired",
        answer({"error": {"message": "The model m0 has been deprecated", "code": "model_not_found"}}, 410),
        "LLMCompletionError",
        "not_found/model",
        "unknown model: The model m0 has been deprecated",
    ),
    ChatRow(
        "a temperature that is refused",
        answer(
            {
                "error": {
                    "message": "Unsupported value: 'temperature' does not support 0.5",
                    "param": "temperature",
                    "code": "unsupported_value",
                }
            },
            400,
        ),
        "LLMCompletionError",
        "bad_response",
        "the response does not have the format of this provider: Unsupported value: 'temperature' does not support 0.5",
    ),
    ChatRow(
        "a request that is too long",
        answer({"error": {"message": "maximum context length is 10 tokens", "code": "context_length_exceeded"}}, 400),
        "LLMCompletionError",
        "bad_response",
        "the response does not have the format of this provider: maximum context length is 10 tokens",
    ),
    ChatRow(
        "a body that is too large",
        answer(b"<html><title>413</title></html>", 413),
        "LLMCompletionError",
        "bad_response",
        "the response does not have the format of this provider: 413",
    ),
    ChatRow(
        "a method that is not allowed",
        answer(b"", 405),
        "LLMCompletionError",
        "not_found",
        "the server responds, but not at this path",
    ),
    ChatRow(
        "a conflict",
        answer({"error": {"message": "busy"}}, 409),
        "LLMCompletionError",
        "bad_response",
        "the response does not have the format of this provider: busy",
    ),
    ChatRow(
        "a time-out of the server",
        answer({"error": {"message": "Request timed out"}}, 408),
        "LLMCompletionError",
        "timeout/upstream",
        "the provider behind the gateway did not respond: Request timed out",
    ),
    ChatRow(
        "a gateway that waited too long",
        answer(b"<html><title>504 Gateway Time-out</title></html>", 504, {"Server": "nginx"}),
        "LLMCompletionError",
        "server_error/gateway",
        "the gateway responds, but not the server behind it: 504 Gateway Time-out",
    ),
    ChatRow(
        "an origin that is down behind Cloudflare",
        answer(b"<html><title>521</title></html>", 521, {"Server": "cloudflare"}),
        "LLMCompletionError",
        "server_error",
        "the provider has an internal error: 521",
    ),
    ChatRow(
        "a page of Cloudflare",
        answer(
            b"<html><title>Just a moment...</title></html>", 403, {"Server": "cloudflare", "cf-mitigated": "challenge"}
        ),
        "LLMCompletionError",
        "forbidden/in_between",
        "a gateway in front of the provider blocks this machine: Just a moment...",
    ),
    ChatRow(
        "an error as a text",
        answer(b"Internal Server Error", 500, {"Content-Type": "text/plain"}),
        "LLMCompletionError",
        "server_error",
        "the provider has an internal error: Internal Server Error",
    ),
    ChatRow(
        "an error without a body",
        answer(b"", 500),
        "LLMCompletionError",
        "server_error",
        "the provider has an internal error",
    ),
    ChatRow(
        "an error in a list of errors",
        answer({"errors": [{"message": "boom"}]}, 500),
        "LLMCompletionError",
        "server_error",
        "the provider has an internal error: boom",
    ),
    ChatRow(
        "an error with a message of null",
        answer({"error": {"message": None}}, 500),
        "LLMCompletionError",
        "server_error",
        "the provider has an internal error",
    ),
    ChatRow(
        "an error as a bare text",
        answer({"error": "boom"}, 500),
        "LLMCompletionError",
        "server_error",
        "the provider has an internal error: boom",
    ),
    ChatRow(
        "a rate limit in milliseconds",
        answer({"error": {"message": "slow down"}}, 429, {"retry-after-ms": "1500"}),
        "LLMCompletionError",
        "rate_limited",
        "reached, but the rate limit is exceeded; this does not verify the key: slow down (it says: retry after 2 s)",
    ),
    ChatRow(
        "a proxy that wants a password",
        answer(b"", 407, {"Proxy-Authenticate": "Basic realm=p"}),
        "LLMCompletionError",
        "refused/proxy_key",
        "the proxy requires a user name and a password, or refuses them (407)",
    ),
    ChatRow(
        "a legal reason",
        answer({"error": {"message": "blocked"}}, 451),
        "LLMCompletionError",
        "forbidden/region",
        "the provider does not serve this country or region: blocked",
    ),
    ChatRow(
        "a teapot",
        answer(b"", 418),
        "LLMCompletionError",
        "bad_response",
        "the response does not have the format of this provider",
    ),
    ChatRow(
        "an unknown status",
        answer(b"", 299),
        "JSONDecodeError",
        "bad_response/not_json",
        "the response is not JSON, but maybe a login page",
    ),
    ChatRow(
        "a status beyond all",
        lambda talk: talk.send(b"HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n"),
        "LLMCompletionError",
        "server_error",
        "the provider has an internal error",
    ),
)
