"""Small trees for live checks, and runs of their checks against servers on loopback."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.api import Report, inspect_tree
from core.probes.check_plan import CheckPlan, KeyDestination
from core.probes.check_planner import plan_checks
from core.probes.check_result import CheckResult
from core.probes.plan_options import PlanOptions
from core.probes.run_settings import Settings
from core.probes.runner import Event, Run
from tests.support.trees import write_tree

SHORT_LIMITS = Settings(per_check=0.6, total=5.0, connect=0.4)
"""Settings for servers that never answer."""

MEDIUM_LIMITS = Settings(per_check=5.0, total=15.0, connect=4.0)
"""The same for a busy machine."""

LONG_LIMITS = Settings(per_check=30.0, total=60.0, connect=15.0)
"""Settings for servers that answer, on a busy machine too."""

ROUTING = 'active = "all"\n[profiles.all]\ndescription = "All"\nfallback_order = []\n'


class TrustAll(Container[KeyDestination]):
    """Approves every destination."""

    def __contains__(self, pair: object) -> bool:
        return isinstance(pair, KeyDestination)


@dataclass(frozen=True)
class Spec:
    """A declared model in short."""

    name: str
    more: str = ""


def backend(name: str, sdk: str, *models: str | Spec, **fields: str) -> dict[str, str]:
    """The table and the file of one backend. Fields are texts."""
    lines = [f"[{name}]", "enabled = true", *(f'{key} = "{value}"' for key, value in fields.items())]
    file = [f'[defaults]\nsdk = "{sdk}"\nmodel_type = "llm"']
    for number, model in enumerate(models):
        spec = model if isinstance(model, Spec) else Spec(model)
        file.append(f'[m{number}]\nmodel_id = "{spec.name}"\n{spec.more}')
    if not models:
        file.append('[m0]\nmodel_id = "m0"')
    return {"backends.toml": "\n".join(lines) + "\n", f"backends/{name}.toml": "\n".join(file) + "\n"}


def tree(*backends: Mapping[str, str]) -> dict[str, str]:
    """A tree with these backends and an empty deck."""
    files: dict[str, str] = {"backends.toml": "", "routing_profiles.toml": ROUTING}
    for files_of_backend in backends:
        for name, text in files_of_backend.items():
            files[name] = files.get(name, "") + text if name == "backends.toml" else text
    deck = """
        [llm.choice_defaults]
        default_temperature = 0.5
        for_text = "m0"
        for_object = "m0"

        [extract]
        choice_default = "m0"

        [img_gen]
        choice_default = "m0"
        default_quality = "low"

        [search]
        choice_default = "m0"
        """
    return {**files, "deck/1.toml": textwrap.dedent(deck)}


def report_on(folder: Path, *backends: Mapping[str, str], **environ: str) -> Report:
    """The report on a tree with these backends and variables."""
    write_tree(folder, tree(*backends))
    return inspect_tree(str(folder), environ={"HOME": str(folder / "no-home"), **environ})


def plans_for(
    folder: Path,
    *backends: Mapping[str, str],
    stand_ins: Mapping[str, str] | None = None,
    trust: Container[KeyDestination] | None = None,
    deep: bool = False,
    proxy: str = "",
    **environ: str,
) -> list[CheckPlan]:
    """The plans for a tree with these backends; by default every destination is approved."""
    report = report_on(folder, *backends, **environ)
    terms = PlanOptions(trust=TrustAll() if trust is None else trust, stand_ins=stand_ins or {}, deep=deep, proxy=proxy)
    return plan_checks(report.catalog, None, terms)


@dataclass
class RunRecord:
    """The results and events of a run, and its time in seconds."""

    results: list[CheckResult]
    events: list[Event]
    seconds: float

    @property
    def only(self) -> CheckResult:
        assert len(self.results) == 1
        return self.results[0]


def run_plans(plans: Sequence[CheckPlan], settings: Settings | None = None) -> RunRecord:
    """Run plans as the command and the app do."""
    events: list[Event] = []
    started = time.monotonic()
    results = Run(plans, settings or LONG_LIMITS, events.append).start().wait(60)
    assert results is not None
    return RunRecord(results, events, time.monotonic() - started)


def outcome(result: CheckResult) -> str:
    """Status and reason in one text: `timeout/response`."""
    reason = result.finding.reason
    return result.finding.status.value + (f"/{reason.value}" if reason is not None else "")
