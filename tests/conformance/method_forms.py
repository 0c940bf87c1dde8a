"""Method files in every form of their language, for the parser of a release."""

from __future__ import annotations

from core.releases import Behaviours, Release

HEAD = 'domain = "forms"\ndescription = "x"\n'
_BODY = 'type = "PipeLLM"\ndescription = "x"\noutput = "Text"\nprompt = "hello"\n'
_INLINE = 'type = "PipeLLM", description = "x", output = "Text", prompt = "hello"'
_MANY = "\n".join(f'[pipe.p{number}]\n{_BODY}model = "$p{number}"\n' for number in range(40))

FORMS: dict[str, str] = {
    "table": f'{HEAD}[pipe.one]\n{_BODY}model = "$writing"\n',
    "inline table": f'{HEAD}[pipe]\none = {{ {_INLINE}, model = "@best" }}\ntwo = {{ {_INLINE} }}\n',
    "dotted keys": f'{HEAD}[pipe]\none.type = "PipeLLM"\none.description = "x"\none.output = "Text"\n'
    'one.prompt = "hi"\none.model = "~first"\n',
    "dotted from the top": f'{HEAD}pipe.one.type = "PipeLLM"\npipe.one.description = "x"\npipe.one.output = "Text"\n'
    'pipe.one.prompt = "hi"\npipe.one.model = "gpt-4o"\n',
    "table of settings": f'{HEAD}[pipe.one]\n{_BODY}\n[pipe.one.model]\nmodel = "gpt-4o"\ntemperature = 0.5\n',
    "inline settings": f'{HEAD}[pipe.one]\n{_BODY}model = {{ model = "gpt-4o", temperature = 0.5 }}\n',
    "dotted settings": f'{HEAD}[pipe.one]\n{_BODY}model.model = "gpt-4o"\nmodel.temperature = 0.5\n',
    "two models": f'{HEAD}[pipe.one]\n{_BODY}model = "$a"\nmodel_to_structure = "$b"\n'.replace('"Text"', '"Number"'),
    "quotes": f"{HEAD}[pipe.'one']\n{_BODY}\"model\" = '$writing' # a comment = \"$other\"\n",
    "escapes": f'{HEAD}[pipe.one]\n{_BODY}model = "\\u0024writing"\n',
    "blanks": f'{HEAD}[ pipe . one ]\n{_BODY}  model   =   "$writing"   \n',
    "CRLF": f'{HEAD}[pipe.one]\n{_BODY}model = "$writing"\n'.replace("\n", "\r\n"),
    "texts that look like keys": f"{HEAD}[pipe.one]\n{_BODY}".replace(
        '"hello"', '"""\n[pipe.fake]\nmodel = "@ fake"\n"""'
    )
    + 'model = "$true"\n',
    "many": HEAD + _MANY,
    "no model": f"{HEAD}[pipe.one]\n{_BODY}",
    "all kinds": f'{HEAD}[pipe.a]\n{_BODY}model = "$a"\n'
    '[pipe.b]\ntype = "PipeExtract"\ndescription = "x"\ninputs = { d = "Document" }\noutput = "Page[]"\nmodel = "@b"\n'
    '[pipe.c]\ntype = "PipeImgGen"\ndescription = "x"\noutput = "Image"\nprompt = "a cat"\nmodel = "$c"\n'
    '[pipe.d]\ntype = "PipeSequence"\ndescription = "x"\noutput = "Text"\nsteps = [{ pipe = "a", result = "r" }]\n',
    "search": f'{HEAD}[pipe.s]\ntype = "PipeSearch"\ndescription = "x"\noutput = "SearchResult"\nprompt = "news"\n'
    'model = "$deep"\n',
    "structure": f'{HEAD}[pipe.s]\ntype = "PipeStructure"\ndescription = "x"\ninputs = {{ t = "Text" }}\n'
    'output = "Number"\nmodel = "$s"\n',
    "concepts": f'{HEAD}[concept]\nNote = "x"\n[concept.Bill]\ndescription = "x"\n[concept.Bill.structure]\n'
    f'model = "a field"\n[pipe.one]\n{_BODY}model = "$one"\n',
    "tables in any order": f'{HEAD}[pipe.one]\n{_BODY}\n[concept]\nNote = "x"\n\n[pipe.two]\n{_BODY}model = "$two"\n',
    "no pipes": HEAD,
    "old keys": 'domain = "forms"\ndefinition = "x"\n[pipe.one]\ntype = "PipeLLM"\ndefinition = "x"\noutput = "Text"\n'
    'prompt = "hello"\nllm = "writing"\nllm_to_structure = "structuring"\n',
    "keys before 0.15": 'domain = "forms"\ndescription = "x"\n[pipe.one]\ntype = "PipeLLM"\ndescription = "x"\n'
    'output = "Text"\nprompt = "hello"\nllm = { llm_handle = "gpt-4o", temperature = 0.5 }\n',
    "twice": f'{HEAD}[pipe.one]\n{_BODY}model = "$a"\nmodel = "$b"\n',
    "unclosed": f'{HEAD}[pipe.one]\n{_BODY}model = "$a\n',
    "table twice": f"{HEAD}[pipe.one]\n{_BODY}\n[pipe.one]\n{_BODY}",
}


def forms_of(behaviours: Behaviours) -> dict[str, str]:
    """The forms with the keys of a release."""
    if "model" in behaviours.model_keys:
        return FORMS
    old = {name: text.replace("model", "llm").replace("prompt =", "prompt_template =") for name, text in FORMS.items()}
    if behaviours.release >= Release(0, 11, 0):
        return old
    return {name: text.replace("description", "definition") for name, text in old.items()}
