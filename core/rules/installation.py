"""Rules about the installed Pipelex: contradicting releases, missing packages, sdks without a worker."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics import installation_codes
from core.formatting import counted
from core.installation.readiness import install_command
from core.problems import Problem
from core.rules.context import RuleContext, depends_on, problem
from core.suggest import did_you_mean


def contradictions(context: RuleContext) -> Iterator[Problem]:
    """Sources that name another release than the one answered for."""
    installation = context.catalog.installation
    for sentence in installation.contradictions if installation is not None else ():
        yield problem(
            installation_codes.RELEASE_CONTRADICTION,
            sentence,
            None,
            fix="install the pinned release, or name one with --release",
        )


def passed_over(notes: tuple[str, ...]) -> Iterator[Problem]:
    """Environments in which no release was found: `--python`, `$VIRTUAL_ENV`, the `pipelex` on `$PATH`."""
    for note in notes:
        yield problem(installation_codes.ENVIRONMENT_PASSED_OVER, note, None)


def _models_called(context: RuleContext) -> tuple[object, ...]:
    return context.catalog.specs, context.cache.same("enabled", context.catalog.enabled)


@depends_on(_models_called)
def missing_packages(context: RuleContext) -> Iterator[Problem]:
    """Packages that the models of an enabled backend import and the environment lacks: one problem a backend."""
    catalog, installation = context.catalog, context.catalog.installation
    if installation is None or installation.packages is None:
        return
    for backend in context.enabled_backends:
        missing: dict[str, list[str]] = {}
        for spec in catalog.specs_by_backend.get(backend.name, ()):
            for name in catalog.readiness.missing_packages(spec.model_type, spec.sdk or ""):
                missing.setdefault(name, []).append(spec.sdk or "")
        for name, sdks in missing.items():
            yield problem(
                installation_codes.PACKAGE_MISSING,
                f"backend `{backend.name}`: {counted(len(sdks), 'model')} cannot be called, because the package"
                f" `{name}` is not installed in {installation.where}",
                backend.place,
                fix=install_command(installation, name, sdks[0]),
                cause=f"package {name}",
                subject=backend.name,
            )


@depends_on(_models_called)
def unregistered_sdks(context: RuleContext) -> Iterator[Problem]:
    """Models whose sdk no worker of the release serves."""
    catalog = context.catalog
    enabled = frozenset(catalog.enabled)
    for spec in catalog.specs:
        if spec.backend not in enabled or spec.sdk is None:
            continue
        if (spec.model_type, spec.sdk) in catalog.readiness.disabled:
            continue
        if catalog.readiness.is_unregistered(spec.model_type, spec.sdk):
            sdks = [sdk for model_type, sdk in catalog.readiness.workers if model_type == spec.model_type]
            yield problem(
                installation_codes.SDK_UNREGISTERED,
                f"model `{spec.handle}`: Pipelex {catalog.release} has no {spec.model_type} worker for the sdk"
                f" `{spec.sdk}`",
                spec.origin("sdk") or spec.place,
                fix=did_you_mean(spec.sdk, sdks) or f"use one of {', '.join(sdks)}",
                subject=spec.handle,
            )


RULES = (contradictions, missing_packages, unregistered_sdks)
