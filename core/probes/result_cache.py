"""The cached results of checks: mode 0600, without secrets, valid only for the same key and address."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

from core.catalog import Catalog
from core.files.state_folder import results_file, state_folder
from core.files.store.commit_results import error_text
from core.files.store.disk import Disk, make_private_folder, read_whole, replace_private
from core.files.store.journal import existing_key, signing_key
from core.probes.check_plan import CheckPlan
from core.probes.check_planner import plan_checks
from core.probes.check_result import CheckResult, Listing, of_backend, result_of, with_previous
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.history import save_history
from core.probes.plan_options import PlanOptions
from core.probes.proofs import ModelProof, Proof, Proofs
from core.probes.served_models import MAX_ID_LENGTH, MAX_MODELS, Served
from core.probes.trust import Trust

FORMAT: Final = 3
MAX_AGE_S: Final = 30 * 86400
_MAX_BYTES: Final = 32 << 20
_PURPOSE: Final = b"pipedeck: whose answer this is\0"
_NUMBERS: Final[Mapping[str, Callable[[Any], float]]] = {
    "seconds": float,
    "latency": float,
    "tries": int,
    "http_status": int,
}
_OF_LISTING: Final = ("complete", "gap", "items", "declared_only", "whole", "make")
_NOT_CACHED: Final = frozenset({CheckStatus.CANCELLED, CheckStatus.NOT_CHECKABLE, CheckStatus.MISSING_CREDENTIAL})


def save_results(
    root: str, state: str, plans: Iterable[CheckPlan], results: Sequence[CheckResult], *, disk: Disk | None = None
) -> str | None:
    """Cache results with their plans, beside previous results of other backends. Returns the error, or None.

    Cancelled and impossible checks are not cached and replace nothing. The cached fingerprint of a key is an HMAC under
    a random key of this user and machine: a plain hash could be guessed.
    """
    disk = disk or Disk()
    key = signing_key(disk, state)
    if not key:
        return "the results could not be cached (no state folder)"
    by_name = {plan.backend: plan for plan in plans}
    entries = _entries(disk, root, state)
    for result in results:
        plan = by_name.get(result.backend)
        if plan is None:
            continue
        previous = _valid(plan, entries.get(result.backend), key, result.at)
        alone = of_backend(result) if result.asked_model and previous is None else result
        if alone is None:
            continue
        merged = with_previous(alone, previous)
        if merged.finding.status not in _NOT_CACHED:
            entries[result.backend] = {"fingerprint": fingerprint(plan, key), **_written(merged)}
    content = {"format": FORMAT, "results": entries}
    path = str(results_file(root, state))
    try:
        make_private_folder(disk, str(Path(path).parent))
        replace_private(disk, path, json.dumps(content, separators=(",", ":")).encode())
    except OSError as error:
        return f"the results could not be cached ({error_text(error)})"
    return save_history(root, state, results, disk=disk)


def cached_backends(root: str, state: str, *, disk: Disk | None = None) -> list[str]:
    """The backends with cached results, valid or not. Never raises."""
    return list(_entries(disk or Disk(), root, state))


def load_results(
    root: str, state: str, plans: Sequence[CheckPlan], *, now: float | None = None, disk: Disk | None = None
) -> list[CheckResult]:
    """The cached results of these plans with an unchanged key and address. Never raises, writes nothing."""
    disk = disk or Disk()
    key = existing_key(disk, state)
    moment = time.time() if now is None else now
    if not key:
        return []
    entries = _entries(disk, root, state)
    results = []
    for plan in plans:
        result = _valid(plan, entries.get(plan.backend), key, moment)
        if result is not None:
            results.append(result)
    return results


def stored_results(catalog: Catalog, environ: Mapping[str, str]) -> tuple[list[CheckResult], list[CheckPlan]]:
    """The cached results that still hold for a tree, and the plans of their backends. Sends nothing."""
    root, state = catalog.tree.paths.inference, state_folder(environ)
    names = [name for name in cached_backends(root, state) if name in catalog.backends]
    plans = plan_checks(catalog, names, PlanOptions(trust=Trust(state)))
    return load_results(root, state, plans), plans


def _valid(plan: CheckPlan, entry: object, key: bytes, moment: float) -> CheckResult | None:
    """The result of an entry with an unchanged key and address; None if there is none, or it is too old."""
    if not isinstance(entry, dict) or plan.verdict is not None:
        return None
    if not hmac.compare_digest(str(entry.get("fingerprint")), fingerprint(plan, key)):
        return None
    result = _read(plan, entry)
    recent = result is not None and result.at <= moment + 60 and moment - result.at < MAX_AGE_S
    return result if recent else None


def fingerprint(plan: CheckPlan, key: bytes) -> str:
    """The HMAC of the inputs of a result: address, provider and variable values."""
    provider = plan.provider.name if plan.provider is not None else ""
    inputs = [plan.backend, provider, plan.called, plan.host, *(secret.reveal() for secret in plan.secrets)]
    text = json.dumps(inputs).encode()
    return hmac.new(key, _PURPOSE + text, hashlib.sha256).hexdigest()


def _entries(disk: Disk, root: str, state: str) -> dict[str, Any]:
    try:
        raw = read_whole(disk, str(results_file(root, state)))
        content = json.loads(raw) if len(raw) <= _MAX_BYTES else None
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("results"), dict):
        return {}
    return dict(content["results"])


def _written(result: CheckResult) -> dict[str, object]:
    listing = result.listing
    return {
        "status": result.finding.status,
        "reason": result.finding.reason,
        "at": result.at,
        **{name: getattr(result, name) for name in (*_NUMBERS, "facts")},
        **{name: getattr(listing, name) for name in _OF_LISTING},
        "groups": sorted(listing.groups),
        "proofs": [result.own_proofs.list, result.own_proofs.key, result.own_proofs.answer],
        "model_proofs": [[proof.model_id, proof.served, proof.answered, proof.at] for proof in result.model_proofs],
        "models": [
            {item.name: value for item in fields(Served) if (value := getattr(model, item.name))}
            for model in listing.models
        ],
    }


def _read(plan: CheckPlan, entry: Mapping[str, Any]) -> CheckResult | None:
    try:
        reason = Reason(entry["reason"]) if entry["reason"] is not None else None
        numbers: dict[str, Any] = {
            name: convert(entry[name]) for name, convert in _NUMBERS.items() if entry[name] is not None
        }
        listing = Listing(
            tuple(_served(item) for item in entry["models"][:MAX_MODELS]),
            bool(entry["complete"]),
            str(entry["gap"]),
            frozenset(map(str, entry["groups"])),
            tuple((str(name), state if isinstance(state, bool) else None) for name, state in entry["items"]),
            bool(entry["declared_only"]),
            bool(entry["whole"]),
            str(entry["make"]),
        )
        proofs = tuple(
            ModelProof(str(name), bool(served), bool(answered), float(at))
            for name, served, answered, at in entry["model_proofs"]
        )
        facts = tuple((str(name), str(value)) for name, value in entry["facts"])
        result = result_of(plan, Finding(CheckStatus(entry["status"]), reason), float(entry["at"]))
        own = Proofs(*map(Proof, entry["proofs"]))
        return replace(
            result, listing=listing, facts=facts, own_proofs=own, model_proofs=proofs, cached=True, **numbers
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def _served(item: Mapping[str, Any]) -> Served:
    """A model from the cache. Raises KeyError, TypeError or ValueError if invalid."""
    name = item["id"]
    if not isinstance(name, str) or not 0 < len(name) <= MAX_ID_LENGTH:
        raise ValueError("no id")
    texts = {key: str(item[key]) for key in ("title", "lifecycle", "until", "group") if key in item}
    lists = {key: tuple(map(str, item[key])) for key in ("aliases", "inputs", "outputs", "uses") if key in item}
    numbers = {key: int(item[key]) for key in ("context", "max_output") if key in item}
    costs = tuple((str(key), float(price)) for key, price in item.get("costs", ()))
    return Served(name, costs=costs, **texts, **lists, **numbers)  # type: ignore[arg-type]
