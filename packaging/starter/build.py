"""Build the starter model: python packaging/starter/build.py all --minutes 90 --out DIR.

Steps: tokenizer (train and save it), train (resumable; checkpoints and log in DIR), draft (train
the draft model against the averaged weights), evaluate (held-out figures), pack (write the models'
folders, default resources/starter), measure (what 4-bit keeps, how much of the draft is accepted
and how hand-written items fare, on the packed folders; then the model card).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from dataclasses import asdict, replace
from pathlib import Path

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
_HERE = Path(__file__).resolve().parent
_REPOSITORY = _HERE.parents[1]
sys.path[:0] = [str(_HERE), str(_REPOSITORY)]

import torch  # noqa: E402
from acceptance import DRAFTED_TASKS, Accepted, acceptance  # noqa: E402
from acceptance import table as acceptance_table  # noqa: E402
from answers import write_answers  # noqa: E402
from asked import ask_handwritten  # noqa: E402
from asked import table as asked_table  # noqa: E402
from card import model_card  # noqa: E402
from chat import ChatEncoder  # noqa: E402
from config import SCHEDULES, SIZES, Settings  # noqa: E402
from curve import draw_curve  # noqa: E402
from draft import DraftTrainer  # noqa: E402
from evaluate import (  # noqa: E402
    beyond_table,
    characters_a_token,
    evaluate,
    places_table,
    report,
)
from goals import goals  # noqa: E402
from goals import table as goals_table  # noqa: E402
from network import bytes_per_token, patch_settings  # noqa: E402
from pack import KEPT, pack, pack_draft  # noqa: E402
from precision import kept_accuracy, kept_shares, say_nothing  # noqa: E402
from precision import table as kept_table  # noqa: E402
from tokenizer import save_tokenizer, train_tokenizer  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402
from train import Trainer  # noqa: E402
from transformers import Lfm2ForCausalLM  # noqa: E402

from engine.evals.fonts import training_faces  # noqa: E402
from engine.evals.report import report_table  # noqa: E402
from engine.model.loader import load_model  # noqa: E402


def main() -> None:
    """Run one step, or all of them."""
    arguments = _arguments()
    folder: Path = arguments.out
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(arguments.threads)
    settings = Settings(
        minutes=arguments.minutes,
        threads=arguments.threads,
        workers=arguments.workers,
        device=arguments.device,
        seed=arguments.seed,
        size=SIZES[arguments.size],
        schedule=SCHEDULES[arguments.schedule],
    )
    for step in _STEPS if arguments.step == "all" else (arguments.step,):
        _STEPS[step](settings, folder, arguments)


def _tokenizer(settings: Settings, folder: Path, _arguments: argparse.Namespace) -> None:
    tokenizer = train_tokenizer(settings.size.vocabulary, settings.seed)
    save_tokenizer(tokenizer, folder / "tokenizer", settings.size.context_tokens)
    print(f"{tokenizer.get_vocab_size()} pieces in {folder / 'tokenizer'}")


def _train(settings: Settings, folder: Path, arguments: argparse.Namespace) -> None:
    trainer = Trainer(settings, _load_tokenizer(folder), folder)
    (folder / "settings.json").write_text(json.dumps(settings.to_dict(), indent=2) + "\n")
    if arguments.resume and (folder / "checkpoint.pt").exists():
        trainer.begin_anew() if arguments.anew else trainer.load()
    elif arguments.start:
        trainer.begin_from(arguments.start)
    signal.signal(signal.SIGTERM, lambda _number, _frame: trainer.stop())
    trainer.run(arguments.piece)
    _leave_unless_done(trainer.progress)


def _draft(settings: Settings, folder: Path, arguments: argparse.Namespace) -> None:
    trained = _trained(settings, folder)
    tokenizer = _load_tokenizer(folder)
    settings = replace(settings, minutes=arguments.draft_minutes)
    trainer = DraftTrainer(settings, tokenizer, trained.encoder, folder)
    if arguments.resume and (folder / "draft.pt").exists():
        trainer.load()
    signal.signal(signal.SIGTERM, lambda _number, _frame: trainer.stop())
    trainer.run(trained.model, arguments.piece)
    _leave_unless_done(trainer.progress)


def _leave_unless_done(progress: float) -> None:
    """End here where training was broken off: unfinished weights are not to be packed."""
    if progress < 1:
        print(f"{progress:.0%} of the time is over; --resume goes on")
        sys.exit()


def _evaluate(settings: Settings, folder: Path, arguments: argparse.Namespace) -> None:
    trainer = _trained(settings, folder)
    tally = evaluate(trainer.model, trainer.encoder, trainer.pad, arguments.items)
    found = report(tally, "starter", "float32")
    written = write_answers(
        trainer.model, trainer.encoder, _load_tokenizer(folder), arguments.examples
    )
    result = {
        "report": found.to_dict(),
        "table": report_table(found),
        "places": places_table(tally),
        "beyond": beyond_table(trainer.model, trainer.encoder, arguments.items // 3),
        "step": trainer.step,
        "tokens": trainer.tokens,
        "pictures": trainer.pictures_seen,
        "minutes": (trainer.elapsed_before + trainer.elapsed) / 60,
        "examples": [asdict(example) for example in written],
    }
    (folder / "evaluation.json").write_text(json.dumps(result, indent=2) + "\n")
    print(result["table"], result["places"], result["beyond"], sep="\n\n")


def _pack(settings: Settings, folder: Path, arguments: argparse.Namespace) -> None:
    trainer = _trained(settings, folder)
    tokenizer = _load_tokenizer(folder)
    pack(trainer.model, tokenizer, settings.size, arguments.target)
    draft = DraftTrainer(settings, tokenizer, trainer.encoder, folder)
    draft.load()
    pack_draft(draft.model, tokenizer, settings.size, arguments.target / "draft")
    draw_curve(folder / "log.jsonl", arguments.target / "training.png")
    print(f"packed into {arguments.target}")


def _measure(settings: Settings, folder: Path, arguments: argparse.Namespace) -> None:
    encoder = ChatEncoder(_load_tokenizer(folder), patch_settings(settings.size))
    target = load_model(arguments.target, "starter", "full", say_nothing).network
    draft = Lfm2ForCausalLM.from_pretrained(arguments.target / "draft", dtype=torch.float32)
    kept = kept_accuracy(arguments.target, encoder, arguments.items // 2)
    accepted = acceptance(target, draft, encoder, DRAFTED_TASKS, arguments.items // 2)
    found = json.loads((folder / "evaluation.json").read_text())
    overall = sum(accepted.values(), Accepted()).share
    figures = {
        "parameters": sum(p.numel() for p in target.parameters()),
        "draft_parameters": sum(p.numel() for p in draft.parameters()),
        "draft_ratio": bytes_per_token(target) / bytes_per_token(draft),
        "context": settings.size.context_tokens,
        "faces": len(training_faces()),
        "schedule": arguments.schedule,
        "characters": characters_a_token(encoder, arguments.items),
        "kept": kept_table(kept),
        "layers_kept": " and ".join(f"`{name}`" for name in KEPT),
        "accepted": acceptance_table(accepted),
        "handwritten": asked_table(ask_handwritten(arguments.target)),
        "goals": goals_table(goals(found["report"]["tasks"], overall, kept_shares(kept))),
        **{k: found[k] for k in ("tokens", "pictures", "minutes", "table", "places", "beyond")},
    }
    (arguments.target / "README.md").write_text(model_card(figures, found["examples"]))
    print(*(figures[k] for k in ("kept", "accepted", "handwritten", "goals")), sep="\n\n")


def _trained(settings: Settings, folder: Path) -> Trainer:
    """Return the run with its averaged weights in the model."""
    trainer = Trainer(settings, _load_tokenizer(folder), folder)
    trainer.load()
    trainer.use_average()
    return trainer


def _load_tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer" / "tokenizer.json"))


_STEPS = {
    "tokenizer": _tokenizer,
    "train": _train,
    "draft": _draft,
    "evaluate": _evaluate,
    "pack": _pack,
    "measure": _measure,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=(*_STEPS, "all"))
    parser.add_argument("--minutes", type=float, default=90.0, help="training time in all")
    parser.add_argument(
        "--piece", type=float, help="stop after so many minutes; --resume goes on from there"
    )
    parser.add_argument("--draft-minutes", type=float, default=12.0, help="for the draft model")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0, help="processes that draw data")
    parser.add_argument("--size", choices=tuple(SIZES), default="small")
    parser.add_argument("--out", type=Path, required=True, help="checkpoints and logs")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--schedule", choices=tuple(SCHEDULES), default="whole")
    parser.add_argument(
        "--anew", action="store_true", help="with --resume: begin another stretch of --minutes"
    )
    parser.add_argument(
        "--start", type=Path, help="a packed model to go on from where --out has no checkpoint"
    )
    parser.add_argument("--items", type=int, default=150, help="held-out items a task")
    parser.add_argument("--examples", type=int, default=12, help="answers to write out a task")
    parser.add_argument("--target", type=Path, default=_REPOSITORY / "resources" / "starter")
    return parser.parse_args()


if __name__ == "__main__":
    main()
