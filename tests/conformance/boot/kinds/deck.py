"""The deck: sections, presets, choices, references, merges."""

from __future__ import annotations

from ..draft import DECK, LATER, Draft
from ..registry import kind, register

PRESET = {
    "unknown key": 'note = "x"',
    "description": 'description = "x"',
    "description number": "description = 5",
    "most tokens": "max_tokens = 500",
    "most tokens zero": "max_tokens = 0",
    "most tokens negative": "max_tokens = -5",
    "most tokens auto": 'max_tokens = "auto"',
    "most tokens Auto": 'max_tokens = "Auto"',
    "most tokens text": 'max_tokens = "500"',
    "most tokens float": "max_tokens = 5.5",
    "most tokens whole float": "max_tokens = 5.0",
    "most tokens hexadecimal": "max_tokens = 0xff",
    "most tokens not a number": "max_tokens = nan",
    "most tokens date": "max_tokens = 2024-01-01",
    "most tokens truth": "max_tokens = true",
    "most tokens list": "max_tokens = [1]",
    "most tokens table": "max_tokens = {}",
    "most tokens beyond": "max_tokens = 1" + "0" * 400,
    "prompting target": 'prompting_target = "openai"',
    "prompting target unknown": 'prompting_target = "nobody"',
    "image detail": 'image_detail = "low"',
    "image detail unknown": 'image_detail = "best"',
    "effort none": 'reasoning_effort = "none"',
    "effort high": 'reasoning_effort = "high"',
    "effort xhigh": 'reasoning_effort = "xhigh"',
    "effort max": 'reasoning_effort = "max"',
    "effort minimal": 'reasoning_effort = "minimal"',
    "effort in capitals": 'reasoning_effort = "High"',
    "effort number": "reasoning_effort = 5",
    "budget": "reasoning_budget = 500",
    "budget zero": "reasoning_budget = 0",
    "budget negative": "reasoning_budget = -1",
    "budget truth": "reasoning_budget = true",
    "budget float": "reasoning_budget = 1.0",
    "effort and budget": 'reasoning_effort = "low"\nreasoning_budget = 5',
    "model twice": 'handle = "n-large"',
    "thinking": 'thinking_mode = "manual"',
    "top": "top_p = 0.5",
}
for name, line in PRESET.items():

    def with_line(draft: Draft, line: str = line) -> None:
        draft.add(LATER, f'[{draft.presets}.fresh]\n{draft.handle} = "n-large"\ntemperature = 0.5\n{line}\n')

    register(f"preset with {name}", with_line)

    def inline(draft: Draft, line: str = line) -> None:
        keys = line.replace("\n", ", ")
        value = f'{{ {draft.handle} = "n-large", temperature = 0.5, {keys} }}'
        draft.swap(DECK, f'for_text = "{draft.mark("$", "plain")}"', f"for_text = {value}")

    register(f"inline choice with {name}", inline)

MODELS = {
    "number": "5",
    "empty": '""',
    "blank": '" "',
    "list": '["n-large"]',
    "table": '{ model = "n-large" }',
    "sigil alone": '"@"',
    "dollar alone": '"$"',
    "tilde alone": '"~"',
    "alias": '"@best"',
    "alias bare": '"best"',
    "alias in words": '"alias:best"',
    "alias in words with blank": '"alias: best"',
    "alias with blank": '"@ best"',
    "alias in capitals": '"ALIAS:best"',
    "alias unknown": '"@nothing"',
    "alias to nothing": '"@old"',
    "preset": '"$plain"',
    "preset bare": '"plain"',
    "preset in words": '"preset:plain"',
    "preset unknown": '"$nothing"',
    "waterfall": '"~falls"',
    "waterfall bare": '"falls"',
    "waterfall in words": '"waterfall:falls"',
    "waterfall unknown": '"~nothing"',
    "handle in words": '"handle:n-large"',
    "handle unknown": '"nothing"',
    "blanks around": '" n-large "',
    "blanks around a sigil": '" @best "',
    "two sigils": '"@@best"',
    "prefix of nothing": '"other:n-large"',
    "prefix empty": '"alias:"',
    "colon first": '":n-large"',
    "backend and model": '"north/n-large"',
    "of another family": '"n-scan"',
    "image": '"n-image"',
    "internal": '"paper"',
    "not routed": '"s-small"',
    "shared": '"shared"',
    "of a backend that is off": '"c-one"',
    "placeholder": '"${NORTH_KEY}"',
    "disabled": '"disabled"',
    "dollar disabled": '"$disabled"',
    "auto": '"auto"',
    "in capitals": '"N-Large"',
    "line end": '"n-large\\n"',
    "percent": '"%s"',
}
for name, written in MODELS.items():

    def of_preset(draft: Draft, written: str = written) -> None:
        draft.add(LATER, f"[{draft.presets}.fresh]\n{draft.handle} = {written}\ntemperature = 0.5\n")

    def of_alias(draft: Draft, written: str = written) -> None:
        draft.add(LATER, f"[{draft.aliases}]\nfresh = {written}\n")

    def of_waterfall(draft: Draft, written: str = written) -> None:
        draft.add(LATER, f'[{draft.waterfalls}]\nfresh = [{written}, "n-large"]\nlast = ["nothing", {written}]\n')

    def of_text(draft: Draft, written: str = written) -> None:
        draft.swap(DECK, f'for_text = "{draft.mark("$", "plain")}"', f"for_text = {written}")

    def of_override(draft: Draft, written: str = written) -> None:
        draft.add(LATER, f'[{draft.overrides_of_choices}]\nfor_text = {written}\nfor_object = "disabled"\n')

    def of_scan(draft: Draft, written: str = written) -> None:
        draft.swap(DECK, 'choice_default = "n-scan"', f"choice_default = {written}")

    register(f"preset model {name}", of_preset)
    register(f"alias target {name}", of_alias)
    register(f"waterfall entry {name}", of_waterfall, since=15)
    register(f"choice for text {name}", of_text)
    register(f"choice override {name}", of_override)
    register(f"choice for scans {name}", of_scan, since=11)

    def raised(draft: Draft, written: str = written) -> None:
        of_preset(draft, written)
        draft.swap(DECK, "lost = {", "# lost = {")
        draft.files[".pipelex/pipelex.toml"] = f'[{draft.deck_settings}]\nmissing_presets_reaction = "raise"\n'

    register(f"preset model raising {name}", raised, since=15)

TEMPERATURES = ("0", "1", "1.0", "1.1", "2", "-0.1", '"0.5"', "true", "[]", "0x1", "+0.5", "5e-1", "1_0.0e-1")
for temperature in TEMPERATURES:

    def warm(draft: Draft, temperature: str = temperature) -> None:
        draft.swap(DECK, "temperature = 0.5", f"temperature = {temperature}")

    register(f"temperature of {temperature}", warm)


@kind()
def preset_without_temperature(draft: Draft) -> None:
    draft.swap(DECK, ", temperature = 0.5 }", " }")


@kind()
def preset_without_model(draft: Draft) -> None:
    draft.swap(DECK, f'{draft.handle} = "n-large", ', "")


@kind()
def preset_with_the_handle_key_of_another_release(draft: Draft) -> None:
    other = "llm_handle" if draft.handle == "model" else "model"
    draft.swap(DECK, f"{draft.handle} = ", f"{other} = ")


@kind()
def preset_completed_by_a_later_file(draft: Draft) -> None:
    draft.add(DECK, "")
    draft.files[DECK] = draft.text(DECK).replace(", temperature = 0.5 }", " }", 1)
    draft.add(LATER, f"[{draft.presets}.plain]\ntemperature = 0.1\n")


@kind()
def preset_replaced_by_a_text(draft: Draft) -> None:
    draft.add(LATER, f'[{draft.presets}]\nplain = "n-large"\n')


@kind()
def preset_replaced_by_a_text_and_again(draft: Draft) -> None:
    preset_replaced_by_a_text(draft)
    draft.add(
        LATER.replace("later", "latest"), f'[{draft.presets}.plain]\n{draft.handle} = "n-small"\ntemperature = 0.1\n'
    )


@kind()
def section_replaced_by_a_number(draft: Draft) -> None:
    draft.add(LATER, "llm = 5\nllm_presets = 5\n")


@kind()
def alias_lists_in_two_files(draft: Draft) -> None:
    draft.add(LATER, f'[{draft.aliases}]\nchain = ["n-large"]\n')


@kind(since=15)
def waterfalls_in_two_files(draft: Draft) -> None:
    draft.add(LATER, f'[{draft.waterfalls}]\nfalls = ["n-large"]\n')


@kind()
def overrides_of_one_kind_only(draft: Draft) -> None:
    draft.add(LATER, f'[{draft.overrides_of_choices}]\nfor_text = "disabled"\n')


@kind()
def overrides_empty(draft: Draft) -> None:
    draft.add(LATER, f"[{draft.overrides_of_choices}]\n")


@kind()
def overrides_unknown_kind(draft: Draft) -> None:
    draft.add(LATER, f'[{draft.overrides_of_choices}]\nfor_all = "disabled"\n')


@kind()
def overrides_inline(draft: Draft) -> None:
    value = f'{{ {draft.handle} = "nothing", temperature = 0.5 }}'
    draft.add(LATER, f'[{draft.overrides_of_choices}]\nfor_text = {value}\nfor_object = "disabled"\n')


@kind()
def choices_of_one_kind_only(draft: Draft) -> None:
    draft.swap(DECK, f'for_object = "{draft.mark("$", "named")}"\n', "")


@kind(since=18)
def no_default_temperature(draft: Draft) -> None:
    draft.swap(DECK, "default_temperature = 0.5\n", "")


@kind(since=18)
def default_temperature_too_high(draft: Draft) -> None:
    draft.swap(DECK, "default_temperature = 0.5", "default_temperature = 1.5")


@kind(since=18)
def no_default_quality(draft: Draft) -> None:
    draft.swap(DECK, 'default_quality = "medium"\n', "")


@kind(since=18)
def default_quality_unknown(draft: Draft) -> None:
    draft.swap(DECK, 'default_quality = "medium"', 'default_quality = "best"')


@kind(since=11)
def no_scan_section(draft: Draft) -> None:
    draft.swap(DECK, f'[{draft.scan}]\nchoice_default = "n-scan"\n', "")


@kind(since=11)
def no_image_section(draft: Draft) -> None:
    text = draft.text(DECK)
    start = text.index("[img_gen]")
    end = text.find("\n[", start)
    draft.files[DECK] = text[:start] + (text[end:] if end >= 0 else "")


@kind(since=19)
def no_search_section(draft: Draft) -> None:
    draft.files[DECK] = draft.text(DECK)[: draft.text(DECK).index("[search]")]


@kind()
def no_presets(draft: Draft) -> None:
    draft.files[DECK] = draft.text(DECK).replace("plain = {", "# plain = {").replace("named = {", "# named = {")
