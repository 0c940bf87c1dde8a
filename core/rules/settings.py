"""Rules about `pipelex.toml`: runs that go elsewhere, secrets held elsewhere, backends of a disabled plugin."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics import settings_codes
from core.entities import Place
from core.formatting import counted
from core.masking import masked
from core.problems import Problem
from core.rules.context import RuleContext, problem
from core.settings.start import value_at


def hosted_execution(context: RuleContext) -> Iterator[Problem]:
    """`[run] execution = "hosted"`: this tree is not used (0.74 and newer)."""
    settings = context.catalog.settings_in_force
    if value_at(settings.data, "run.execution") == "hosted":
        yield problem(
            settings_codes.EXECUTION_HOSTED,
            '`execution = "hosted"`: runs go to the hosted Pipelex API, and this tree is not used',
            Place(context.catalog.tree.settings, ("run", "execution")),
            fix='write execution = "local", or say --local at a run',
            cause="hosted execution",
            subject="execution",
        )


def secrets_elsewhere(context: RuleContext) -> Iterator[Problem]:
    """A method for secrets that an installed plugin has to provide: its secrets are unknown here."""
    elsewhere = context.catalog.settings_in_force.secrets_method
    if elsewhere is not None:
        path, method = elsewhere
        yield problem(
            settings_codes.SECRETS_ELSEWHERE,
            f"secrets come from `{masked('', method)}`: whether `${{secret:NAME}}` has a value is unknown here",
            Place(context.catalog.tree.settings, path),
            subject="method",
        )


def disabled_plugins(context: RuleContext) -> Iterator[Problem]:
    """Enabled backends with models whose worker belongs to a disabled plugin: one problem a backend and plugin."""
    catalog = context.catalog
    disabled = catalog.readiness.disabled
    for backend in context.enabled_backends if disabled else ():
        models: dict[str, int] = {}
        for spec in catalog.specs_by_backend.get(backend.name, ()):
            plugin = disabled.get((spec.model_type, spec.sdk or ""))
            if plugin is not None:
                models[plugin] = models.get(plugin, 0) + 1
        for plugin, count in models.items():
            yield problem(
                settings_codes.PLUGIN_DISABLED,
                f"backend `{backend.name}`: {counted(count, 'model')} cannot be called, because the plugin `{plugin}`"
                " is disabled in the settings",
                backend.place,
                fix=f"take `{plugin}` out of `plugins.disabled`, or turn `{backend.name}` off",
                cause=f"plugin {plugin}",
                subject=backend.name,
            )


RULES = (hosted_execution, secrets_elsewhere, disabled_plugins)
