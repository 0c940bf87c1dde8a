"""Run by the Python with llama.cpp: its server, with a model that answers `pong` to everything.

Arguments: port and key. The model has one layer and no attention: its next word depends on the last one only.
"""

from __future__ import annotations

import importlib
import sys
import threading
from typing import Any

# Only the environment of the server has them.
gguf: Any = importlib.import_module("gguf")
numpy: Any = importlib.import_module("numpy")
xllamacpp: Any = importlib.import_module("xllamacpp")

WIDTH, HEADS, END = 32, 2, 2
WORDS = ["<unk>", "<s>", "</s>", *(f"<0x{number:02X}>" for number in range(256)), "pong"]
PONG = len(WORDS) - 1
UNKNOWN, CONTROL, BYTE, NORMAL = 2, 3, 6, 1


def write_model(path: str) -> None:
    """Write a model after whose every word follows `pong`, and after `pong` the end."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(512)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(WIDTH)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(WORDS)
    writer.add_token_scores([0.0] * len(WORDS))
    writer.add_token_types([UNKNOWN, CONTROL, CONTROL, *[BYTE] * 256, NORMAL])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(END)
    words, following = numpy.zeros((2, len(WORDS), WIDTH), numpy.float32)
    words[:, 0], words[PONG, 0], words[PONG, 1] = 1, 0, 1
    following[PONG, 0], following[END, 1] = 10, 10
    writer.add_tensor("token_embd.weight", words)
    writer.add_tensor("output.weight", following)
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", numpy.ones(WIDTH, numpy.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
        writer.add_tensor(f"blk.0.{name}.weight", numpy.zeros((WIDTH, WIDTH), numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    """Serve until the process is ended."""
    write_model("model.gguf")
    settings = xllamacpp.CommonParams()
    settings.model.path, settings.model_alias, settings.n_ctx = "model.gguf", {"m"}, 512
    settings.port, settings.api_keys = int(sys.argv[1]), [sys.argv[2]]
    server = xllamacpp.Server(settings)
    print(server.listening_address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
