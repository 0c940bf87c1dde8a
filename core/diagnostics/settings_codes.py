"""Diagnostics of the settings files: `pipelex.toml` and its layers, `telemetry.toml`, the gateway's terms."""

from __future__ import annotations

from core.diagnostics.diagnostic import Check, Diagnostic, Severity

SETTINGS_INVALID = Diagnostic(
    "settings-invalid",
    Severity.ERROR,
    Check.BACKENDS,
    "A setting in `pipelex.toml` or `telemetry.toml` is unknown, missing, or has a value the release refuses.",
    "The release validates all of its settings before it reads the tree, and does not start.",
    "[interpreter.feature_config] left over from an older release",
    "Use a known key with a value of its type, or take the setting out.",
)
SETTINGS_FORMER = Diagnostic(
    "settings-former",
    Severity.WARNING,
    Check.BACKENDS,
    "A setting has the name of a former release, which this release still reads.",
    "From 0.46 on Pipelex translates such a file at every start; one other invalid setting in it ends that.",
    "[cogt.model_deck_config] in a file for 0.92.2",
    "Run `pipelex migrate`, which writes the present names.",
    "`pipelex migrate` rewrites the file",
)
SETTINGS_UNREGISTERED = Diagnostic(
    "settings-unregistered",
    Severity.ERROR,
    Check.BACKENDS,
    "A setting names a method, sink or mode that no plugin registers.",
    "The release looks it up at the start and stops.",
    'runtime.storage.method = "azure" without a plugin for it',
    "Name one that the release has, or install the plugin that provides it.",
    "only you know which one you meant",
)
SETTINGS_PLUGIN_UNKNOWN = Diagnostic(
    "settings-plugin-unknown",
    Severity.WARNING,
    Check.BACKENDS,
    "A setting names what only a plugin may register; no installation is known.",
    "The release stops at the start where no installed plugin registers it.",
    'runtime.secrets.method = "vault" without an environment here',
    "Name the environment that runs Pipelex with --python, or a method that the release has itself.",
    "the plugins are those of another machine",
)
PLUGIN_REQUIRED = Diagnostic(
    "plugin-required",
    Severity.ERROR,
    Check.BACKENDS,
    "`runtime.plugins.disabled` names a plugin that Pipelex cannot start without.",
    "The release stops while it registers its plugins.",
    'runtime.plugins.disabled = ["secrets"]',
    "Take the name out of the list.",
    "an entry of a list is removed by hand",
)
EXECUTION_HOSTED = Diagnostic(
    "execution-hosted",
    Severity.WARNING,
    Check.BACKENDS,
    '`[run] execution = "hosted"`: runs go to the hosted Pipelex API.',
    "The models of this tree are not used, unless a command says --local.",
    '[run]\nexecution = "hosted"',
    'Write execution = "local" to run with this tree.',
    "where runs execute is your decision",
)
SECRETS_ELSEWHERE = Diagnostic(
    "secrets-elsewhere",
    Severity.INFO,
    Check.BACKENDS,
    "`runtime.secrets.method` is not the environment: secrets come from a plugin.",
    "Whether `${secret:NAME}` has a value is unknown here.",
    'runtime.secrets.method = "vault"',
    "Nothing, if the plugin holds the secrets.",
    "the secrets are outside of what is read here",
)
GATEWAY_TERMS = Diagnostic(
    "gateway-terms",
    Severity.ERROR,
    Check.BACKENDS,
    "The Pipelex Gateway is on and its terms are not accepted on this machine.",
    "Releases from 0.18 to 0.72 stop at the start until they are.",
    "pipelex_gateway on, and no ~/.pipelex/pipelex_service.toml",
    "Run `pipelex init`, which asks for consent, or turn `pipelex_gateway` off.",
    "consent is yours to give",
)
PLUGIN_DISABLED = Diagnostic(
    "plugin-disabled",
    Severity.ERROR,
    Check.BACKENDS,
    "Models need a plugin of Pipelex that the settings disable.",
    "The release starts, and a call finds no worker for the sdk.",
    'runtime.plugins.disabled = ["anthropic"]  # and `anthropic` is on',
    "Take the plugin out of the list, or turn the backend off.",
    "only you know which of the two you want",
)
