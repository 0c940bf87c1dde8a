"""Readiness of an installation for the models of a tree: missing workers, and packages that they import."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from core.installation.distributions import Packages
from core.installation.find import Installation
from core.installation.workers import BACKEND_IMPORTS, DISTRIBUTIONS, PART_OF, Worker, workers_of
from core.records import dataclass
from core.releases import Release, is_beyond

BUILT_IN_DISTRIBUTION = "pipelex"
_EXTRA = r"(?m)^Requires-Dist:\s*([A-Za-z0-9._-]+)[^;]*;.*extra\s*==\s*['\"]([^'\"]+)['\"]"


@dataclass(frozen=True, slots=True)
class Readiness:
    """The workers of a release, and which of their packages the installation has.

    `packages` is None where nothing is known of what is installed; nothing is then missing. `open_registry`: installed
    plugins may register further sdks, so that an unknown one is not refused.
    """

    workers: Mapping[tuple[str, str], Worker]
    packages: Packages | None
    open_registry: bool
    disabled: Mapping[tuple[str, str], str]
    """The plugin of each model type and sdk that the settings disable; `workers` has none of them."""

    def missing_packages(self, model_type: str, sdk: str, backend: str = "") -> tuple[str, ...]:
        """The distributions that a call of a model lacks, by its type, sdk and backend name."""
        worker = self.workers.get((model_type, sdk))
        if self.packages is None:
            return ()
        imports = (worker.imports if worker is not None else ()) + BACKEND_IMPORTS.get(backend, ())
        distributions = (DISTRIBUTIONS[name] for name in imports)
        return tuple(name for name in distributions if not any(map(self.packages.has, (name, PART_OF.get(name, name)))))

    def is_unregistered(self, model_type: str, sdk: str) -> bool:
        """Whether the release has no worker for an sdk, and no installed plugin may provide one."""
        return not self.open_registry and (model_type, sdk) not in self.workers


def readiness_of(
    release: Release, installation: Installation | None, disabled: Mapping[tuple[str, str], str]
) -> Readiness:
    """The readiness of an installation for a release, without the workers of disabled plugins.

    In a release newer than any known every sdk may exist.
    """
    packages = installation.packages if installation is not None else None
    external = (
        [item for item in installation.plugins() if item.distribution != BUILT_IN_DISTRIBUTION] if installation else []
    )
    workers = {key: worker for key, worker in workers_of(release).items() if key not in disabled}
    return Readiness(workers, packages, bool(external) or is_beyond(release) or release.phase < 0, disabled)


def extra_for(packages: Packages, distribution: str, hint: str = "") -> str | None:
    """The extra of the installed Pipelex that includes a distribution, by its metadata; None for none.

    Of several extras the one that an sdk's name (`hint`) begins with wins: `bedrock` before `s3` for `bedrock_boto3`.
    """
    folder = packages.folders.get("pipelex")
    if folder is None:
        return None
    try:
        with open(os.path.join(folder, "METADATA"), encoding="utf-8", errors="replace") as stream:
            text = stream.read()
    except OSError:
        return None
    normalized = re.sub(r"[-_.]+", "-", distribution).lower()
    extras = [extra for name, extra in re.findall(_EXTRA, text) if re.sub(r"[-_.]+", "-", name).lower() == normalized]
    return next((extra for extra in extras if hint.startswith(extra)), extras[0] if extras else None)


def _quoted(path: str) -> str:
    """A path as a word of a shell, with a `~` at its start left to the shell."""
    import shlex  # not needed before a hint is asked for

    return f"~/{shlex.quote(path[2:])}" if path.startswith("~/") else shlex.quote(path)


def install_command(installation: Installation, distribution: str, hint: str = "") -> str:
    """The shell command that installs a missing distribution with the installer of the environment."""
    assert installation.packages is not None
    assert installation.environment is not None
    extra = extra_for(installation.packages, distribution, hint)
    target = f"'pipelex[{extra}]'" if extra else distribution
    prefix = _quoted(installation.where)
    match installation.environment.manager:
        case "pipx":
            return f"pipx inject pipelex {distribution}"
        case "pdm":
            return f"pdm add {target}"
        case "pixi":
            return f"pixi add --pypi {target}"
        case "pip --target":
            return f"python -m pip install --target {prefix} {target}"
        case "uv tool":
            return f"uv tool install {target if extra else f'pipelex --with {distribution}'}"
        case "uv":
            return f"uv pip install --python {prefix} {target}"
        case _:
            return f"{prefix}/bin/python -m pip install {target}"
