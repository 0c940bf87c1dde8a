"""Diagnostics of routing: profiles, routes and the backends they send models to."""

from __future__ import annotations

from core.diagnostics.diagnostic import Check, Diagnostic, Severity

ROUTING_INVALID = Diagnostic(
    "routing-invalid",
    Severity.ERROR,
    Check.ROUTING,
    "`routing_profiles.toml` misses a required key, has an unknown key, or a value of the wrong type.",
    "The release validates all profiles strictly, also those that are not active, and stops.",
    "[profiles.all] without a description",
    "Correct the key or the value.",
)
PROFILE_UNKNOWN = Diagnostic(
    "profile-unknown",
    Severity.ERROR,
    Check.ROUTING,
    "The active profile does not exist.",
    "The release stops: no model has a backend.",
    'active = "all_opnai"',
    "Name one of the profiles.",
)
ROUTE_DUPLICATE = Diagnostic(
    "route-duplicate",
    Severity.ERROR,
    Check.ROUTING,
    "A profile has the same pattern in `routes` and in `optional_routes`.",
    "The release stops: the two may go to different backends.",
    '"gpt-*" in both tables',
    "Keep one of the two.",
)
ROUTE_BACKEND_OFF = Diagnostic(
    "route-backend-off",
    Severity.ERROR,
    Check.ROUTING,
    "The active profile sends models to a disabled backend.",
    "The release stops: up to 0.14 when a model takes the route, from 0.15 on always.",
    '"gpt-*" = "openai", and [openai] has enabled = false',
    "Turn the backend on, or send the models elsewhere.",
)
ROUTE_BACKEND_UNKNOWN = Diagnostic(
    "route-backend-unknown",
    Severity.ERROR,
    Check.ROUTING,
    "The active profile sends models to a backend that does not exist.",
    "The release stops: up to 0.14 when a model takes the route, from 0.15 on always.",
    '"gpt-*" = "opnai"',
    "Name a backend of `backends.toml`.",
)
ROUTE_EXACT_MISS = Diagnostic(
    "route-exact-miss",
    Severity.ERROR,
    Check.ROUTING,
    "A route names one model and sends it to a backend that does not declare it.",
    "The release refuses to start over an exact route that cannot be served.",
    '"gpt-4o" = "anthropic"',
    "Send it to a backend that declares it, or declare it there.",
)
ROUTE_NEVER_WINS = Diagnostic(
    "route-never-wins",
    Severity.WARNING,
    Check.ROUTING,
    "A preceding pattern of the profile matches every name that this pattern matches.",
    "The first match wins, so this route has no effect.",
    '"gpt-*" = "openai"\n"gpt-4*" = "azure_openai"',
    "Move the narrower pattern up, or remove it.",
)
ROUTE_MATCHES_NOTHING = Diagnostic(
    "route-matches-nothing",
    Severity.INFO,
    Check.ROUTING,
    "A route matches no model that any backend declares.",
    "It has no effect. A `*` inside a pattern is a warning: only a first or last `*` is a wildcard.",
    '"gpt-*-mini" = "openai"',
    "Correct the pattern, or remove the route.",
)
ROUTE_DROPS_MODELS = Diagnostic(
    "route-drops-models",
    Severity.WARNING,
    Check.ROUTING,
    "A pattern or the default sends models to a backend that does not declare them.",
    "These models are dropped: references to them are dead although an enabled backend declares them.",
    '"*" = "openai", and claude-4-sonnet is declared by anthropic only',
    "Narrow the pattern, add a route for the models, or add a `fallback_order`.",
    "either a narrower pattern or another route is possible",
)
BACKEND_UNUSED = Diagnostic(
    "backend-unused",
    Severity.WARNING,
    Check.ROUTING,
    "An enabled backend gets no model from the active profile.",
    "It needs its variables and its file, and serves nothing.",
    "[mistral] is on, and every route goes to openai",
    "Turn it off, or add a route or a `fallback_order` that reaches it.",
)
FALLBACK_UNKNOWN = Diagnostic(
    "fallback-unknown",
    Severity.INFO,
    Check.ROUTING,
    "A `fallback_order` names a backend that does not exist.",
    "Pipelex skips the name.",
    'fallback_order = ["opnai"]',
    "Correct the name, or remove it.",
)
OPTIONAL_ROUTES_IGNORED = Diagnostic(
    "optional-routes-ignored",
    Severity.WARNING,
    Check.ROUTING,
    "The active profile has `optional_routes`, which this release ignores.",
    "From 0.15 to 0.36 they are accepted without effect.",
    "[profiles.all.optional_routes]",
    "Write them as routes, or upgrade to 0.37 or newer.",
    "as plain routes they are refused while their backend is off",
)
