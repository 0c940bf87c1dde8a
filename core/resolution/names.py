"""The names that a tree defines, without following them, and the reasons why a name is not served."""

from __future__ import annotations

from core.catalog import Catalog
from core.diagnostics.unresolved import UnresolvedCode
from core.entities import GLOBAL, Family, Place
from core.errors import Condition, error_type
from core.references import Kind, Reference, parse_reference
from core.resolution.resolution import Unresolved
from core.serving import Serving

_CHOICE_CONDITIONS = {
    "llm": Condition.USE_LLM_CHOICE,
    "ocr": Condition.USE_OCR_CHOICE,
    "extract": Condition.USE_EXTRACT_CHOICE,
}


class Names:
    """The names that one catalog defines and serves."""

    def __init__(self, catalog: Catalog, serving: Serving) -> None:
        self.catalog = catalog
        self.serving = serving
        self.behaviours = catalog.behaviours

    # ---- defined names

    def defines(self, kind: Kind, name: str, family: str) -> bool:
        """Whether a name of a kind exists in a family."""
        section = self.space(family)
        if kind is Kind.PRESET:
            entries = self.catalog.families.get(family)
            return entries is not None and name in entries.presets
        if kind is Kind.ALIAS:
            return section is not None and name in section.aliases and bool(section.aliases[name].targets)
        if kind is Kind.WATERFALL:
            return section is not None and name in section.waterfalls and bool(section.waterfalls[name].entries)
        return self.model_exists(name, family)

    def handle_defined(self, name: str, family: str) -> bool:
        """Whether a bare name is a served model, an alias or a waterfall, even an empty one.

        This is the check of Pipelex by name only: waterfalls count only while fallback is enabled.
        """
        space = self.space(family)
        if self.model_exists(name, family) or (space is not None and name in space.aliases):
            return True
        return self.catalog.settings.waterfalls_fall_back and space is not None and name in space.waterfalls

    def chosen(self, parsed: Reference, family: str) -> bool:
        """Whether the name in a choice exists (0.18 on). Up to 0.77 the name after `handle:` is itself parsed."""
        if parsed.kind is not Kind.MODEL:
            return self.defines(parsed.kind, parsed.name, family)
        if not self.serving.typed and parsed.explicit:
            return self.written_defined(parse_reference(parsed.name), family)
        return self.handle_defined(parsed.name, family)

    def written_defined(self, parsed: Reference, family: str) -> bool:
        """Whether a reference to a model names something (0.18 on): the check of presets, by name only.

        A preset is no model, and waterfalls count only while fallback is enabled.
        """
        if parsed.kind is Kind.MODEL:
            return self.handle_defined(parsed.name, family)
        space = self.space(family)
        if space is None or parsed.kind is Kind.PRESET:
            return False
        if parsed.kind is Kind.WATERFALL:
            return self.catalog.settings.waterfalls_fall_back and parsed.name in space.waterfalls
        return parsed.name in space.aliases

    def model_exists(self, name: str, family: str) -> bool:
        """Whether a model of that name is served (of the family's type, from 0.78 on)."""
        if self.serving.typed:
            return self.serving.spec(self.type_of(family), name) is not None
        return self.serving.spec(None, name) is not None

    def space(self, family: str) -> Family | None:
        """The family whose aliases and waterfalls are in scope: the reference's own, or up to 0.17 the global one."""
        if not self.behaviours.sigils:
            return self.catalog.families.get(GLOBAL)
        return self.catalog.families.get(family)

    def type_of(self, family: str) -> str | None:
        """The model type of a family."""
        section = self.catalog.families.get(family)
        return section.model_type if section is not None else None

    def plain_defined(self, name: str) -> bool:
        """Whether a plain name (up to 0.17) is a served model, an alias or a waterfall."""
        space = self.space(GLOBAL)
        return self.handle_defined(name, GLOBAL) or (space is not None and name in space.waterfalls)

    def reachable(self, kind: Kind, name: str) -> bool:
        """Whether a reference can have this name (0.18 on): it must not be empty, nor end in blanks."""
        if not self.behaviours.sigils:
            return True
        parsed = parse_reference(f"{kind.value if kind is not Kind.MODEL else 'handle'}:{name}")
        return bool(parsed.name) and parsed.name == name

    def finds_itself(self, handle: str) -> bool:
        """Whether a served handle, written as a reference, resolves to a model.

        From 0.18 to 0.77 it is written bare, so a handle that looks like another reference does not; from 0.78 on
        with `handle:` where needed.
        """
        if not self.behaviours.sigils:
            return True
        if self.behaviours.index == "type and name":
            return self.reachable(Kind.MODEL, handle)
        parsed = parse_reference(handle)
        return parsed.kind is Kind.MODEL and parsed.name == handle and bool(handle.strip())

    # ---- unresolved references

    def unknown_choice(self, text: str, family: str, rule: str) -> Unresolved:
        """The reason for a choice (up to 0.17) without a target."""
        missing = "no preset" if rule == "presets" else "no preset, model, alias or waterfall"
        return Unresolved(
            UnresolvedCode.CHOICE_UNKNOWN, f"`{text}` names {missing}", self.choice_error(family), (text,)
        )

    def undefined(self, parsed: Reference, family: str) -> Unresolved:
        """The reason for a choice (0.18 on) without a target of its kind."""
        kind = "model, alias or waterfall" if parsed.kind is Kind.MODEL else parsed.kind.value
        extra = ""
        if parsed.kind is Kind.MODEL and self.defines(Kind.PRESET, parsed.name, family):
            extra = f"; there is a preset of that name: write ${parsed.name}"
        if parsed.kind is Kind.MODEL and not extra:
            return self.not_served(parsed.name, self.type_of(family), error=self.choice_error(family))
        return Unresolved(
            UnresolvedCode.CHOICE_UNKNOWN,
            f"there is no {kind} `{parsed.name}`{extra}",
            self.choice_error(family),
            (parsed.name,),
        )

    def choice_error(self, family: str) -> str:
        """The exception class for "choice not found" in this release."""
        condition = _CHOICE_CONDITIONS.get(family, Condition.USE_IMG_GEN_CHOICE)
        return error_type(condition, self.catalog.release) or ""

    def model_error(self) -> str:
        """The exception class for "model not found" in this release."""
        return error_type(Condition.USE_MODEL, self.catalog.release) or ""

    def first_place(self, handle: str) -> Place | None:
        """The first declaration of a handle."""
        specs = self.catalog.declared.get(handle)
        return specs[0].place if specs else None

    def not_served(self, name: str, model_type: str | None, *, error: str | None = None) -> Unresolved:
        """The reason why no backend serves a name: no declaration, only disabled backends, or the routing drops it."""
        error = error or self.model_error()
        specs = self.catalog.declared.get(name, ())
        if self.serving.typed and model_type is not None:
            right = tuple(spec for spec in specs if spec.model_type == model_type)
            if specs and not right:
                types = ", ".join(sorted({spec.model_type for spec in specs}))
                return Unresolved(
                    UnresolvedCode.WRONG_TYPE, f"`{name}` is declared, but as {types}, not {model_type}", error, (name,)
                )
            specs = right
        if not specs:
            return Unresolved(UnresolvedCode.MODEL_UNKNOWN, f"no backend declares `{name}`", error, (name,))
        on = [spec for spec in specs if spec.backend in self.catalog.enabled]
        if on:
            assignment = self.serving.assignment(on[0].model_type, name)
            reason = assignment.reason if assignment is not None else "no route takes it"
            return Unresolved(UnresolvedCode.MODEL_DROPPED, f"`{name}`: {reason}", error, (name,))
        backends = ", ".join(dict.fromkeys(f"{spec.backend} (off)" for spec in specs))
        return Unresolved(
            UnresolvedCode.BACKEND_OFF,
            f"no enabled backend serves `{name}`; it is declared by {backends}",
            error,
            (name,),
        )
