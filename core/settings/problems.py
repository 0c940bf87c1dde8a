"""Problems of the settings files: unreadable files, and keys and values that the release refuses."""

from __future__ import annotations

from core.diagnostics import settings_codes
from core.dialects.field_values import describe
from core.dialects.file_problems import report_source
from core.entities import Backend, Path, Place
from core.errors import Condition
from core.files.source import LayeredDocument
from core.formatting import counted
from core.masking import masked
from core.problems import Findings
from core.settings.in_force import SettingsInForce
from core.settings.start import StartFault, value_at
from core.settings.validation import SettingsFault
from core.suggest import did_you_mean
from core.variables import placeholders

MIGRATE = "run `pipelex migrate`"


def report_settings(
    document: LayeredDocument,
    in_force: SettingsInForce,
    findings: Findings,
    *,
    invalid: Condition = Condition.SETTINGS,
    open_registry: bool | None = False,
) -> None:
    """Report the problems of one kind of settings file, in the order in which the release meets them.

    `invalid` is the condition of a file whose contents the release refuses. `open_registry`: whether plugins from
    elsewhere are installed, which may register what the release itself does not; None where that is unknown.
    """
    for source in document.sources:
        report_source(source, findings, "settings")
    for fault in in_force.faults:
        _refuse(document, fault, findings, invalid, is_former=fault.path in in_force.former)
    if in_force.former and not in_force.faults:
        _report_former(document, in_force.former, findings)
    for stop in in_force.stops:
        _report_stop(document, stop, findings, open_registry=open_registry)


def _refuse(
    document: LayeredDocument, fault: SettingsFault, findings: Findings, invalid: Condition, *, is_former: bool
) -> None:
    """Report a fault for which the release does not start."""
    *above, key = fault.path
    table = f"[{'.'.join(map(str, above))}]" if above else "the file"
    file = document.winner(fault.path if fault.kind != "missing" else tuple(above)).shown
    release = findings.release
    if fault.kind == "unknown":
        message = (
            f"{file}: Pipelex {release} has no setting `{key}` in {table}"
            if above
            else (f"{file}: Pipelex {release} has no section `{key}`")
        )
        fix = MIGRATE if is_former else did_you_mean(str(key), fault.known) or _taken_out(document, fault)
    elif fault.kind == "missing":
        message = f"{file}: {table} has no `{key}`, which Pipelex {release} requires"
        fix = f"add `{key}`, {fault.expected}"
    else:
        name = f"entry {key + 1} of `{above[-1]}`" if isinstance(key, int) else f"`{key}`"
        message = f"{file}: {name} is {describe(fault.value, fault.expected)}, expected {fault.expected}"
        fix = f"write {fault.expected}"
    findings.refuse(
        settings_codes.SETTINGS_INVALID,
        invalid,
        message,
        Place(document, fault.path),
        fix=fix,
        cause=f"file {file}",
        subject=str(key),
    )


def _report_stop(
    document: LayeredDocument, stop: StartFault, findings: Findings, *, open_registry: bool | None
) -> None:
    """Report a valid setting with which the release does not start."""
    file, key = document.winner(stop.path).shown, ".".join(str(part) for part in stop.path if isinstance(part, str))
    code, release = settings_codes.SETTINGS_INVALID, findings.release
    if stop.kind == "required plugin":
        code, condition = settings_codes.PLUGIN_REQUIRED, Condition.PLUGIN_REQUIRED
        message = f"`{key}` names `{stop.value}`, without which Pipelex {release} does not start"
        fix = f"take `{stop.value}` out of the list"
    elif stop.kind == "unregistered":
        unknown = open_registry is None
        code = settings_codes.SETTINGS_PLUGIN_UNKNOWN if unknown else settings_codes.SETTINGS_UNREGISTERED
        condition = _UNREGISTERED[stop.what] if open_registry is False else Condition.SETTINGS_TOLERATED
        known = ", ".join(stop.known)
        told = "an installed plugin may register it" if open_registry else f"registered: {known}"
        told = "whether a plugin registers it is unknown here" if unknown else told
        message = f"`{key}` names `{masked('', stop.value)}`, which Pipelex {release} does not have itself ({told})"
        fix = did_you_mean(stop.value, stop.known) or f"write one of {known}, or install the plugin that provides it"
    else:
        condition = Condition.STORAGE_CONFIG if ".storage" in f".{key}" else Condition.CONSOLE_TARGET
        found = f'"{stop.value}"' if stop.value in ("", "file") else "not usable"
        message, fix = f"`{key}` is {found}, expected {stop.what}", f"write {stop.what}"
    place = Place(document, stop.path)
    message, cause = f"{file}: {message}", f"file {file}"
    findings.refuse(code, condition, message, place, fix=fix, cause=cause, subject=str(stop.path[-1]))


_UNREGISTERED = {
    "secrets": Condition.SECRETS_UNREGISTERED,
    "sink": Condition.SINK_UNREGISTERED,
    "storage": Condition.STORAGE_UNREGISTERED,
    "pipe_func": Condition.PIPE_FUNC_UNREGISTERED,
}


def _taken_out(document: LayeredDocument, fault: SettingsFault) -> str:
    """The instruction to take out a key or a section, with its line."""
    line = document.locate(fault.path).line
    what = f"the section `{fault.path[-1]}`" if isinstance(fault.value, dict) else f"`{fault.path[-1]}`"
    return f"take out {what}" + (f", from line {line} on" if line else "")


def _report_former(document: LayeredDocument, paths: tuple[Path, ...], findings: Findings) -> None:
    """Report settings of former releases that the release still reads, once a file."""
    by_file: dict[str, list[Path]] = {}
    for path in paths:
        by_file.setdefault(document.winner(path).shown, []).append(path)
    for file, former in by_file.items():
        first = ".".join(map(str, former[0]))
        rest = f" and {counted(len(former) - 1, 'other key')}" if len(former) > 1 else ""
        findings.refuse(
            settings_codes.SETTINGS_FORMER,
            Condition.SETTINGS_TOLERATED,
            f"{file}: `{first}`{rest} of a former release; Pipelex {findings.release} still reads the file",
            Place(document, former[0]),
            fix=MIGRATE,
            cause=f"file {file}",
            subject=first,
        )


def report_unknown_prefixes(document: LayeredDocument, findings: Findings) -> None:
    """Report placeholders of `telemetry.toml` whose prefix the release does not know; unset variables are kept."""
    pending: list[tuple[Path, object]] = [((), document.data)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            pending += [((*path, key), below) for key, below in value.items()]
        elif isinstance(value, list):
            pending += [((*path, number), below) for number, below in enumerate(value)]
        elif isinstance(value, str):
            for part in (part for item in placeholders(value) for part in item.parts if not part.is_known):
                findings.refuse(
                    settings_codes.SETTINGS_INVALID,
                    Condition.TELEMETRY,
                    f"{document.winner(path).shown}: unknown prefix `{part.prefix}` of a variable",
                    Place(document, path),
                    fix="write ${env:NAME} or ${secret:NAME}",
                    subject=part.prefix,
                )


def report_terms(document: LayeredDocument, in_force: SettingsInForce, backend: Backend, findings: Findings) -> None:
    """Report that the gateway is on without consent to its terms (0.18 to 0.72)."""
    report_settings(document, in_force, findings, invalid=Condition.TERMS_INVALID)
    if value_at(in_force.data, "agreement.terms_accepted") is not True:
        findings.refuse(
            settings_codes.GATEWAY_TERMS,
            Condition.TERMS,
            f"backend `{backend.name}` is on, but its terms are not accepted on this machine",
            backend.place,
            fix=f"run `pipelex init`, or turn `{backend.name}` off",
            cause=f"backend {backend.name}",
            subject=backend.name,
        )
