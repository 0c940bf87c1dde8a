"""Diagnostics of backends: their tables, files, endpoints, keys and variables."""

from __future__ import annotations

from core.diagnostics.diagnostic import Check, Diagnostic, Severity

_OUTSIDE = "variables are set in the environment or a .env file, not in the tree"

BACKEND_NOT_A_TABLE = Diagnostic(
    "backend-not-a-table",
    Severity.ERROR,
    Check.BACKENDS,
    "A top-level entry of `backends.toml` is not a table.",
    "Every table there is a backend; the release crashes on anything else.",
    "openai = true",
    "Write a table: `[openai]` with `enabled = true`.",
)
BACKEND_INVALID = Diagnostic(
    "backend-invalid",
    Severity.ERROR,
    Check.BACKENDS,
    "A field of a backend has a value of the wrong type.",
    "The release validates enabled backends strictly and stops.",
    "endpoint = 8080",
    "Write a value of the expected type.",
)
BACKEND_FILE_MISSING = Diagnostic(
    "backend-file-missing",
    Severity.ERROR,
    Check.MODELS,
    "An enabled backend has no file with its models.",
    "The release reads `backends/NAME.toml` of every enabled backend and stops.",
    "[mistral] in backends.toml, but no backends/mistral.toml",
    "Create the file, or turn the backend off.",
)
BACKEND_WITHOUT_MODELS = Diagnostic(
    "backend-without-models",
    Severity.ERROR,
    Check.MODELS,
    "The file of an enabled backend declares no model.",
    "From 0.73 on the release stops, except for `internal`.",
    "an empty backends/mistral.toml",
    "Declare a model, or turn the backend off.",
)
BACKEND_FILE_ORPHAN = Diagnostic(
    "backend-file-orphan",
    Severity.WARNING,
    Check.MODELS,
    "A file in `backends/` belongs to no backend of `backends.toml`.",
    "It is never read: the models it declares do not exist.",
    "backends/groq.toml without [groq] in backends.toml",
    "Add the backend to `backends.toml`, or remove the file.",
    "the file may be meant for future use: adding the backend and deleting the file are both possible",
)
BACKEND_KEY_UNKNOWN = Diagnostic(
    "backend-key-unknown",
    Severity.WARNING,
    Check.BACKENDS,
    "A key of a backend looks like a misspelled known key.",
    "Unknown keys of a backend are kept as extra configuration, so a typo has no effect and no error.",
    'endpont = "https://api.example.com/v1"',
    "Correct the key's spelling.",
)
EXTRA_CONFIG_IGNORED = Diagnostic(
    "extra-config-ignored",
    Severity.WARNING,
    Check.BACKENDS,
    "A backend has a table `extra_config`.",
    "Pipelex builds extra configuration from the backend's unknown keys and ignores this table.",
    'extra_config = { region = "eu" }',
    "Write the keys directly in the backend's table.",
)
ENDPOINT_PLAIN_HTTP = Diagnostic(
    "endpoint-plain-http",
    Severity.WARNING,
    Check.BACKENDS,
    "The endpoint of a backend is plain http to another machine.",
    "API keys and prompts can be read on the network.",
    'endpoint = "http://llm.example.com/v1"',
    "Use https. A host on this machine (localhost) may use http.",
    "the endpoint may not answer over https",
)
SECRET_LITERAL = Diagnostic(
    "secret-literal",
    Severity.WARNING,
    Check.BACKENDS,
    "An API key is written into a file, as a value or in a comment of a backend's file.",
    "The file is usually under version control, so the key leaks with it.",
    'api_key = "sk-..."',
    'Write `api_key = "${NAME}"`, and set NAME in the environment or ./.env. Delete comments with old keys.',
)
ENDPOINT_INVALID = Diagnostic(
    "endpoint-invalid",
    Severity.ERROR,
    Check.BACKENDS,
    "The endpoint of a backend is missing, empty, has blanks around it, or is not an address.",
    "The release starts, and every call fails: the client connects nowhere.",
    'endpoint = " https://api.example.com/v1"',
    "Write the address alone: https://HOST/PATH.",
)
ENDPOINT_PATH = Diagnostic(
    "endpoint-path",
    Severity.ERROR,
    Check.BACKENDS,
    "The path of an endpoint has a part that the client adds itself, or lacks one that it does not add.",
    "The release starts, and every call asks for a path that the server does not have.",
    'endpoint = "https://api.openai.com/v1/chat/completions"',
    "Write the base address: with `/v1` for OpenAI's client, without it for Anthropic's.",
)
KEY_MISSING = Diagnostic(
    "key-missing",
    Severity.ERROR,
    Check.BACKENDS,
    "A backend names no key, and its provider or its client requires one.",
    "The release starts, and every call fails. With Vertex AI it does not start.",
    "[openai]\nenabled = true",
    'Write `api_key = "${NAME}"`, and set NAME in the environment or ./.env.',
)
KEY_INVALID = Diagnostic(
    "key-invalid",
    Severity.ERROR,
    Check.BACKENDS,
    "The value of a key has quotes, blanks or other characters that no key has.",
    "It cannot be sent, or the provider refuses it.",
    "OPENAI_API_KEY=\u201csk-...\u201d, pasted from a word processor",
    "Set the variable to the key alone.",
    _OUTSIDE,
)
FIELD_MISSING = Diagnostic(
    "field-missing",
    Severity.ERROR,
    Check.BACKENDS,
    "A backend lacks a field without which its client is not built.",
    "The release starts, and every call fails.",
    "[azure_openai] without api_version",
    "Write the field in the backend's table.",
    "only you know the value",
)
GATEWAY_RETIRED = Diagnostic(
    "gateway-retired",
    Severity.ERROR,
    Check.BACKENDS,
    "The tree still uses the Pipelex gateway, removed in 0.73.",
    "From 0.79 on the release refuses trees that enable the gateway or route to it.",
    "[pipelex_gateway]\nenabled = true",
    "Turn it off and route to a backend of your own.",
)
BACKEND_REMOTE = Diagnostic(
    "backend-remote",
    Severity.INFO,
    Check.MODELS,
    "A backend gets its list of models from its server.",
    "References to its models are unknown here, not dead: only the server knows them.",
    "[pipelex_gateway] in 0.18 to 0.72",
    "Nothing to do.",
    "nothing is wrong",
)
BACKEND_LEFT_OUT = Diagnostic(
    "backend-left-out",
    Severity.INFO,
    Check.BACKENDS,
    "The run mode leaves out a backend that is on.",
    "In the run modes of CI the release does not load `vertexai`, whose token it would ask for at the start.",
    "RUN_MODE=ci_test, and [vertexai] with enabled = true",
    "Nothing to do.",
    "nothing is wrong",
)
VARIABLE_MISSING = Diagnostic(
    "variable-missing",
    Severity.ERROR,
    Check.BACKENDS,
    "A variable that an enabled backend needs is empty or not set.",
    "The release fills placeholders before it starts, and stops.",
    'api_key = "${OPENAI_API_KEY}", and OPENAI_API_KEY is not set',
    "Set the variable in the shell or in ./.env, or turn the backend off.",
    _OUTSIDE,
)
VARIABLE_PLACEHOLDER = Diagnostic(
    "variable-placeholder",
    Severity.WARNING,
    Check.BACKENDS,
    "The value of a variable begins with `placeholder`.",
    "The release starts, but every call with this value fails.",
    "OPENAI_API_KEY=placeholder-for-openai",
    "Give the variable its real value.",
    _OUTSIDE,
)
VARIABLE_SPACED = Diagnostic(
    "variable-spaced",
    Severity.WARNING,
    Check.BACKENDS,
    "The value of a variable begins or ends with blanks or a line end.",
    "Providers take them as part of the key and refuse it.",
    'OPENAI_API_KEY="sk-... "',
    "Remove the blanks.",
    _OUTSIDE,
)
VARIABLE_HIDDEN = Diagnostic(
    "variable-hidden",
    Severity.WARNING,
    Check.BACKENDS,
    "An empty line of a `.env` file hides the value that the variable has elsewhere.",
    "`.env` files win over the shell, so the variable counts as not set.",
    "OPENAI_API_KEY= in ./.env, set in the shell",
    "Remove the line, or give it a value.",
    _OUTSIDE,
)
VARIABLE_ELSEWHERE = Diagnostic(
    "variable-elsewhere",
    Severity.WARNING,
    Check.BACKENDS,
    "A variable is not set, but one of a similar name is, or a file that Pipelex does not read sets it.",
    "Pipelex reads variables by their exact name, from the shell, `./.env` and `~/.pipelex/.env`.",
    "OPENAI_API_KEY= in ./.env.local",
    "Correct the name, or move the line to ./.env.",
    _OUTSIDE,
)
PLACEHOLDER_INVALID = Diagnostic(
    "placeholder-invalid",
    Severity.ERROR,
    Check.BACKENDS,
    "A `${...}` placeholder has an unknown prefix, or is in a field that allows none.",
    "The release stops. From 0.75 on only fields that a call sends may hold placeholders.",
    'api_key = "${vault:KEY}"',
    "Use `${NAME}`, `${env:NAME}` or `${secret:NAME}`; write descriptive fields out.",
    "the intended variable or value is unknown",
)
