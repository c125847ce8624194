"""A model that could run code is refused before anything of it is imported or unpickled."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.embedding import Embedder
from qa.embedding.safety import harmless
from qa.errors import ModelError
from qa.settings import EmbeddingSettings

from .conftest import Quoth
from .test_embedding import original, packaged, small_model  # noqa: F401 (a fixture)


class Payload:
    """What, unpickled, makes a file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self._file,)


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """The file that is there once a payload has run."""
    return tmp_path / "payload has run"


@pytest.fixture
def model(tmp_path: Path, packaged: Path) -> Path:  # noqa: F811
    """A copy of the packaged model, to be spoilt."""
    return Path(shutil.copytree(packaged, tmp_path / "model"))


def pickled(file: Path, ran: Path) -> None:
    file.write_bytes(pickle.dumps(Payload(ran)))


def program(ran: Path) -> str:
    return f"import pathlib\npathlib.Path({str(ran)!r}).touch()\nclass Evil:\n    pass\n"


def edit(file: Path, **changes: object) -> None:
    found = json.loads(file.read_text())
    file.write_text(json.dumps({**found, **changes}))


def pickled_weights(model: Path, ran: Path) -> None:
    (model / "model.safetensors").unlink()
    pickled(model / "pytorch_model.bin", ran)


def pickled_shards(model: Path, ran: Path) -> None:
    pickled_weights(model, ran)
    (model / "pytorch_model.bin").rename(model / "pytorch_model-00001-of-00001.bin")
    index = {"metadata": {}, "weight_map": {"x": "pytorch_model-00001-of-00001.bin"}}
    (model / "pytorch_model.bin.index.json").write_text(json.dumps(index))


def pickled_layer(model: Path, ran: Path) -> None:
    """The first module has good weights, one after it has not."""
    (model / "3_Dense").mkdir()
    layer = {"in_features": 384, "out_features": 384, "bias": True, "activation_function": "torch.nn.Tanh"}
    (model / "3_Dense" / "config.json").write_text(json.dumps(layer))
    pickled(model / "3_Dense" / "pytorch_model.bin", ran)
    modules = json.loads((model / "modules.json").read_text())
    modules.append({"idx": 3, "name": "3", "path": "3_Dense", "type": "sentence_transformers.models.Dense"})
    (model / "modules.json").write_text(json.dumps(modules))


def other_pickles(model: Path, ran: Path) -> None:
    (model / "model.safetensors").unlink()
    for name in ("model.pt", "model.pkl"):
        pickled(model / name, ran)


def own_module(kind: str) -> Callable[[Path, Path], None]:
    def spoil(model: Path, ran: Path) -> None:
        (model / "evil.py").write_text(program(ran))
        modules = json.loads((model / "modules.json").read_text())
        modules[0]["type"] = kind
        (model / "modules.json").write_text(json.dumps(modules))

    return spoil


def auto_map(name: str) -> Callable[[Path, Path], None]:
    def spoil(model: Path, ran: Path) -> None:
        (model / "evil.py").write_text(program(ran))
        edit(model / name, auto_map={"AutoModel": "evil.Evil", "AutoConfig": "evil.Evil", "AutoTokenizer": "evil.Evil"})

    return spoil


def trusting(model: Path, ran: Path) -> None:
    (model / "evil.py").write_text(program(ran))
    edit(model / "sentence_bert_config.json", model_args={"trust_remote_code": True})


def kernel_of_the_hub(model: Path, ran: Path) -> None:
    edit(model / "config.json", _attn_implementation="someone/kernel")


SPOILT = [
    *(pickled_weights, pickled_shards, pickled_layer, other_pickles),
    *(own_module(kind) for kind in ("evil.Evil", "os.system", "sentence_transformers.util.misc.importlib")),
    *(auto_map(name) for name in ("config.json", "tokenizer_config.json")),
    *(trusting, kernel_of_the_hub),
]
NAMES = ["weights", "shards", "layer", "pt", "module", "os", "inside", "config", "tokenizer", "trusting", "kernel"]


@pytest.mark.parametrize("spoil", SPOILT, ids=NAMES)
def test_a_model_that_could_run_code_is_refused(
    spoil: Callable[[Path, Path], None],
    model: Path,
    ran: Path,
    record_property: Callable[[str, object], None],
    request: pytest.FixtureRequest,
) -> None:
    spoil(model, ran)
    with pytest.raises(ModelError, match="refused") as caught:
        Embedder(EmbeddingSettings(model=str(model)))
    assert "\n" not in str(caught.value)
    assert str(model) in str(caught.value)
    assert not ran.exists()
    record_property("bad input", f"model with code ({request.node.callspec.id}): refused before it is loaded")


def test_the_payloads_would_run(ran: Path) -> None:
    """The tests above could not fail with payloads that do nothing."""
    pickle.loads(pickle.dumps(Payload(ran)))  # noqa: S301
    assert ran.exists()
    ran.unlink()
    exec(program(ran), {})  # noqa: S102
    assert ran.exists()


def test_what_loads_a_model_sees_neither_pickles_nor_programs(model: Path, ran: Path) -> None:
    """A hub model as it is cloned has all of these beside its weights, and is as good as without them."""
    pickled(model / "pytorch_model.bin", ran)
    pickled(model / "training_args.bin", ran)
    (model / "evil.py").write_text(program(ran))
    (model / "openvino").mkdir()
    (model / "openvino" / "openvino_model.bin").write_bytes(b"\0")
    with harmless(model) as safe:
        seen = {path.relative_to(safe).as_posix() for path in safe.rglob("*") if path.is_file()}
        assert (safe / "model.safetensors").read_bytes() == (model / "model.safetensors").read_bytes()
    assert {"model.safetensors", "modules.json", "1_Pooling/config.json"} <= seen
    assert not [name for name in seen if name.endswith((".bin", ".py"))]
    assert not safe.exists()


def test_a_model_reached_by_a_link_is_checked_like_any_other(model: Path, ran: Path, tmp_path: Path) -> None:
    pickled_weights(model, ran)
    (tmp_path / "link").symlink_to(model, target_is_directory=True)
    with pytest.raises(ModelError, match="refused"):
        Embedder(EmbeddingSettings(model=str(tmp_path / "link")))
    outside = tmp_path / "outside"
    outside.mkdir()
    (model / "pytorch_model.bin").rename(outside / "pytorch_model.bin")
    (model / "pytorch_model.bin").symlink_to(outside / "pytorch_model.bin")
    with pytest.raises(ModelError, match="refused"):
        Embedder(EmbeddingSettings(model=str(model)))
    assert not ran.exists()


def test_the_command_says_it_in_one_line(quoth: Quoth, model: Path, ran: Path, tmp_path: Path) -> None:
    import os

    own_module("evil.Evil")(model, ran)
    os.environ["QUOTH_EMBEDDING__MODEL"] = str(model)
    (tmp_path / "a.txt").write_text("The lighthouse was painted red in 1931.")
    done = quoth("add", str(tmp_path / "a.txt"))
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "evil.Evil" in done.err
    assert not ran.exists()


@pytest.mark.slow
def test_a_real_model_with_pickled_weights_which_sentence_transformers_itself_would_load(
    tmp_path: Path,
    packaged: Path,  # noqa: F811
) -> None:
    folder = small_model(packaged, tmp_path / "small", "mean", {})
    convert = (
        "import sys, pathlib, torch, safetensors.torch as s; folder = pathlib.Path(sys.argv[1]);"
        "torch.save(s.load_file(folder / 'model.safetensors'), folder / 'pytorch_model.bin');"
        "(folder / 'model.safetensors').unlink()"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", convert, str(folder)], check=True)
    assert original(folder, ["some text"]).shape == (1, 32)
    with pytest.raises(ModelError, match=r"pytorch_model\.bin is a kind of weights that can run code"):
        Embedder(EmbeddingSettings(model=str(folder)))
