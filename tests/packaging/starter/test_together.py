"""Two processes train one model."""

import subprocess
import sys
from pathlib import Path

STARTER = Path(__file__).resolve().parents[3] / "packaging" / "starter"
SCRIPT = """
import json, sys
from pathlib import Path
sys.path[:0] = {paths!r}
import torch
from config import ModelSize, Settings
from tokenizers import Tokenizer
from train import Trainer

tiny = ModelSize(
    hidden=32, feed_forward=64, layers=4, heads=2, key_value_heads=1, vision_hidden=32,
    vision_feed_forward=64, vision_layers=1, vision_heads=2, vision_grid=4, projector=32,
)
folder = Path({folder!r})
tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
trainer = Trainer(Settings(minutes=0.01, size=tiny), tokenizer, folder)
trainer.run()
weights = float(sum(p.double().abs().sum() for p in trainer.model.parameters()))
told = [trainer.group.size, trainer.step, trainer.tokens, weights]
(folder / f"{{trainer.group.rank}}.json").write_text(json.dumps(told))
"""


def test_both_take_the_same_steps(tokenizer, tmp_path: Path) -> None:
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    script = tmp_path / "script.py"
    paths = [str(STARTER), str(STARTER.parents[1])]
    script.write_text(SCRIPT.format(paths=paths, folder=str(tmp_path)))
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    subprocess.run([*launch, str(script)], check=True, timeout=120, capture_output=True)
    first, second = ((tmp_path / f"{rank}.json").read_text() for rank in range(2))
    assert first == second
    assert first.startswith("[2, ")
    assert (tmp_path / "checkpoint.pt").is_file()
