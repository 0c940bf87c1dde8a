"""The three questions of a check, each with its own answer, and the models that answered or refused."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from core.probes.check_status import CheckStatus, Finding, Reason, is_good
from core.records import dataclass

MAX_AGE_S: Final = 86400
"""The age up to which a proof of a model counts beside a newer list."""


class Proof(StrEnum):
    """The answer to one question."""

    YES = "yes"
    NO = "no"
    UNPROVEN = "not proven"


@dataclass(frozen=True, slots=True)
class Proofs:
    """The answers: whether the provider lists its models, takes the key (or a call without one), and answers."""

    list: Proof = Proof.UNPROVEN
    key: Proof = Proof.UNPROVEN
    answer: Proof = Proof.UNPROVEN

    @property
    def text(self) -> str:
        """The three answers in one line."""
        return f"list: {self.list.value}, key: {self.key.value}, answer: {self.answer.value}"


@dataclass(frozen=True, slots=True)
class ModelProof:
    """The result of one request to a model: whether it is served, by an answer of it or else by an empty request.

    `at` is unix time.
    """

    model_id: str
    served: bool
    answered: bool
    at: float


def latest(proofs: Iterable[ModelProof], at: float) -> tuple[ModelProof, ...]:
    """The proofs that still count at a time (unix time): the last one of each model and kind."""
    by_model = {
        (proof.model_id, proof.answered): proof
        for proof in sorted(proofs, key=lambda proof: proof.at)
        if -60 <= at - proof.at < MAX_AGE_S
    }
    return tuple(by_model.values())


_DEFINITE: Final = frozenset({CheckStatus.NOT_FOUND, CheckStatus.BAD_RESPONSE, CheckStatus.FORBIDDEN, CheckStatus.OK})
"""Outcomes that show that a server has no list for this key."""
_TEMPORARY: Final = frozenset(
    {CheckStatus.RATE_LIMITED, CheckStatus.SERVER_ERROR, CheckStatus.TIMEOUT, CheckStatus.CANCELLED}
)
"""Outcomes that say nothing about the next request."""


def proofs_of_check(finding: Finding, *, listed: bool, no_list: bool, key_proven: bool) -> Proofs:
    """The answers after requests for lists and proofs of the key.

    `no_list`: whether the server responded to a request for a list. A rate limit, a payment or an error of the server
    proves nothing about the key.
    """
    if refuses_key(finding):
        key = Proof.NO
    else:
        key = Proof.YES if key_proven or finding.reason is Reason.MISSING_SCOPE else Proof.UNPROVEN
    refused = Proof.NO if no_list and finding.status in _DEFINITE else Proof.UNPROVEN
    return Proofs(Proof.YES if listed else refused, key)


def proofs_of_completion(finding: Finding) -> Proofs:
    """The answers after a completion."""
    if is_good(finding):
        return Proofs(key=Proof.YES, answer=Proof.YES)
    key = Proof.NO if refuses_key(finding) else Proof.UNPROVEN
    temporary = finding.status in _TEMPORARY and finding.reason is not Reason.QUOTA
    return Proofs(key=key, answer=Proof.UNPROVEN if temporary else Proof.NO)


def refuses_key(finding: Finding) -> bool:
    """Whether a finding says that the key, or the lack of one, is refused."""
    gateway = (Reason.CLOCK, Reason.BASIC_AUTH)
    return finding.status is CheckStatus.UNAUTHORIZED and finding.reason not in gateway
