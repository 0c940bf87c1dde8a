"""References as an edit writes them: in the form of the release, refused where they could name nothing."""

from __future__ import annotations

from core.dialects.deck_schema import family_of
from core.edits.edit_session import EditSession
from core.edits.entry_names import an, entries, lead_to
from core.edits.intent import EditRefusedError
from core.entities import GLOBAL
from core.mentions import Node
from core.references import SIGILS, Kind, is_empty_reference, parse_reference, written
from core.suggest import did_you_mean

_NAMED = (Kind.ALIAS, Kind.WATERFALL, Kind.PRESET)


def model_reference(session: EditSession, text: str, family: str) -> str:
    """Check and normalize a reference to a model, in a preset, alias or waterfall. `family` is of the catalog.

    Raises EditRefusedError when it names a preset, or something with a sigil that does not exist, or a model of another
    type. A bare name that nothing defines is written, with a note: a plugin or another edit may define it.
    """
    return _Writer(session, family).model(text)


def choice_reference(session: EditSession, text: str, family: str, *, override: bool = False) -> str:
    """A reference to write in a choice, where presets are allowed. Raises EditRefusedError as `model_reference` does.

    Up to 0.10 a choice, up to 0.17 an override, must be a preset; from 0.18 on an override must name what exists.
    """
    return _Writer(session, family).choice(text, override=override)


def target_text(session: EditSession, text: str, holder: Node) -> str:
    """Check a reference in the alias or waterfall `holder`. Raises EditRefusedError on a cycle."""
    written_text = model_reference(session, text, holder.family)
    if lead_to(session, [written_text], holder.family, holder):
        raise EditRefusedError(
            f"`{text}` points back to `{holder.name}`: that would be a cycle.", "Give another reference."
        )
    return written_text


class _Writer:
    def __init__(self, session: EditSession, family: str) -> None:
        self.session = session
        self.family = family
        self.names = session.report.resolver.names
        self.behaviours = session.report.catalog.behaviours
        self.space = family if self.behaviours.sigils else GLOBAL

    def model(self, text: str) -> str:
        if not self.behaviours.sigils:
            return self._plain(text, presets=False)
        return self._with_sigil(text, presets=False)

    def choice(self, text: str, *, override: bool) -> str:
        if self.behaviours.sigils:
            return self._with_sigil(text, presets=True, must_exist=override)
        strict = self.behaviours.choice_strings == "presets" or override
        text = self._plain(text, presets=True)
        if strict and not self._has(Kind.PRESET, text):
            noun = "an override" if override else "a choice"
            raise EditRefusedError(
                f"`{text}` is not a preset, and in {self.behaviours.release} {noun} must be one.",
                did_you_mean(text, self._known(Kind.PRESET)) or "Add a preset for it, and choose that.",
            )
        return text

    # ---- up to 0.17

    def _plain(self, text: str, *, presets: bool) -> str:
        text = text.strip()
        if text[:1] in SIGILS and not self._plainly_known(text, presets) and self._plainly_known(text[1:], presets):
            text = text[1:]
        if not text:
            raise EditRefusedError("A reference must not be empty.", "Give a model, an alias or a waterfall.")
        if self._plainly_known(text, presets):
            return text
        if self._has(Kind.PRESET, text):
            raise self._preset(text)
        if text[:1] in SIGILS:
            release = self.behaviours.release
            raise EditRefusedError(
                f"`{text[:1]}` has no meaning in Pipelex {release}, and there is no `{text}`.",
                did_you_mean(text[1:], self._plain_names(presets)) or "Write the name without a sigil.",
            )
        self._unknown(text, self._plain_names(presets))
        return text

    def _plain_names(self, presets: bool) -> list[str]:
        kinds = _NAMED if presets else _NAMED[:2]
        return [*self._handles(), *(name for kind in kinds for name in self._known(kind))]

    def _plainly_known(self, text: str, presets: bool) -> bool:
        kinds = _NAMED if presets else _NAMED[:2]
        return text in self.session.report.catalog.declared or any(self._has(kind, text) for kind in kinds)

    # ---- from 0.18 on

    def _with_sigil(self, text: str, *, presets: bool, must_exist: bool = False) -> str:
        if is_empty_reference(text):
            raise EditRefusedError("A reference must not be empty.", "Give a model, an @alias or a ~waterfall.")
        text = text.strip()
        parsed = parse_reference(text)
        if parsed.kind is Kind.MODEL:
            return self._bare(text, parsed.name, presets=presets, explicit=parsed.explicit, must_exist=must_exist)
        if parsed.kind is Kind.PRESET and not presets:
            raise self._preset(parsed.name)
        if self._has(parsed.kind, parsed.name):
            return text
        suggestion = self._other_kind(parsed.name, presets) or did_you_mean(parsed.name, self._known(parsed.kind))
        raise EditRefusedError(
            f"There is no {self.family} {parsed.kind.value} `{parsed.name}`.", suggestion or "Add it first."
        )

    def _other_kind(self, name: str, presets: bool) -> str:
        """The reference to a name that exists as another kind."""
        if self.names.model_exists(name, self.family):
            return f"Write `{name}`, a model."
        for kind in _NAMED if presets else _NAMED[:2]:
            if self._has(kind, name):
                return f"Write `{written(kind, name, self.behaviours)}`, {an(kind.value)}."
        return ""

    def _bare(self, text: str, name: str, *, presets: bool, explicit: bool, must_exist: bool) -> str:
        if self.names.model_exists(name, self.family):
            return text
        if not explicit:
            for kind in _NAMED[:2]:
                if self._has(kind, name):
                    return written(kind, name, self.behaviours)
        declared = self._types(name)
        if declared and self.family not in declared:
            kind_word = ", ".join(sorted(declared))
            raise EditRefusedError(
                f"`{name}` is a model of {kind_word}, not of {self.family}.", "Give a model of that type."
            )
        if self._has(Kind.PRESET, name) and not declared and not explicit:
            if presets:
                return written(Kind.PRESET, name, self.behaviours)
            raise self._preset(name)
        if not declared:
            candidates = [
                *self._handles(),
                *(written(kind, item, self.behaviours) for kind in _NAMED for item in self._known(kind)),
            ]
            self._unknown(
                name, candidates if presets else [item for item in candidates if item[:1] != "$"], refused=must_exist
            )
        elif must_exist and not self.session.report.catalog.remote:
            raise EditRefusedError(
                f"No enabled backend serves `{name}`, and an override must be served.",
                "Give a served model.",
            )
        return text

    # ---- what there is

    def _has(self, kind: Kind, name: str) -> bool:
        return name in self._known(kind)

    def _known(self, kind: Kind) -> tuple[str, ...]:
        return tuple(entries(self.session, kind, self.family if kind is Kind.PRESET else self.space))

    def _handles(self) -> list[str]:
        return [name for name in self.session.report.catalog.declared if not self.behaviours.sigils or self._fits(name)]

    def _fits(self, name: str) -> bool:
        return self.family in self._types(name)

    def _types(self, name: str) -> set[str]:
        """The families of the models that are declared under a name."""
        specs = self.session.report.catalog.declared.get(name, ())
        return {family_of(spec.model_type, self.behaviours) for spec in specs}

    def _preset(self, name: str) -> EditRefusedError:
        preset = entries(self.session, Kind.PRESET, self.family).get(name)
        model = getattr(preset, "reference", "")
        return EditRefusedError(
            f"`{name}` is a preset, and a preset cannot be used as a model.",
            f"Give its model, `{model}`." if model else "Give a model or an alias.",
        )

    def _unknown(self, name: str, candidates: list[str], *, refused: bool = False) -> None:
        suggestion = did_you_mean(name, candidates)
        remote = bool(self.session.report.catalog.remote)
        if refused and not remote:
            raise EditRefusedError(f"`{name}` does not exist.", suggestion or "Give an existing name.")
        if suggestion or not remote:
            self.session.note(f"no backend here declares `{name}`" + (f": {suggestion}" if suggestion else ""))
