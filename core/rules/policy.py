"""Problems of the policy: models and keys that violate it, and faults of its file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from core.catalog import Catalog
from core.diagnostics import backend_codes
from core.diagnostics.policy_codes import POLICY_IGNORE_OVER, POLICY_INVALID, POLICY_VIOLATION
from core.dialects.deck_schema import family_of
from core.entities import Location, ModelSpec
from core.lives.clock import today
from core.lives.index import days_between
from core.lives.lives import LifeState, Lives
from core.lives.source import DAY
from core.pipes import PipeAnswer
from core.policy import Life, Policy, read_policy
from core.problems import Problem
from core.references import Kind
from core.resolution import Resolution, Status
from core.rules.context import problem

if TYPE_CHECKING:
    from core.probes.model_proposals import ModelProposal
    from core.probes.served_models import Served


def policy_check(catalog: Catalog, lives: Lives | None) -> Callable[[ModelSpec], tuple[str, ...]]:
    """Returns a function that lists the policy violations of a model, as sentences."""
    policy, _ = read_policy(catalog.tree.policy)
    return _check_by(catalog, lives, policy)


def _check_by(catalog: Catalog, lives: Lives | None, policy: Policy) -> Callable[[ModelSpec], tuple[str, ...]]:
    def life(spec: ModelSpec) -> Life | None:
        if lives is None:
            return None
        if lives.facts(spec) is None:
            return Life(known=False)
        state, end = lives.state(spec), lives.end(spec)
        days = {LifeState.ENDED: 0, LifeState.ENDS: end.days if end is not None else 0}.get(state)
        return Life(known=True, days=days)

    return lambda spec: tuple(policy.violations(spec, family_of(spec.model_type, catalog.behaviours), life))


def policy_check_of_proposals(
    catalog: Catalog, lives: Lives | None
) -> Callable[[str, ModelProposal], tuple[str, ...]] | None:
    """Returns a function that lists the policy violations of a model proposed from the live list of a backend.

    None where the policy has no rule about models. The end that the provider itself states counts beside the index.
    """
    policy, _ = read_policy(catalog.tree.policy)
    if not policy.judges_models:
        return None
    from core.probes.model_proposals import proposed_spec  # only with a policy and a live list

    against = _check_by(catalog, lives, policy)

    def judge(backend: str, proposal: ModelProposal) -> tuple[str, ...]:
        words = against(proposed_spec(catalog, backend, proposal))
        return (*words, *_ends_at_provider(policy, proposal.served))

    return judge


def policy_check_of_ids(catalog: Catalog, lives: Lives | None) -> Callable[[ModelSpec], tuple[str, ...]] | None:
    """As `policy_check`, for a declared model with another id; None where no rule depends on the id."""
    policy, _ = read_policy(catalog.tree.policy)
    return _check_by(catalog, lives, policy) if policy.ends_within_days is not None else None


def _ends_at_provider(policy: Policy, served: Served) -> Iterator[str]:
    """A retiring model without a day counts as one that ends."""
    if policy.ends_within_days is not None and served.retiring:
        day = DAY.match(served.until or "")
        if day is None or days_between(today(), day[0]) <= policy.ends_within_days:
            state = f"{served.lifecycle or 'ends'} {served.until or ''}".rstrip()
            yield f"its provider states `{state}`, and ends_within_days is {policy.ends_within_days}"


def policy_problems(
    catalog: Catalog,
    lives: Lives | None,
    resolutions: Sequence[Resolution],
    pipes: Sequence[PipeAnswer],
    others: Sequence[Problem],
) -> Iterator[Problem]:
    """A problem for each fault of the file, each model that violates the policy, with its users, and each literal key.

    Every served model can be called by its own name, so each is judged, whether names of the deck end at it or not.
    `others`: the problems of the tree, among which are those of literal keys.
    """
    source = catalog.tree.policy
    policy, faults = read_policy(source)
    for path, message in faults:
        assert source is not None
        error = source.document.parse_error
        place = source.locate(path)
        if error is not None:
            place = Location(source.shown, error.line, error.column, "", source.layer)
        yield problem(POLICY_INVALID, f"{source.shown}: {message}", place, subject=".".join(map(str, path)) or None)
    if policy.judges_models:
        yield from _models(_check_by(catalog, lives, policy), resolutions, pipes)
    if not policy.literal_keys:
        for item in others:
            if item.diagnostic is backend_codes.SECRET_LITERAL:
                message = f"{item.message}, and literal_keys is false"
                yield problem(POLICY_VIOLATION, message, item.location, fix=item.fix, subject=item.subject)


def _models(
    against: Callable[[ModelSpec], tuple[str, ...]],
    resolutions: Sequence[Resolution],
    pipes: Sequence[PipeAnswer],
) -> Iterator[Problem]:
    users: dict[int, tuple[ModelSpec, list[str]]] = {}
    unknown: dict[str, Resolution] = {}
    named = [call.named for pipe in pipes for call in pipe.calls if call.named is not None]
    for item in (*resolutions, *named):
        if item.spec is not None:
            names = users.setdefault(id(item.spec), (item.spec, []))[1]
            if item.kind is not Kind.MODEL:
                names.append(item.reference)
        elif item.status is Status.UNKNOWN:
            unknown.setdefault(item.reference, item)
    for spec, names in users.values():
        if words := against(spec):
            used = f"; used by {', '.join(dict.fromkeys(names[:3]))}" if names else ""
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            yield problem(
                POLICY_VIOLATION,
                f"`{spec.handle}` of {spec.backend}: {'; '.join(words)}{used}{more}",
                spec.place,
                fix=f"remove it, route it elsewhere, or turn `{spec.backend}` off",
                cause=f"said {spec.backend} serves models that violate the policy",
                subject=spec.handle,
            )
    for reference, item in unknown.items():
        yield problem(
            POLICY_VIOLATION,
            f"{reference}: the model at its end is unknown, and the policy allows known models only",
            item.place,
            subject=reference,
        )


def index_problem(catalog: Catalog) -> Iterator[Problem]:
    """The problem of a rule about ends of life where the index of lives cannot be read."""
    source = catalog.tree.policy
    policy, _ = read_policy(source)
    if source is not None and policy.ends_within_days is not None:
        message = "the index of lives cannot be read, so ends_within_days is not known to hold"
        place = source.locate(("policy", "ends_within_days"))
        yield problem(POLICY_VIOLATION, message, place, subject="ends_within_days")


def ignored(
    catalog: Catalog, problems: Sequence[Problem], today: str
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """The problems that an `[[ignore]]` of the policy accepts today, and warnings about those that are over.

    A problem over which the release does not start, or about the policy's own file, is never accepted.
    """
    source = catalog.tree.policy
    policy, _ = read_policy(source)
    if source is None or not policy.ignores:
        return (), ()
    current = [item for item in policy.ignores if today <= item.until]
    accepted = tuple(
        found
        for found in problems
        if not found.fatal
        and found.diagnostic is not POLICY_INVALID
        and any(item.code == found.code and item.subject in ("*", found.subject) for item in current)
    )
    over = tuple(
        problem(
            POLICY_IGNORE_OVER,
            f"the ignore of {item.code} of {item.subject} was up to {item.until}",
            source.locate(item.path),
            subject=f"{item.code} {item.subject}",
        )
        for item in policy.ignores
        if today > item.until
    )
    return accepted, over
