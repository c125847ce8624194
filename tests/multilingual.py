"""Makes small multilingual models of the kinds that there are, for tests; run as a process: it imports torch.

    python -m tests.multilingual FOLDER

Each is an XLM-RoBERTa of one layer with random weights (always the same), whose word vectors are so large against the
rest that texts are near each other as far as they have tokens in common: enough to find a document by its words in any
language, and no more. The tokenizer is a Unigram model, as SentencePiece makes them, that counts the space before a
word to it. Beside each model lies vectors.json: what sentence-transformers itself makes of TEXTS with it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DOCUMENTS = {
    "de.txt": "Die Fähre Adelheid wurde 1962 in Bremen gebaut. Am 12. Juni fuhr sie zum ersten Mal nach Hamburg. "
    "Der Kapitän heißt Müller und trinkt gern Tee.",
    "zh.txt": "两国领导人去年在河内举行会议。他们讨论了港口和贸易问题。图书馆每天早上九点开门。",
    "ja.txt": "京都の図書館は月曜日に休みます。佐々木さんは駅前でパン屋を開きました。新しい橋は来年完成する予定です。",
    "ar.txt": "بُنيت المنارة في الإسكندرية قبل زمن طويل. يبيع أحمد الخبز في السوق القديم. هل وصلت السفينة أمس؟",
    "th.txt": "สะพานใหม่เปิดใช้งานเมื่อเดือนมกราคมที่ผ่านมา ร้านขนมปังอยู่หน้าสถานีรถไฟกลางเมือง ห้องสมุดปิดทุกวันจันทร์ของสัปดาห์",
    "hi.txt": "पुस्तकालय सोमवार को बंद रहता है। नया पुल अगले साल पूरा होगा। अहमद बाज़ार में रोटी बेचता है।",
}
"""A document in each of several languages, with three sentences."""

TEXTS = ["", "The ferry was built in Bremen.", *DOCUMENTS.values(), "ﬁnal ｆｕｌｌ e\u0301lan 😀  two  spaces"]

PROMPTS = {"query": "query: ", "passage": "passage: "}

LONGEST = 96
"""Tokens that the models read."""

KINDS = ("mean", "cls-dense")
"""Mean pooling with normalisation, as E5 has it; the first token with a dense layer behind, as LaBSE has it."""


def make(folder: Path) -> None:
    """Write the models into folders of these names."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Dense, Normalize, Pooling, Transformer
    from transformers import XLMRobertaConfig, XLMRobertaModel

    torch.manual_seed(7)
    tokenizer = _tokenizer()
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        num_hidden_layers=1,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=LONGEST + 2,
        type_vocab_size=1,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    words = XLMRobertaModel(config)
    with torch.no_grad():
        words.embeddings.word_embeddings.weight.mul_(20)
        for layer in words.encoder.layer:  # without which the first token knows next to nothing of the others
            layer.attention.self.value.weight.mul_(10)
            layer.attention.output.dense.weight.mul_(10)
    words.save_pretrained(folder / "words")
    tokenizer.save_pretrained(folder / "words")
    for kind in KINDS:
        transformer = Transformer(str(folder / "words"), max_seq_length=LONGEST)
        modules: list[Any] = [transformer, Pooling(64, pooling_mode=kind.partition("-")[0])]
        modules.append(Dense(64, 48) if kind.endswith("dense") else Normalize())
        model = SentenceTransformer(modules=modules, device="cpu", prompts=PROMPTS)
        model.save(str(folder / kind))
        vectors = {
            name: model.encode([prompt + text for text in TEXTS], prompt="", normalize_embeddings=True).tolist()
            for name, prompt in PROMPTS.items()
        }
        (folder / f"{kind}.vectors.json").write_text(json.dumps(vectors))


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=700, special_tokens=special, unk_token="<unk>", show_progress=False, shrinking_factor=0.75
    )
    sentences = [sentence for text in [*TEXTS, *PROMPTS.values()] for sentence in (text, *text.split())]
    tokenizer.train_from_iterator(sentences, trainer)
    ids = [(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ids)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        cls_token="<s>",
        sep_token="</s>",
        mask_token="<mask>",
        model_max_length=LONGEST,
        model_input_names=["input_ids", "attention_mask"],  # no token_type_ids
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]))
